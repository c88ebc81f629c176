/** What a view gets of the page. */
export interface ViewProps {
  /** what stands behind the view's name in the address: at first, and when the reader changes it */
  readonly query: string;
  /** puts it there */
  readonly onQuery: (query: string) => void;
}
