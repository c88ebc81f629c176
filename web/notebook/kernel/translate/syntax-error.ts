/** Source that is no TypeScript, or that a cell cannot hold. */
export class CellSyntaxError extends SyntaxError {
  override name = "SyntaxError";
  /** 1-based; undefined where it is not known */
  readonly line: number | undefined;
  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

/** What a parser threw: its message ends with the place, as in "Unexpected token (3:10)". */
export function asSyntaxError(error: unknown): CellSyntaxError {
  const text = error instanceof Error ? error.message : String(error);
  const place = /\s*\((\d+):\d+\)$/.exec(text);
  const message = text.slice(0, place?.index).replace(/^Error transforming [^:]*: /, "");
  return new CellSyntaxError(message, place ? Number(place[1]) : undefined);
}
