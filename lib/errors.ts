import { printable } from "./printable.js";
import { typedArrayKind } from "./typed-arrays.js";

/**
 * What every error of this package is: one class per kind of mistake, one line that says what was
 * expected, what came and what to do. @hideconstructor
 */
export class MmError extends Error {
  /** the kind of mistake for programs, such as `ERR_MM_SHAPE`; stable within a major version */
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(printable(message), options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Adds to a message what only a caller of the thrower knows. */
export function addTo(error: MmError, text: string): void {
  error.message += printable(text);
}

/** Shapes that do not fit each other, or an operation they cannot enter. @hideconstructor */
export class ShapeError extends MmError {
  /** the operation, as a user calls it */
  readonly operation: string;
  /** the shapes that came, in the order of the operands */
  readonly shapes: readonly (readonly number[])[];
  constructor(operation: string, shapes: readonly (readonly number[])[], message: string) {
    super("ERR_MM_SHAPE", `${operation}: ${message}`);
    this.operation = operation;
    this.shapes = shapes;
  }
}

/**
 * An index, label or dimension outside its range; `value` is the offender, `size` the length of the
 * axis. @hideconstructor
 */
export class IndexError extends MmError {
  /** the operation, as a user calls it */
  readonly operation: string;
  /** the index that came */
  readonly value: number;
  /** how many there are: -size <= index < size for positions, 0 <= index < size for ids */
  readonly size: number;
  constructor(operation: string, value: number, size: number, message: string) {
    super("ERR_MM_INDEX", `${operation}: ${message}`);
    this.operation = operation;
    this.value = value;
    this.size = size;
  }
}

/** An argument of the wrong kind or outside the values an operation accepts. @hideconstructor */
export class ValueError extends MmError {
  constructor(message: string) {
    super("ERR_MM_VALUE", message);
  }
}

/** Misuse of the gradient tape. @hideconstructor */
export class AutogradError extends MmError {
  constructor(message: string) {
    super("ERR_MM_AUTOGRAD", message);
  }
}

/**
 * A step that cannot be recorded, or whose recording does not stand for its next runs.
 * @hideconstructor
 */
export class CompileError extends MmError {
  constructor(message: string) {
    super("ERR_MM_COMPILE", message);
  }
}

/** A corpus that cannot be read or used; `line` is 1-based where there is one. @hideconstructor */
export class DataError extends MmError {
  /** the file, or the name of words that came from a program */
  readonly file: string;
  /** 1-based; undefined where the whole file is meant */
  readonly line: number | undefined;
  /** what is wrong: the message without its place */
  readonly problem: string;
  constructor(file: string, problem: string, line?: number) {
    super(
      "ERR_MM_DATA",
      line === undefined ? `${file}: ${problem}` : `${file}:${line}: ${problem}`,
    );
    this.file = file;
    this.line = line;
    this.problem = printable(problem);
  }
}

/** A run folder or checkpoint that cannot be read. @hideconstructor */
export class CheckpointError extends MmError {
  /** the file or folder */
  readonly file: string;
  constructor(file: string, message: string) {
    super("ERR_MM_CHECKPOINT", `${file}: ${message}`);
    this.file = file;
  }
}

/** The largest entry, without its sign, of all gradients. */
export interface LargestGradient {
  /** whose gradient it is in */
  readonly parameter: string;
  /** its size, 0 or more */
  readonly value: number;
}

/**
 * A training that cannot go on; `step` is where. `rate` and `gradient` are those of the update
 * before it, if there was one. @hideconstructor
 */
export class TrainingError extends MmError {
  /** of the training, counted from 0 */
  readonly step: number;
  /** the learning rate of the update before `step` */
  readonly rate: number | undefined;
  /** the largest gradient of that update */
  readonly gradient: LargestGradient | undefined;
  constructor(step: number, message: string, rate?: number, gradient?: LargestGradient) {
    super("ERR_MM_TRAINING", message);
    this.step = step;
    this.rate = rate;
    this.gradient = gradient;
  }
}

/** A wrong option on the command line or in a configuration. @hideconstructor */
export class UsageError extends MmError {
  constructor(message: string) {
    super("ERR_MM_USAGE", message);
  }
}

/**
 * The backend that was asked for cannot be used here; `remedy` is what the message ends with.
 * @hideconstructor
 */
export class BackendError extends MmError {
  /** what to do about it; undefined where nothing is known */
  readonly remedy: string | undefined;
  constructor(message: string, { remedy, ...options }: ErrorOptions & { remedy?: string } = {}) {
    super("ERR_MM_BACKEND", remedy === undefined ? message : `${message}; ${remedy}`, options);
    this.remedy = remedy;
  }
}

/**
 * A value as a message shows it: text quoted and cut, numbers as they are (also NaN, Infinity and
 * bigints), objects by their kind.
 */
export function quote(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  const kind = typedArrayKind(value);
  if (kind !== undefined) return kind;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
