/** The first message, to the worker itself: all others go through the port. */
export interface Start {
  readonly port: MessagePort;
  /** a URL of a blob, to see whether a guard can be looked at */
  readonly guard: string;
}
