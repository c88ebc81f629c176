/** `console` for cells: prints as Node's does. */
import { formatWithOptions, inspect } from "node-inspect-extracted";

type Write = (stream: "out" | "error", text: string) => void;

export function createConsole(write: Write): Console {
  let indent = "";
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();
  const print = (stream: "out" | "error", text: string): void =>
    write(stream, `${indent}${indent ? text.replaceAll("\n", `\n${indent}`) : text}\n`);
  const log = (...values: unknown[]): void => print("out", formatWithOptions({}, ...values));
  const warn = (...values: unknown[]): void => print("error", formatWithOptions({}, ...values));
  const elapsed = (label: string): string =>
    `${label}: ${(performance.now() - (timers.get(label) ?? performance.now())).toFixed(3)}ms`;
  const group = (...values: unknown[]): void => {
    if (values.length > 0) log(...values);
    indent += "  ";
  };
  const methods: Partial<Console> = {
    log,
    info: log,
    debug: log,
    table: log,
    warn,
    error: warn,
    trace: (...values) => warn("Trace:", ...values),
    dir: (value, options) => print("out", inspect(value, { customInspect: false, ...options })),
    assert(condition, ...values) {
      if (!condition) warn("Assertion failed", ...values);
    },
    group,
    groupCollapsed: group,
    groupEnd() {
      indent = indent.slice(2);
    },
    count(label = "default") {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      log(`${label}: ${counts.get(label)}`);
    },
    countReset: (label = "default") => void counts.delete(label),
    time: (label = "default") => void timers.set(label, performance.now()),
    timeLog: (label = "default", ...values) => log(elapsed(label), ...values),
    timeEnd(label = "default") {
      log(elapsed(label));
      timers.delete(label);
    },
    clear() {},
  };
  return methods as Console;
}
