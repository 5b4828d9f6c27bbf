/** A symmetric matrix whose entries farther than `band` from the diagonal are 0. */
export interface BandedMatrix {
  size: number;
  band: number;
  /** Of each row the entries up to the diagonal, which comes last; shape [size, band + 1]. */
  rows: Float64Array;
}

/** Of a diagonal entry; a pivot that rounding left smaller, or negative, gets this much. */
const LEAST_PIVOT = 1e-14;

/**
 * Factors a positive definite banded matrix into L L^T, in place: `rows` holds L afterwards. It
 * takes size * band^2 / 2 multiplications.
 * @see Golub and Van Loan 2013, "Matrix computations", algorithm 4.3.5 (band Cholesky).
 */
export function factorBanded({ size, band, rows }: BandedMatrix): void {
  const length = band + 1;
  for (let i = 0; i < size; i++) {
    const first = Math.max(0, i - band);
    const ownStart = i * length + band - i; // plus k is L[i, k]
    for (let j = first; j <= i; j++) {
      const otherStart = j * length + band - j;
      const rest = rows[ownStart + j]! -
        dot(rows, { one: ownStart + first, other: otherStart + first, count: j - first });
      rows[ownStart + j] = j < i
        ? rest / rows[otherStart + j]!
        : Math.sqrt(Math.max(rest, LEAST_PIVOT * rows[ownStart + i]!));
    }
  }
}

/** Solves L L^T x = b for the L of `factorBanded`. */
export function solveBanded({ size, band, rows }: BandedMatrix, b: Float64Array): Float64Array {
  const length = band + 1;
  const x = b.slice();
  for (let i = 0; i < size; i++) {
    const start = i * length + band - i;
    let rest = x[i]!;
    for (let k = Math.max(0, i - band); k < i; k++) rest -= rows[start + k]! * x[k]!;
    x[i] = rest / rows[start + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    const start = i * length + band - i;
    const value = x[i]! / rows[start + i]!;
    x[i] = value;
    for (let k = Math.max(0, i - band); k < i; k++) x[k]! -= rows[start + k]! * value;
  }
  return x;
}

/** The inner product of two runs of `values`; four sums at once, for each must wait for itself. */
function dot(
  values: Float64Array,
  { one, other, count }: { one: number; other: number; count: number },
): number {
  let a = 0, b = 0, c = 0, d = 0, k = 0;
  for (; k + 3 < count; k += 4) {
    a += values[one + k]! * values[other + k]!;
    b += values[one + k + 1]! * values[other + k + 1]!;
    c += values[one + k + 2]! * values[other + k + 2]!;
    d += values[one + k + 3]! * values[other + k + 3]!;
  }
  for (; k < count; k++) a += values[one + k]! * values[other + k]!;
  return a + b + c + d;
}
