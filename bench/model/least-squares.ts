// Weighted least squares by Householder reflections. Runs in a browser too: no import of Node.

export type LinearFit = {
  readonly coefficients: readonly number[];
  /** Variances and covariances of the coefficients. */
  readonly covariance: readonly (readonly number[])[];
  /** Of the weighted residuals. */
  readonly residualSd: number;
  /** Observations beyond the coefficients. */
  readonly degrees: number;
};

/** A column that is this close to a combination of those before it, as the sine of the angle between, adds nothing. */
const INDEPENDENT = 0.01;

/**
 * Fits `y = X b` with the sum of `(w (y - X b))^2` as small as it can be, by the QR decomposition of the columns, each scaled
 * to length one (Golub and Van Loan, Matrix Computations, 5.3.2).
 *
 * @param rows one an observation, of as many figures as there are coefficients
 * @param weights 1 / the standard deviation that each observation is believed to have, up to a common factor
 * @returns the columns that depend on those before them where there are such, or where there are too few observations
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  y: readonly number[],
  weights: readonly number[],
): { readonly fit: LinearFit } | { readonly dependent: readonly number[] } {
  const count = rows[0]?.length ?? 0;
  const columns = Array.from({ length: count }, (_, j) => rows.map((row, i) => row[j]! * weights[i]!));
  const scales = columns.map((column) => length(column) || 1);
  const q = columns.map((column, j) => column.map((value) => value / scales[j]!));
  const rhs = y.map((value, i) => value * weights[i]!);
  const r = Array.from({ length: count }, () => Array.from({ length: count }, () => 0));
  const dependent: number[] = [];
  for (let j = 0; j < count; j++) {
    const column = q[j]!;
    const norm = length(column.slice(j));
    if (j >= rows.length || norm < INDEPENDENT) {
      dependent.push(j);
      continue;
    }
    const head = column[j]! > 0 ? -norm : norm;
    const reflector = column.map((value, i) => (i < j ? 0 : i === j ? value - head : value));
    const squared = dot(reflector, reflector);
    for (const target of [...q.slice(j + 1), rhs]) {
      const factor = (2 * dot(reflector, target)) / squared;
      for (let i = j; i < rows.length; i++) target[i] = target[i]! - factor * reflector[i]!;
    }
    for (let k = 0; k < j; k++) r[k]![j] = column[k]!;
    r[j]![j] = head;
  }
  if (dependent.length > 0) return { dependent };

  const inverse = invertTriangle(r);
  const scaled = inverse.map((row) => dot(row, rhs));
  const degrees = rows.length - count;
  const residual = length(rhs.slice(count));
  const variance = degrees > 0 ? residual ** 2 / degrees : Number.NaN;
  return {
    fit: {
      coefficients: scaled.map((value, j) => value / scales[j]!),
      covariance: inverse.map((a, i) => inverse.map((b, j) => (variance * dot(a, b)) / (scales[i]! * scales[j]!))),
      residualSd: Math.sqrt(variance),
      degrees,
    },
  };
}

/** The inverse of an upper triangle, by back substitution. */
function invertTriangle(r: readonly (readonly number[])[]): number[][] {
  const n = r.length;
  const inverse = Array.from({ length: n }, () => Array.from({ length: n }, () => 0));
  for (let j = 0; j < n; j++) {
    inverse[j]![j] = 1 / r[j]![j]!;
    for (let i = j - 1; i >= 0; i--) {
      let sum = 0;
      for (let k = i + 1; k <= j; k++) sum += r[i]![k]! * inverse[k]![j]!;
      inverse[i]![j] = -sum / r[i]![i]!;
    }
  }
  return inverse;
}

/** The inner product over the shorter of the two. */
export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) sum += a[i]! * b[i]!;
  return sum;
}

function length(values: readonly number[]): number {
  return Math.sqrt(dot(values, values));
}

/**
 * The 97.5 % quantile of Student's t: half the width of a 95 % interval in standard errors (Hill 1970, Algorithm 396,
 * Communications of the ACM 13; exact for one and two degrees of freedom, within 0.1 % for more).
 */
export function studentT(degrees: number): number {
  if (degrees < 1) return Number.NaN;
  const p = 0.05;
  if (degrees === 1) return 1 / Math.tan((p * Math.PI) / 2);
  if (degrees === 2) return Math.sqrt(2 / (p * (2 - p)) - 2);
  const a = 1 / (degrees - 0.5);
  const b = 48 / a ** 2;
  let c = ((20_700 * a) / b - 98) * a - 16;
  c = c * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * degrees;
  const x = d * p;
  let y = x ** (2 / degrees);
  if (y > 0.05 + a) {
    const normal = 1.959_963_984_540_054;
    y = normal ** 2;
    if (degrees < 5) c += 0.3 * (degrees - 4.5) * (-normal + 0.6);
    c = (((0.05 * d * -normal - 5) * -normal - 7) * -normal - 2) * -normal + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * normal;
    y = a * y * y;
    y = y > 0.002 ? Math.expm1(y) : 0.5 * y * y + y;
  } else {
    y =
      ((1 / (((degrees + 6) / (degrees * y) - 0.089 * d - 0.822) * (degrees + 2) * 3) + 0.5 / (degrees + 4)) * y - 1) *
        ((degrees + 1) / (degrees + 2)) +
      1 / y;
  }
  return Math.sqrt(degrees * y);
}
