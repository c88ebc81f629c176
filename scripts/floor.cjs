// What a prebuilt binary may ask of a machine: what Node 20's own binary asks of it (glibc), and
// what the distribution with that glibc has (RHEL 8: GCC 8's libstdc++).
"use strict";

const FLOOR = { GLIBC: [2, 28], GLIBCXX: [3, 4, 25], CXXABI: [1, 3, 11] };

/**
 * Whether a symbol version ("GLIBC_2.34") is newer than the floor. Versions of other libraries
 * (GCC_3.0) are not.
 */
exports.aboveFloor = (version) => {
  const [, library, numbers] = /^([A-Z]+)_([\d.]+)$/.exec(version) ?? [];
  const floor = FLOOR[library];
  if (floor === undefined) return false;
  const parts = numbers.split(".").map(Number);
  const at = parts.findIndex((part, i) => part !== (floor[i] ?? 0));
  return at !== -1 && parts[at] > (floor[at] ?? 0);
};

exports.FLOOR = Object.entries(FLOOR).map(
  ([library, numbers]) => `${library}_${numbers.join(".")}`,
);
