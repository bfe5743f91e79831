// @ts-check
// Power laws of the loss in time, and how a slope is measured (`theory/scaling.py`, `theory/fits.py`).

import { interpolate, linspace, median, rounded, running, zeta } from "./numeric.js";

/** @typedef {import("./numeric.js").Numbers} Numbers */
/** What a slope is fitted with. @typedef {{T1: number, a: Float64Array, beta: number, top: number, m: number}} Law */

const NO_TIME = 1e-300;
const POINTS = 400;
const LEAST_MOMENTS = 5;
const FLAT = 0.05;
const ALL_LEARNED = 0.1;
const TRAILING = 2;
const LEAST_POINTS = 3;

/** Whether sum_q q^(-2 beta) is finite. @param {number} beta */
export const hasPowerLaw = (beta) => beta > 0.5;
/** (1 - 2 beta) / beta, null where there is no power law. @param {number} beta */
export const timeExponent = (beta) => (hasPowerLaw(beta) ? (1 - 2 * beta) / beta : null);

/**
 * Emergence time of direction 1 for a typical overlap: the median of T_p a_p / a_1.
 * @param {Float64Array} T
 * @param {Float64Array} a
 */
export function referenceTime(T, a) {
  const times = T.map((time, p) => time * a[p]).filter(Number.isFinite);
  return times.length ? median(times) / a[0] : NaN;
}

/**
 * Loss of P directions with typical overlaps at times tau.
 * @param {Float64Array} tau
 * @param {number} T1
 * @param {Float64Array} a
 * @param {number} beta
 * @param {number} top
 */
export function finitePrediction(tau, T1, a, beta, top) {
  const left = running(a.map((each) => each ** 2).reverse()).reverse().map((each) => top * each);
  const numbers = left.map((_, p) => p + 1);
  return tau.map((each) => {
    const p = (each / (T1 > NO_TIME || Number.isNaN(T1) ? T1 : NO_TIME)) ** (1 / beta);
    return interpolate(Math.min(Math.max(p, 1), a.length + 1), numbers, left);
  });
}

/**
 * Loss of infinitely many directions; beta > 1/2.
 * @param {Float64Array} tau
 * @param {number} T1
 * @param {Float64Array} a
 * @param {number} beta
 * @param {number} top
 */
export const powerLaw = (tau, T1, a, beta, top) => tau.map((each) => (
  ((top * a[0] ** 2) / (2 * beta - 1)) * (each / Math.max(T1, NO_TIME)) ** ((1 - 2 * beta) / beta)));

/**
 * Loss of the directions that P lacks.
 * @param {Float64Array} a
 * @param {number} beta
 * @param {number} top
 */
export const tailOf = (a, beta, top) => (hasPowerLaw(beta) ? top * a[0] ** 2 * zeta(2 * beta, a.length + 1) : 0);

/**
 * Least-squares slope.
 * @param {Numbers} x
 * @param {Numbers} y
 */
function slope(x, y) {
  let [mean, high, wide] = [0, 0, 0];
  for (let i = 0; i < x.length; i += 1) mean += x[i] / x.length;
  for (let i = 0; i < x.length; i += 1) {
    high += (x[i] - mean) * y[i];
    wide += (x[i] - mean) ** 2;
  }
  return high / wide;
}

/**
 * Slope of the log of the tail-corrected loss against log t over the last factor 2 in t; NaN for none.
 * @param {Numbers} t
 * @param {Numbers} loss
 * @param {number} beta
 * @param {Float64Array} a
 * @param {number} top
 */
export function localSlope(t, loss, beta, a, top) {
  if (!hasPowerLaw(beta) || !Array.from(loss).every(Number.isFinite)) return NaN;
  const beyond = tailOf(a, beta, top);
  const x = [];
  const y = [];
  for (let i = t.length - 1; i >= 0 && t[i] >= t[t.length - 1] / TRAILING; i -= 1) {
    if (!(t[i] > 0 && loss[i] > 0)) continue;
    x.push(Math.log(t[i]));
    y.push(Math.log(loss[i] + beyond));
  }
  return x.length < LEAST_POINTS ? NaN : slope(x, y);
}

