// @ts-check
// What is kept of a run: rows of numbers, one a snapshot (`runs/record.py`).

import { K } from "./link.js";
import { whyNoLaw } from "./plan.js";
import { localSlope } from "./scaling.js";

/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("../types.js").Fields} Fields */
/**
 * The order parameters at one moment.
 * @typedef {{overlaps: Float64Array, n2: Float64Array, mse: number}} Measurement
 */

/** A neuron serves a direction when it supplies at least this share of it. */
export const SERVES = 0.05;

/** Each neuron is of one of them: matched by theory; not matched, but serving a direction; neither. */
export const CLASSES = ["matched by ι", "sharing a direction", "unused"];

/**
 * The quantities of a row, in order.
 * @param {{m: number, P: number}} sizes
 * @returns {Fields}
 */
export function layout({ m, P }) {
  let offset = 0;
  /** @type {(...shape: number[]) => import("../types.js").Field} */
  const next = (...shape) => {
    const field = { offset, shape };
    offset += shape.reduce((size, each) => size * each, 1);
    return field;
  };
  return {
    time: next(), mse: next(), slope: next(), n2: next(m), capture: next(P), peak: next(P), winner: next(P),
    share: next(P), owner: next(m), census: next(3), u: next(m, P),
  };
}

/** Snapshots of one run. */
export class Record {
  /** @param {Plan} plan */
  constructor(plan) {
    this.plan = plan;
    this.fields = layout(plan.e);
    this.width = this.fields.u.offset + plan.e.m * plan.e.P;
    this.unused = new Set(plan.unused);
    this.law = !whyNoLaw(plan);
    /** @type {number[]} */
    this.tau = [];
    /** @type {number[]} */
    this.mse = [];
    /** @type {Float32Array[]} */
    this.rows = [];
  }

  get count() {
    return this.rows.length;
  }

  /**
   * Keep a measurement taken at time tau.
   * @param {number} tau
   * @param {Measurement} measurement
   */
  append(tau, measurement) {
    const row = this.row(tau, measurement);
    this.rows.push(row);
    this.tau.push(tau);
    this.mse.push(measurement.mse);
    return row;
  }

  /**
   * The row of a measurement at time tau, at or after the last one kept.
   * @param {number} tau
   * @param {Measurement} measurement
   */
  row(tau, { overlaps, n2, mse }) {
    const { plan: { e: { m, P, beta }, a, link, end, neurons }, fields } = this;
    const row = new Float32Array(this.width);
    const slope = this.law ? localSlope([...this.tau, tau], [...this.mse, mse], beta, a, link.top) : NaN;
    row.set([tau / end, mse, slope]);
    row.set(n2, fields.n2.offset);
    const supplied = overlaps.map((o, i) => (n2[Math.floor(i / P)] * K(link, o)) / (a[i % P] * link.top));
    for (let p = 0; p < P; p += 1) {
      let [capture, peak, winner] = [0, 0, 0];
      for (let k = 0; k < m; k += 1) {
        capture += supplied[k * P + p];
        peak = Math.max(peak, overlaps[k * P + p] ** 2);
        if (supplied[k * P + p] > supplied[winner * P + p]) winner = k;
      }
      row[fields.capture.offset + p] = capture;
      row[fields.peak.offset + p] = peak;
      row[fields.winner.offset + p] = winner;
      row[fields.share.offset + p] = supplied[winner * P + p];
    }
    for (let k = 0; k < m; k += 1) {
      let most = 0;
      for (let p = 1; p < P; p += 1) if (supplied[k * P + p] > supplied[k * P + most]) most = p;
      const owner = supplied[k * P + most] < SERVES ? -1 : most;
      row[fields.owner.offset + k] = owner;
      row[fields.census.offset + (this.unused.has(k) ? (owner >= 0 ? 1 : 2) : 0)] += 1;
    }
    neurons.forEach((k, i) => {
      for (let p = 0; p < P; p += 1) row[fields.u.offset + i * P + p] = overlaps[k * P + p] ** 2;
    });
    return row;
  }

  /**
   * A quantity of the last snapshot.
   * @param {keyof import("../types.js").Kept} name
   */
  last(name) {
    const { offset, shape } = this.fields[name];
    return this.rows[this.count - 1].subarray(offset, offset + shape.reduce((size, each) => size * each, 1));
  }
}
