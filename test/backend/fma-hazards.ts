/**
 * Numbers for a * b + c where two roundings may differ from one: the sum rounded to double lies
 * half-way between two floats, from one side, or the result is subnormal or overflows. Random
 * numbers meet none of these.
 */
type Three = readonly [
  Float32Array<ArrayBuffer>,
  Float32Array<ArrayBuffer>,
  Float32Array<ArrayBuffer>,
];

let [s0, s1] = [0x9e3779b9 | 0, 0x243f6a88 | 0];
/** xorshift: 32 random bits */
function u32(): number {
  let t = s0;
  const u = s1;
  s0 = u;
  t ^= t << 23;
  t ^= t >>> 17;
  t ^= u ^ (u >>> 26);
  s1 = t;
  return (t + u) >>> 0;
}
const below = (n: number): number => u32() % n;
const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);
function fromBits(bits: number): number {
  word[0] = bits;
  return float[0];
}
const sign = (): number => (u32() & 1 ? 1 : -1);
/** any mantissa, an exponent (biased by 127) from low to high */
const between = (low: number, high: number): number =>
  fromBits(((u32() & 0x807fffff) | ((low + below(high - low + 1)) << 23)) >>> 0);
/** not NaN: its bits are not specified */
const any = (): number => {
  const x = fromBits(u32());
  return Number.isNaN(x) ? 1 : x;
};

/** Two floats whose product is 2^m, and a little more or less than a double can add to c. */
function almost(m: number): [number, number] {
  const x = Math.floor(m / 2);
  const j = 10 + below(14);
  const [a, b] = u32() & 1 ? [1 + 2 ** -j, 1 - 2 ** -j] : [1 + 2 ** -11, 1 - 2 ** -11 + 2 ** -22];
  return [Math.fround(a * 2 ** x), Math.fround(sign() * b * 2 ** (m - x))];
}

const three =
  (make: () => readonly [number, number, number]) =>
  (n: number): Three => {
    const [a, b, c] = [0, 1, 2].map(() => new Float32Array(n)) as [
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
    ];
    for (let i = 0; i < n; i++) [a[i], b[i], c[i]] = make();
    return [a, b, c];
  };

export const hazards: Readonly<Record<string, (n: number) => Three>> = {
  "any bits": three(() => {
    const [a, b, c] = [any(), any(), any()];
    return Number.isNaN(a * b + c) ? [1, 1, 1] : [a, b, c];
  }),
  "near 1": three(() => [between(120, 134), between(120, 134), between(115, 140)]),
  cancelling: three(() => {
    const [a, b] = [between(110, 140), between(110, 140)];
    return [a, b, Math.fround(-a * b * (1 + (below(5) - 2) * 2 ** -23))];
  }),
  "subnormal results": three(() => [
    between(1, 70),
    between(1, 70),
    u32() & 3 ? fromBits((u32() & 0x80ffffff) >>> 0) : between(0, 40),
  ]),
  "products below the smallest": three(() => [
    between(1, 60),
    between(0, 30),
    fromBits((u32() & 0x800fffff) >>> 0),
  ]),
  overflow: three(() => {
    const [a, b, c] = [between(180, 254), between(180, 254), between(230, 254)];
    return Number.isNaN(a * b + c) ? [a, b, 0] : [a, b, c];
  }),
  zeros: three(() => [u32() & 1 ? -0 : 0, between(120, 130), u32() & 1 ? -0 : 0]),
  "a tie from one side": three(() => {
    const c = between(60, 200);
    return [...almost(Math.floor(Math.log2(Math.abs(c))) - 24), c];
  }),
  "a tie from one side, subnormal": three(() => {
    const c = fromBits(((u32() & 0x80000000) | (0x300000 + below(0x4fffff))) >>> 0);
    return [...almost(-150), c];
  }),
  "a tie from one side, at the largest float": three(() => {
    const c = fromBits(((u32() & 0x80000000) | (0x7f7fffff - below(8))) >>> 0);
    return [...almost(127 - 24), c];
  }),
};
