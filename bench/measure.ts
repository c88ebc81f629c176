/** Medians: these machines are shared, a single run says little. */

/** Median seconds of one call, over `rounds` rounds of enough calls to fill about `round` seconds, after a warm-up. */
export function medianSeconds(call: () => void, { rounds = 7, round = 0.1 } = {}): number {
  call();
  const time = (calls: number): number => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    return (performance.now() - start) / 1000 / calls;
  };
  const calls = Math.max(1, Math.round(round / time(1)));
  const times = Array.from({ length: rounds }, () => time(calls)).sort((a, b) => a - b);
  return times[rounds >> 1];
}

/** A line of right-aligned cells. */
export const row = (...cells: (string | number)[]): string => cells.map((c) => String(c).padStart(14)).join("");
