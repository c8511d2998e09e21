import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { leastSquares, studentT } from '../../../bench/model/least-squares.ts';

type Reference = {
  fits: {
    rows: number[][];
    y: number[];
    weights: number[];
    coefficients: number[];
    errors: number[];
    residualSd: number;
  }[];
  t: [degrees: number, quantile: number][];
};

/** What R printed; its script stands in the file. */
const REFERENCE = JSON.parse(
  readFileSync(new URL('../../fixtures/least-squares-r.json', import.meta.url), 'utf8'),
) as Reference;

function near(actual: number, expected: number, relative: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${what}: ${actual} is not ${expected}`);
}

describe('least squares', () => {
  it('agrees with R: coefficients, standard errors, residuals', () => {
    for (const { rows, y, weights, coefficients, errors, residualSd } of REFERENCE.fits) {
      const solved = leastSquares(rows, y, weights);
      assert.ok('fit' in solved);
      const { fit } = solved;
      const name = `${rows.length} rows of ${coefficients.length}`;
      for (const [index, expected] of coefficients.entries()) {
        near(fit.coefficients[index]!, expected, 1e-8, `${name}, coefficient ${index}`);
        near(Math.sqrt(fit.covariance[index]![index]!), errors[index]!, 1e-8, `${name}, error ${index}`);
      }
      near(fit.residualSd, residualSd, 1e-8, name);
      assert.equal(fit.degrees, rows.length - coefficients.length);
    }
  });

  it('names the columns that depend on others, whatever their scale', () => {
    const rows = [1, 2, 3, 4].map((n) => [1, n, 1e6 * n + 5]);
    assert.deepEqual(leastSquares(rows, [1, 2, 3, 4], [1, 1, 1, 1]), { dependent: [2] });
    assert.deepEqual(leastSquares([[1, 2]], [1], [1]), { dependent: [1] });
    const constant = [1, 2, 3].map((n) => [1, n, 0]);
    assert.deepEqual(leastSquares(constant, [1, 2, 3], [1, 1, 1]), { dependent: [2] });
  });

  it('passes through as many observations as there are coefficients, and claims no interval', () => {
    const solved = leastSquares(
      [
        [1, 1],
        [1, 3],
      ],
      [5, 9],
      [1, 1],
    );
    assert.ok('fit' in solved);
    near(solved.fit.coefficients[0]!, 3, 1e-12, 'intercept');
    near(solved.fit.coefficients[1]!, 2, 1e-12, 'slope');
    assert.ok(Number.isNaN(solved.fit.residualSd));
  });
});

describe('Student’s t', () => {
  it('agrees with R', () => {
    for (const [degrees, quantile] of REFERENCE.t) near(studentT(degrees), quantile, 1e-4, `${degrees} degrees`);
    assert.ok(Number.isNaN(studentT(0)));
  });
});
