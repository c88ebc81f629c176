/** A view of the page: what it gets, and how one that is bundled apart is found. */

/** What a view gets of the page. */
export interface ViewProps {
  /** what stands behind the view's name in the address: at first, and when the reader changes it */
  readonly query: string;
  /** puts it there */
  readonly onQuery: (query: string) => void;
}

/** Shows a view in an element, also again with other properties. */
export type Mount = (element: HTMLElement, props: ViewProps) => void;

declare global {
  /** by name: a script of its own puts a view there */
  var mmTrainViews: Readonly<Record<string, Mount>> | undefined;
}

/** Called by the script of a view. */
export function offerView(name: string, mount: Mount): void {
  globalThis.mmTrainViews = { ...globalThis.mmTrainViews, [name]: mount };
}