/**
 * The fit's window: from the middle of a step to the typical T of another direction.
 * @param {Law} law
 * @returns {{few: boolean, window: [number, number]}}
 */
function fitWindow({ T1, a, beta, m }) {
  const P = Math.min(m, a.length);
  const low = Math.max(1, rounded(P / 200));
  const high = Math.min(P, Math.max(rounded(P / 2), low + 2));
  return { few: high - low < 2, window: [T1 * (low + 0.5) ** beta, T1 * high ** beta] };
}

/**
 * log t, evenly spaced over the window, and the log of the loss there.
 * @param {Numbers} t
 * @param {Numbers} loss
 * @param {[number, number]} window
 */
function points(t, loss, [from, to]) {
  /** @type {number[]} */
  const xs = [];
  /** @type {number[]} */
  const ys = [];
  for (let i = 0; i < t.length; i += 1) {
    if (!(t[i] > 0 && loss[i] > 0 && Number.isFinite(loss[i]))) continue;
    xs.push(Math.log(t[i]));
    ys.push(Math.log(loss[i]));
  }
  const x = linspace(Math.log(from), Math.log(to), POINTS);
  return { x, y: x.map((each) => interpolate(each, xs, ys)) };
}

/**
 * Why a loss at times t has no slope, in a sentence; null where it has one; beta > 1/2.
 * @param {Numbers} t
 * @param {Numbers} loss
 * @param {Law} law
 */
export function whyNoSlope(t, loss, law) {
  const { T1, a, top, m } = law;
  const { few, window } = fitWindow(law);
  if (few) return `${m < a.length ? `m = ${m}` : `P = ${a.length}`} is too few: a slope takes three jumps or more`;
  if (!Number.isFinite(T1)) return "no direction emerges, so there is no time to begin at";
  if (!(T1 > 0)) return "half of the directions are met at the start, so there is no time to begin at";
  if (!(t[t.length - 1] >= window[1])) {
    return "the run is too short: it ends before the fit's window does; raise horizon or steps";
  }
  const inside = Array.from(t, (_, i) => i).filter((i) => t[i] >= window[0] && t[i] <= window[1]);
  if (inside.length < LEAST_MOMENTS) {
    return `fewer than ${LEAST_MOMENTS} moments of the run are in the fit's window: lower the step size, so that more steps are`;
  }
  if (!inside.every((i) => Number.isFinite(loss[i]) && loss[i] > 0)) {
    return "the loss is no positive number everywhere in the fit's window";
  }
  const { x, y } = points(t, corrected(loss, law), window);
  if (!(y[0] - y[POINTS - 1] > FLAT)) {
    return "the loss does not fall in the fit's window: no direction emerges in it, so this is a plateau and not a power law";
  }
  const middle = Math.exp(interpolate(
    x[POINTS / 2], inside.map((i) => Math.log(t[i])), inside.map((i) => Math.log(loss[i]))));
  return middle < ALL_LEARNED * top * a[a.length - 1] ** 2
    ? "everything is learned before the middle of the fit's window: the rest of it is a floor and not a power law" : null;
}

/**
 * @param {Numbers} loss
 * @param {Law} law
 */
const corrected = (loss, { a, beta, top }) => {
  const beyond = tailOf(a, beta, top);
  return Array.from(loss, (each) => each + beyond);
};

/**
 * Tail-corrected slope of log(loss) against log(t) and its window; null where there is none.
 * @param {Numbers} t
 * @param {Numbers} loss
 * @param {Law} law
 */
export function fitSlope(t, loss, law) {
  if (whyNoSlope(t, loss, law)) return null;
  const { window } = fitWindow(law);
  const { x, y } = points(t, corrected(loss, law), window);
  return { value: slope(x, y), window };
}
