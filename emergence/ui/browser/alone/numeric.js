// @ts-check
// Arithmetic on arrays as NumPy does it, as far as the predictions need it.

/** @typedef {ArrayLike<number>} Numbers */

/**
 * @param {number} n
 * @param {(i: number) => number} value
 */
export function filled(n, value) {
  const values = new Float64Array(n);
  for (let i = 0; i < n; i += 1) values[i] = value(i);
  return values;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} n
 */
export function linspace(from, to, n) {
  const step = (to - from) / (n - 1);
  return filled(n, (i) => (i && i === n - 1 ? to : i * step + from));
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} n
 */
export function geomspace(from, to, n) {
  const values = linspace(Math.log10(from), Math.log10(to), n).map((power) => 10 ** power);
  values[0] = from;
  if (n > 1) values[n - 1] = to;
  return values;
}

/** Distinct values, increasing. @param {Iterable<number>} values */
export const unique = (values) => Float64Array.from(new Set(values)).sort();

/** To the nearest whole number, halves to the even one. @param {number} value */
export function rounded(value) {
  const near = Math.round(value);
  return near - value === 0.5 && near % 2 ? near - 1 : near;
}

/** @param {Numbers} values */
export const sum = (values) => Array.from(values).reduce((a, b) => a + b, 0);

/**
 * Running sums from 0: of n steps n + 1.
 * @param {Numbers} steps
 */
export function running(steps) {
  const sums = new Float64Array(steps.length + 1);
  for (let i = 0; i < steps.length; i += 1) sums[i + 1] = sums[i] + steps[i];
  return sums;
}

/**
 * How many of the increasing `values` are below x, or with `right` not above it.
 * @param {Numbers} values
 * @param {number} x
 * @param {boolean} [right]
 */
export function place(values, x, right = false) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < x || (right && values[middle] === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Linear interpolation at x between points of increasing `xs`; level beyond them.
 * @param {number} x
 * @param {Numbers} xs
 * @param {Numbers} ys
 */
export function interpolate(x, xs, ys) {
  const last = xs.length - 1;
  const i = place(xs, x, true) - 1;
  if (Number.isNaN(x)) return NaN;
  if (i < 0) return ys[0];
  if (i >= last) return ys[last];
  return ((ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i])) * (x - xs[i]) + ys[i];
}

/**
 * A polynomial, lowest degree first, at x.
 * @param {Numbers} coefficients
 * @param {number} x
 */
export function polynomial(coefficients, x) {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i -= 1) value = value * x + coefficients[i];
  return value;
}

/** Its derivative. @param {Numbers} coefficients */
export const derivative = (coefficients) => filled(coefficients.length - 1, (i) => (i + 1) * coefficients[i + 1]);

/** Log odds. @param {number} share */
export const logit = (share) => Math.log(share / (1 - share));
/** @param {number} odds */
export const expit = (odds) => 1 / (1 + Math.exp(-odds));
/** (e^x - 1) / x. @param {number} x */
export const exprel = (x) => (x ? Math.expm1(x) / x : 1);

/** The median. @param {Numbers} values */
export function median(values) {
  const [sorted, half] = [Float64Array.from(values).sort(), values.length >> 1];
  return values.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** B_2k / (2k)! of the Euler-Maclaurin formula, k = 1 … 7. */
const BERNOULLI = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600];
const SUMMED = 16;

/**
 * Hurwitz's zeta, sum_{n >= 0} (n + q)^-s, for s > 1 and q > 0.
 * @param {number} s
 * @param {number} q
 */
export function zeta(s, q) {
  let total = 0;
  for (let n = 0; n < SUMMED; n += 1) total += (q + n) ** -s;
  const x = q + SUMMED;
  total += x ** (1 - s) / (s - 1) + x ** -s / 2;
  let factor = s * x ** (-s - 1);
  BERNOULLI.forEach((share, k) => {
    total += share * factor;
    factor *= ((s + 2 * k + 1) * (s + 2 * k + 2)) / (x * x);
  });
  return total;
}

const [SWEEPS, SETTLED, REAL] = [500, 1e-15, 1e-9];

/**
 * All complex roots of a polynomial, lowest degree first, whose first and last coefficients are not 0:
 * Aberth's iteration from a circle of their geometric mean. Those in pairs are exactly conjugate.
 * @param {Numbers} coefficients
 * @returns {[re: number, im: number][]}
 */
export function roots(coefficients) {
  const degree = coefficients.length - 1;
  const steep = derivative(coefficients);
  const mean = Math.abs(coefficients[0] / coefficients[degree]) ** (1 / degree);
  /** @type {[number, number][]} */
  const z = Array.from({ length: degree }, (_, i) => {
    const turn = (2 * Math.PI * i) / degree + 0.4;
    return [mean * Math.cos(turn), mean * Math.sin(turn)];
  });
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let moved = 0;
    z.forEach((at, i) => {
      const slope = complex(steep, at);
      if (!slope[0] && !slope[1]) return;
      const newton = divided(complex(coefficients, at), slope);
      let push = /** @type {[number, number]} */ ([0, 0]);
      z.forEach((other, j) => {
        if (i === j) return;
        const [re, im] = divided([1, 0], [at[0] - other[0], at[1] - other[1]]);
        push = [push[0] + re, push[1] + im];
      });
      const [re, im] = divided(newton, [
        1 - (newton[0] * push[0] - newton[1] * push[1]), -(newton[0] * push[1] + newton[1] * push[0]),
      ]);
      if (!Number.isFinite(re) || !Number.isFinite(im)) return;
      z[i] = [at[0] - re, at[1] - im];
      moved = Math.max(moved, Math.hypot(re, im) / Math.hypot(...z[i]));
    });
    if (moved < SETTLED) break;
  }
  return z.flatMap(([re, im]) => {
    if (Math.abs(im) <= REAL * Math.hypot(re, im)) return [[re, 0]];
    return im > 0 ? [[re, im], [re, -im]] : [];
  });
}

/**
 * @param {Numbers} coefficients
 * @param {[number, number]} z
 * @returns {[number, number]}
 */
function complex(coefficients, [x, y]) {
  let [re, im] = [0, 0];
  for (let i = coefficients.length - 1; i >= 0; i -= 1) [re, im] = [re * x - im * y + coefficients[i], re * y + im * x];
  return [re, im];
}

/**
 * @param {[number, number]} one
 * @param {[number, number]} other
 * @returns {[number, number]}
 */
function divided([a, b], [c, d]) {
  const size = c * c + d * d;
  return [(a * c + b * d) / size, (b * c - a * d) / size];
}
