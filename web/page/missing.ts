/** What this page needs and a browser may lack. */

/** The smallest module with an instruction of SIMD: it is valid where there is one. */
const SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0],
  ...[65, 0, 253, 15, 253, 98, 11],
);

/** One line for the reader; undefined where nothing is missing. */
export function missing(scope: typeof globalThis = globalThis): string | undefined {
  if (typeof scope.Worker !== "function")
    return "This browser has no workers, so that nothing can be trained here: use a newer one.";
  if (typeof scope.WebAssembly !== "object")
    return "This browser has no WebAssembly (or it is switched off): training is about 60 times slower.";
  if (!scope.WebAssembly.validate(SIMD))
    return "This browser's WebAssembly has no SIMD: training is about 60 times slower.";
  return undefined;
}
