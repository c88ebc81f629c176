/** Runs that the page keeps, each as the .zip that `save` makes. */

/** What is known of one without opening it. */
export interface KeptRun {
  readonly key: string;
  /** when it was kept, in milliseconds since 1970 */
  readonly date: number;
  readonly about: string;
  readonly step: number;
  readonly steps: number;
}

export interface KeptRuns {
  /** the latest first */
  list(): Promise<KeptRun[]>;
  /** In place of one of the same key; the oldest go where there are too many. */
  put(run: KeptRun, archive: Uint8Array): Promise<void>;
  /** undefined where it is kept no longer */
  archive(key: string): Promise<Uint8Array | undefined>;
  remove(key: string): Promise<void>;
}
