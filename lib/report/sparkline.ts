/** A curve in a line of text. */

const BARS = [..."▁▂▃▄▅▆▇█"];

/**
 * Losses as at most `width` block characters, each the mean of its share of `values`; on a log
 * scale as in loss.svg where all are above 0. A gap (NaN, Infinity) is a space; a flat line is low.
 */
export function sparkline(values: readonly number[], width: number): string {
  const positive = values.every((value) => !Number.isFinite(value) || value > 0);
  const heights = means(positive ? values.map(Math.log) : values, Math.max(0, Math.floor(width)));
  const finite = heights.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const bar = (height: number): string => {
    if (!Number.isFinite(height)) return " ";
    return BARS[high > low ? Math.round(((height - low) / (high - low)) * (BARS.length - 1)) : 0];
  };
  return heights.map(bar).join("");
}

/** Values of equal parts of the list, in order; NaN for a part without any. */
function means(values: readonly number[], parts: number): number[] {
  const count = Math.min(parts, values.length);
  return Array.from({ length: count }, (_, i) => {
    const part = values
      .slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count))
      .filter(Number.isFinite);
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
}
