// @ts-check
// What the theory predicts of a run before it starts (`theory/predictions.py`).

import { K, seesSign, slopeOf } from "./link.js";
import {
  expit, exprel, filled, geomspace, interpolate, linspace, logit, place, running, sum,
} from "./numeric.js";
import { gradedOverlaps, restingOverlaps } from "./times.js";

/** @typedef {import("./link.js").Link} Link */

const GRID = 1600;
const LATEST = 30; // log odds
const LARGEST = 1e300;
const NEAREST = 1e-12;

/**
 * The neuron of each direction, -1 where none is left: always the earliest of the pairs not yet used.
 * @param {Float64Array} times by rows of P
 * @param {number} P
 */
export function greedyMatching(times, P) {
  const iota = new Int32Array(P).fill(-1);
  const used = new Set();
  for (;;) {
    let [best, neuron, direction] = [Infinity, -1, -1];
    for (let p = 0; p < P; p += 1) {
      if (iota[p] >= 0) continue;
      for (let k = 0; k * P < times.length; k += 1) {
        if (times[k * P + p] < best && !used.has(k)) [best, neuron, direction] = [times[k * P + p], k, p];
      }
    }
    if (neuron < 0) return iota;
    iota[direction] = neuron;
    used.add(neuron);
  }
}

/**
 * Time log(a_p / s0^2) / (4 a_p K(1)) in which the norm follows.
 * @param {Float64Array} a
 * @param {number} s0
 * @param {Link} link
 */
export const normGrowthDelay = (a, s0, { top }) => a.map((each) => Math.max(Math.log(each / s0 ** 2), 0) / (4 * each * top));

/**
 * sum_p a_p^2 K(1) 1{tau < T_p} at times tau.
 * @param {Float64Array} tau
 * @param {Float64Array} T
 * @param {Float64Array} a
 * @param {Link} link
 */
export function staircase(tau, T, a, { top }) {
  const order = Array.from(T.keys()).sort((one, other) => (T[one] < T[other] ? -1 : Number(T[one] > T[other])));
  const left = running(order.map((p) => a[p] ** 2 * top).reverse()).reverse();
  const sorted = order.map((p) => T[p]);
  return tau.map((each) => left[place(sorted, each, true)]);
}

/**
 * A pair's trajectory on a grid: theta = a tau, w = artanh of the overlap, log(|v|^2 / a).
 * @typedef {{theta: Float64Array, w: Float64Array, logRho: Float64Array}} Pair
 */

/**
 * do/dtau = a K'(o) (1 - o^2), dn2/dtau = 4 n2 (a K(o) - n2 K(1)), by quadrature.
 * @param {number} overlap at the start
 * @param {number} a
 * @param {number} s0
 * @param {Link} link
 * @returns {Pair}
 */
export function decoupledPair(overlap, a, s0, link) {
  const way = wayFrom(overlap, link);
  const { top } = link;
  const steps = filled(GRID - 1, (i) => way[i + 1] - way[i]);
  const middles = filled(GRID - 1, (i) => (way[i + 1] + way[i]) / 2);
  const spent = steps.map((step, i) => {
    const [before, after] = [-1, 1].map((side) => slopeOf(link, Math.tanh(middles[i] + (side * step) / Math.sqrt(12))));
    return (step / 2) * (1 / before + 1 / after);
  });
  const theta = running(spent);
  const x = spent.map((time, i) => 4 * K(link, Math.tanh(middles[i])) * time);
  const X = running(x);
  const gained = running(spent.map((time, i) => 4 * top * time * Math.exp(X[i]) * exprel(x[i])));
  const inverse = gained.map((each, i) => Math.min((a / s0 ** 2 + each) * Math.exp(-X[i]), LARGEST));
  // Past the grid the overlap stands still and the norm relaxes on.
  const last = GRID - 1;
  const there = Math.tanh(way[last]);
  const tail = geomspace(1e-2, 1e9, GRID / 2);
  const late = tail.map((time) => {
    const y = 4 * K(link, there) * time;
    return Math.min(inverse[last] * Math.exp(-y) + 4 * top * time * exprel(-y), LARGEST);
  });
  const drift = slopeOf(link, there);
  return {
    theta: Float64Array.of(...theta, ...tail.map((time) => theta[last] + time)),
    w: Float64Array.of(...way, ...tail.map((time) => way[last] + drift * time)),
    logRho: Float64Array.of(...inverse, ...late).map((each) => -Math.log(each)),
  };
}

/**
 * Values of artanh(overlap) that a pair passes on its way.
 * @param {number} overlap
 * @param {Link} link
 */
function wayFrom(overlap, link) {
  const o = Math.min(Math.max(seesSign(link) ? overlap : Math.abs(overlap), -1 + NEAREST), 1 - NEAREST);
  if (o >= 0) {
    const start = logit(Math.max(o, NEAREST) ** 2);
    const span = Math.max(LATEST, start + 1) - start;
    return linspace(0, 1, GRID).map((share) => {
      const y = start + span * share ** 2;
      return Math.log1p(Math.sqrt(expit(y))) - Math.log(expit(-y)) / 2;
    });
  }
  // From the wrong side of a link that sees the sign: on to the next overlap at which K' = 0.
  const w = Math.atanh(o);
  const side = Math.sign(slopeOf(link, o));
  const ahead = restingOverlaps(link).filter((root) => Math.abs(root) < 1 && side * (root - o) > 0);
  if (ahead.length) {
    const rest = Math.atanh(side * Math.min(...ahead.map((root) => side * root)));
    return linspace(0, 1, GRID).map((share) => rest + (w - rest) * Math.exp(-LATEST * share ** 2));
  }
  const last = side * Math.max(Math.abs(w) + 1, LATEST / 2);
  const turn = side * Math.max(side * (w + side * 1e-3), Math.atanh(0.9));
  const onWay = [w, ...gradedOverlaps(o, Math.tanh(turn), link).map(Math.atanh)];
  const numbers = onWay.map((_, i) => i);
  const dense = linspace(0, onWay.length - 1, GRID / 2).map((i) => interpolate(i, numbers, onWay));
  return Float64Array.of(...dense, ...linspace(turn, last, GRID / 2 + 1).subarray(1));
}

/**
 * Loss of the pairs alone at times tau; a direction without a neuron costs a^2 K(1) for ever.
 * @param {Float64Array} tau
 * @param {(Pair | null)[]} pairs of each direction
 * @param {Float64Array} a
 * @param {Link} link
 */
export function decoupledMse(tau, pairs, a, link) {
  const { top } = link;
  return tau.map((each) => sum(pairs.map((pair, p) => {
    if (!pair) return top * a[p] ** 2;
    const theta = a[p] * each;
    const o = Math.tanh(interpolate(theta, pair.theta, pair.w));
    const rho = Math.exp(interpolate(theta, pair.theta, pair.logRho));
    return a[p] ** 2 * (top - 2 * rho * K(link, o) + rho ** 2 * top);
  })));
}
