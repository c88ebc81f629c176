/** Types of serve.mjs, for ours.ts. */
export function serve(
  name: string,
  work: (times: number) => unknown,
  amount?: number,
): Promise<void>;
export function GFLOP(n: number): number;
