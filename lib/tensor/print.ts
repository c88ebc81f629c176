/**
 * Text as PyTorch prints it: columns aligned on the right, 4 decimals (none where all numbers are
 * whole), scientific where numbers are large, small or far apart, lines of 80 characters, and "..."
 * in tensors of more than 1,000 elements.
 *
 * The dtype and the tape are not shown, but for the dtype of nothing: int32 stands where PyTorch
 * has int64.
 */
import { select } from "./ops/views.js";
import { type DType, read, type Tensor } from "./tensor.js";

/** PyTorch's print options. */
const DECIMALS = 4;
const THRESHOLD = 1000;
const EDGE = 3;
const LINE = 80;

const PREFIX = "tensor(";

export function print(a: Tensor): string {
  if (a.numel === 0) {
    const size = a.rank === 1 ? "" : `, size=(${a.shape.join(", ")})`;
    return `${PREFIX}[]${size}${a.dtype === "float32" ? "" : `, dtype=${a.dtype}`})`;
  }
  const summarize = a.numel > THRESHOLD;
  const data = a.detach();
  const format = formatter(shownNumbers(data, summarize), a.dtype);
  return `${PREFIX}${text(data, PREFIX.length, summarize, format)})`;
}

/** Positions along a dimension of this size that are shown; null is the gap. */
function shown(size: number, summarize: boolean): (number | null)[] {
  const all = Array.from({ length: size }, (_, i) => i);
  return summarize && size > 2 * EDGE ? [...all.slice(0, EDGE), null, ...all.slice(-EDGE)] : all;
}

/** The numbers that decide the format: those that will be shown. */
function shownNumbers(a: Tensor, summarize: boolean): number[] {
  if (!summarize || a.rank === 0) return [...read(a, "toString")];
  return shown(a.shape[0], true).flatMap((i) =>
    i === null ? [] : shownNumbers(select(a, 0, i), true),
  );
}

interface Formatter {
  readonly width: number;
  format(x: number): string;
}

function formatter(numbers: readonly number[], dtype: DType): Formatter {
  const widest = (list: readonly string[]) => list.reduce((n, s) => Math.max(n, s.length), 1);
  const padded = (width: number, format: (x: number) => string): Formatter => ({
    width,
    format: (x) => format(x).padStart(width),
  });
  if (dtype !== "float32") {
    const text = dtype === "bool" ? (x: number) => (x === 0 ? "False" : "True") : String;
    return padded(widest(numbers.map(text)), text);
  }

  const counted = numbers.filter((x) => Number.isFinite(x) && x !== 0);
  const sizes = counted.map(Math.abs);
  const [low, high] = [
    sizes.reduce((m, x) => Math.min(m, x), Infinity),
    sizes.reduce((m, x) => Math.max(m, x), 0),
  ];
  const isScientific = counted.length > 0 && (high / low > 1000 || high > 1e8 || low < 1e-4);
  const format = isScientific ? scientific : counted.every(Number.isInteger) ? whole : fixed;
  return padded(widest(counted.map(format)), format);
}

/** Python's names for what is no number. */
const special = (x: number): string => (Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf");
/** JavaScript drops the sign of -0. */
const sign = (x: number): string => (x < 0 || Object.is(x, -0) ? "-" : "");

const whole = (x: number): string =>
  Number.isFinite(x) ? `${sign(x)}${Math.abs(x)}.` : special(x);

/** Ties go to the even digit, as in Python; `toFixed` alone would take them up. */
function fixed(x: number): string {
  if (!Number.isFinite(x)) return special(x);
  const scaled = Math.abs(x) * 10 ** DECIMALS; // exact: 24 bits times 14
  const floor = Math.floor(scaled);
  const up = scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 === 1);
  return sign(x) + ((up ? floor + 1 : floor) / 10 ** DECIMALS).toFixed(DECIMALS);
}

function scientific(x: number): string {
  if (!Number.isFinite(x)) return special(x);
  const [mantissa, exponent] = Math.abs(x).toExponential(DECIMALS).split("e");
  // A tie was taken up: back to the even digit.
  const tie = new RegExp(`^\\d\\.\\d{${DECIMALS}}50*e`).test(Math.abs(x).toExponential(60));
  const last = Number(mantissa.at(-1));
  const digits = tie && last % 2 === 1 ? `${mantissa.slice(0, -1)}${last - 1}` : mantissa;
  return `${sign(x)}${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

function text(a: Tensor, indent: number, summarize: boolean, f: Formatter): string {
  if (a.rank === 0) return f.format(read(a, "toString")[0]);
  const inner = " ".repeat(indent + 1);
  const rows = shown(a.shape[0], summarize);
  if (a.rank > 1) {
    const parts = rows.map((i) =>
      i === null ? "..." : text(select(a, 0, i), indent + 1, summarize, f),
    );
    return `[${parts.join(`,${"\n".repeat(a.rank - 1)}${inner}`)}]`;
  }
  const parts = rows.map((i) =>
    i === null ? " ..." : f.format(read(select(a, 0, i), "toString")[0]),
  );
  const perLine = Math.max(1, Math.floor((LINE - indent) / (f.width + 2)));
  const lines = Array.from({ length: Math.ceil(parts.length / perLine) }, (_, i) =>
    parts.slice(i * perLine, (i + 1) * perLine).join(", "),
  );
  return `[${lines.join(`,\n${inner}`)}]`;
}
