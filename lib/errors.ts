/** One class per kind of mistake. Every error is one line: what was expected, what came, what to do. `code` is stable. */
export class MmError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Shapes that do not fit each other, or an operation they cannot enter. */
export class ShapeError extends MmError {
  readonly operation: string;
  readonly shapes: readonly (readonly number[])[];
  constructor(operation: string, shapes: readonly (readonly number[])[], message: string) {
    super("ERR_MM_SHAPE", `${operation}: ${message}`);
    this.operation = operation;
    this.shapes = shapes;
  }
}

/** An index, label or dimension outside its range; `value` is the offender, `size` the length of the axis. */
export class IndexError extends MmError {
  readonly operation: string;
  readonly value: number;
  readonly size: number;
  constructor(operation: string, value: number, size: number, message: string) {
    super("ERR_MM_INDEX", `${operation}: ${message}`);
    this.operation = operation;
    this.value = value;
    this.size = size;
  }
}

/** An argument of the wrong kind or outside the values an operation accepts. */
export class ValueError extends MmError {
  constructor(message: string) {
    super("ERR_MM_VALUE", message);
  }
}

/** Misuse of the gradient tape. */
export class AutogradError extends MmError {
  constructor(message: string) {
    super("ERR_MM_AUTOGRAD", message);
  }
}

/** A step that cannot be recorded, or whose recording does not stand for its next runs. */
export class CompileError extends MmError {
  constructor(message: string) {
    super("ERR_MM_COMPILE", message);
  }
}

/** A corpus that cannot be read or used; `line` is 1-based where there is one. */
export class DataError extends MmError {
  readonly file: string;
  readonly line: number | undefined;
  constructor(file: string, message: string, line?: number) {
    super("ERR_MM_DATA", line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`);
    this.file = file;
    this.line = line;
  }
}

/** A run folder or checkpoint that cannot be read. */
export class CheckpointError extends MmError {
  readonly file: string;
  constructor(file: string, message: string) {
    super("ERR_MM_CHECKPOINT", `${file}: ${message}`);
    this.file = file;
  }
}

/** A training that cannot go on; `step` is where. */
export class TrainingError extends MmError {
  readonly step: number;
  constructor(step: number, message: string) {
    super("ERR_MM_TRAINING", message);
    this.step = step;
  }
}

/** A wrong option on the command line or in a configuration. */
export class UsageError extends MmError {
  constructor(message: string) {
    super("ERR_MM_USAGE", message);
  }
}

/** The backend that was asked for cannot be used here; `remedy` is what the message ends with. */
export class BackendError extends MmError {
  readonly remedy: string | undefined;
  constructor(message: string, { remedy, ...options }: ErrorOptions & { remedy?: string } = {}) {
    super("ERR_MM_BACKEND", remedy === undefined ? message : `${message}; ${remedy}`, options);
    this.remedy = remedy;
  }
}

/** A value as a message shows it: text quoted, numbers as they are (also NaN, Infinity and bigints), objects by their kind. */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** Text on one line: control characters (a line break in a file's name) as escapes. */
export const oneLine = (text: string): string =>
  text.replace(/\p{Cc}/gu, (c) => ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
