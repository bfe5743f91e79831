// @ts-check
// When directions emerge: T of every pair from the start alone (`theory/times.py`).

import { seesSign, slopeOf } from "./link.js";
import { filled, geomspace, logit, place, roots, running, unique } from "./numeric.js";

/** @typedef {import("./link.js").Link} Link */

/** Squared overlap above which a direction has emerged. */
export const EMERGED = 0.5;
export const HALF = Math.sqrt(EMERGED);
const RATIO = 1.15;
const NEAREST = 1e-12;
const NODES = [-Math.sqrt(0.6), 0, Math.sqrt(0.6)];
const WEIGHTS = [5 / 9, 8 / 9, 5 / 9];

/**
 * Times of a pure link's pair alone, a tau: the paper's blow-up time, or for J = 1, 2 that of u = 1/2.
 * @param {number} overlap
 * @param {Link} link
 */
function leadingTime(overlap, { J, squares }) {
  const start = J % 2 ? overlap : Math.abs(overlap);
  let time = 1 / (J * (J - 2) * Math.max(start, 0) ** (J - 2));
  if (J === 1) time = Math.atanh(HALF) - Math.atanh(Math.min(Math.max(start, -1), 1));
  if (J === 2) time = -logit(Math.min(start ** 2, 1)) / 4;
  return Math.max(time, 0) / squares[J];
}

/**
 * Times of every pair as if no other direction pulled, by rows of P.
 * @param {Float64Array} overlaps
 * @param {Float64Array} a
 * @param {Link} link
 */
function pairTimes(overlaps, a, link) {
  const times = link.terms === 1 ? overlaps.map((o) => leadingTime(o, link)) : halfTimes(overlaps, link);
  return times.map((time, i) => time / a[i % a.length]);
}

/**
 * T_{p,k} of every pair, by rows of P; infinite where it is not known ever to meet. A linear part of the
 * link pulls every neuron to the sum of all directions first.
 * @param {Float64Array} overlaps
 * @param {Float64Array} a
 * @param {Link} link
 */
export function emergenceTimes(overlaps, a, link) {
  const P = a.length;
  if (P === 1 || !link.c[1]) return pairTimes(overlaps, a, link);
  const strength = Math.hypot(...a);
  const share = a.map((each) => each / strength);
  const rate = link.squares[1] * strength;
  const alone = link.terms === 1 ? null : pairTimes(overlaps, a, link);
  const times = new Float64Array(overlaps.length);
  for (let first = 0; first < overlaps.length; first += P) {
    const projected = share.reduce((total, each, p) => total + each * overlaps[first + p], 0);
    const along = Math.min(Math.max(projected, -1 + NEAREST), 1 - NEAREST);
    const way = Math.atanh(along);
    const halfWay = Math.max(Math.atanh(HALF) - way, 0) / rate;
    for (let p = 0; p < P; p += 1) {
      const own = alone && alone[first + p] <= halfWay ? alone[first + p] : Infinity;
      times[first + p] = Math.min(own, together(overlaps[first + p], share[p], along, way, rate));
    }
  }
  return times;
}

/**
 * When a neuron on its way to the sum of all has u = 1/2 with a direction that has this share of it.
 * @param {number} overlap
 * @param {number} share
 * @param {number} along
 * @param {number} way
 * @param {number} rate
 */
function together(overlap, share, along, way, rate) {
  const excess = share ** 2 - EMERGED;
  if (!(excess > NEAREST)) return Infinity;
  if (Math.abs(overlap) >= HALF) return 0;
  const across = (overlap - along * share) / Math.sqrt(1 - along ** 2);
  const root = Math.sqrt(across ** 2 + excess);
  const s = Math.log(across > 0 ? (share + HALF) / (across + root) : (root - across) / (share - HALF));
  return Math.max(s - way, 0) / rate;
}

/**
 * Time in which the linear part of the link finds the sum of all.
 * @param {Float64Array} a
 * @param {number} s0
 * @param {Link} link
 */
export function linearTime(a, s0, link) {
  const strength = Math.hypot(...a);
  const growth = Math.max(Math.log(strength / s0 ** 2), 0) / 4;
  return (Math.atanh(HALF) + growth) / (link.squares[1] * strength);
}

/**
 * a tau at which u passes 1/2 in do/dtau = a K'(o) (1 - o^2), from every overlap; infinite for never.
 * @param {Float64Array} overlaps
 * @param {Link} link
 */
export function halfTimes(overlaps, link) {
  const start = seesSign(link) ? overlaps : overlaps.map(Math.abs);
  const theta = start.map(() => Infinity);
  const rests = restingOverlaps(link).filter((root) => Math.abs(root) < HALF);
  for (const side of [1, -1]) {
    const rest = rests.length ? side * Math.max(...rests.map((root) => side * root)) : -side * HALF;
    if (side * slopeOf(link, (rest + side * HALF) / 2) > 0) {
      const travel = travels(rest, side, link);
      start.forEach((o, i) => { if (side * (o - rest) > 0) theta[i] = travel(o); });
    }
  }
  start.forEach((o, i) => { if (Math.abs(o) >= HALF) theta[i] = 0; });
  return theta;
}

/**
 * The time from an overlap to side * HALF; it slows down at `rest`.
 * @param {number} rest
 * @param {number} side
 * @param {Link} link
 * @returns {(start: number) => number}
 */
function travels(rest, side, link) {
  const ahead = gradedOverlaps(rest, side * HALF, link);
  const last = ahead.length - 1;
  /** @type {(begin: number, end: number) => number} */
  const spent = (begin, end) => {
    const [middle, half] = [(end + begin) / 2, (end - begin) / 2];
    return half * NODES.reduce((total, node, i) => {
      const o = middle + half * node;
      return total + WEIGHTS[i] / (slopeOf(link, o) * (1 - o ** 2));
    }, 0);
  };
  const left = running(filled(last, (i) => spent(ahead[last - 1 - i], ahead[last - i]))).reverse();
  const sorted = ahead.map((o) => side * o);
  return (start) => {
    const after = Math.min(place(sorted, side * start), last);
    return left[after] + spent(start, ahead[after]);
  };
}

/** Real overlaps at which K' is 0, increasing; none is positive. @param {Link} link */
export const restingOverlaps = (link) => slowOverlaps(link)
  .filter(([, im]) => !im).map(([re]) => re).sort((one, other) => one - other);

/**
 * All roots of K', a multiple one at 0 once: overlaps near them move slowly.
 * @param {Link} link
 * @returns {[re: number, im: number][]}
 */
function slowOverlaps({ slopes }) {
  const lowest = slopes.findIndex((each) => each !== 0);
  const found = lowest === slopes.length - 1 ? [] : roots(slopes.slice(lowest));
  return lowest ? [...found, [0, 0]] : found;
}

/**
 * Overlaps from just after `begin` to `end`, in this order, dense where K' is small.
 * @param {number} begin
 * @param {number} end
 * @param {Link} link
 */
export function gradedOverlaps(begin, end, link) {
  const side = Math.sign(end - begin);
  const points = [side * end];
  for (const [re, im] of [...slowOverlaps(link), [begin, 0]]) {
    const near = Math.max(Math.abs(im) / 8, NEAREST * Math.max(Math.abs(re), 1e-6));
    const count = Math.max(2, Math.trunc(Math.log(4 / near) / Math.log(RATIO)));
    for (const distance of [0, ...geomspace(near, 4, count)]) {
      points.push(side * (re + distance), side * (re - distance));
    }
  }
  const within = unique(points).filter((o) => o - side * begin > 0 && side * end - o >= 0);
  return within.map((o) => side * o);
}
