/**
 * Matrix products in plain JavaScript, over typed arrays: what the native kernels are measured
 * against. c = a * b, all [n, n].
 */

/** Three loops, as one writes them first. */
export function naive(n: number, a: Float32Array, b: Float32Array, c: Float32Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  }
}

/**
 * 4 x 4 outputs at a time in local variables: each number loaded serves four products. n is a
 * multiple of 4.
 */
export function tiled(n: number, a: Float32Array, b: Float32Array, c: Float32Array): void {
  for (let i = 0; i < n; i += 4) {
    const [a0, a1, a2, a3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n];
    for (let j = 0; j < n; j += 4) {
      let c00 = 0,
        c01 = 0,
        c02 = 0,
        c03 = 0,
        c10 = 0,
        c11 = 0,
        c12 = 0,
        c13 = 0;
      let c20 = 0,
        c21 = 0,
        c22 = 0,
        c23 = 0,
        c30 = 0,
        c31 = 0,
        c32 = 0,
        c33 = 0;
      for (let k = 0, at = j; k < n; k++, at += n) {
        const b0 = b[at],
          b1 = b[at + 1],
          b2 = b[at + 2],
          b3 = b[at + 3];
        const x0 = a[a0 + k],
          x1 = a[a1 + k],
          x2 = a[a2 + k],
          x3 = a[a3 + k];
        c00 += x0 * b0;
        c01 += x0 * b1;
        c02 += x0 * b2;
        c03 += x0 * b3;
        c10 += x1 * b0;
        c11 += x1 * b1;
        c12 += x1 * b2;
        c13 += x1 * b3;
        c20 += x2 * b0;
        c21 += x2 * b1;
        c22 += x2 * b2;
        c23 += x2 * b3;
        c30 += x3 * b0;
        c31 += x3 * b1;
        c32 += x3 * b2;
        c33 += x3 * b3;
      }
      c[a0 + j] = c00;
      c[a0 + j + 1] = c01;
      c[a0 + j + 2] = c02;
      c[a0 + j + 3] = c03;
      c[a1 + j] = c10;
      c[a1 + j + 1] = c11;
      c[a1 + j + 2] = c12;
      c[a1 + j + 3] = c13;
      c[a2 + j] = c20;
      c[a2 + j + 1] = c21;
      c[a2 + j + 2] = c22;
      c[a2 + j + 3] = c23;
      c[a3 + j] = c30;
      c[a3 + j + 1] = c31;
      c[a3 + j + 2] = c32;
      c[a3 + j + 3] = c33;
    }
  }
}
