// @ts-check
// One simulation from its first step to its last: an engine, its record, its crossings (`runs/simulation.py`).

import { Diverged } from "./engine.js";
import { stepsOf } from "./plan.js";
import { Record } from "./record.js";
import { divergence, grown } from "./stability.js";

/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("./record.js").Measurement} Measurement */

/**
 * What steps (see engine.js).
 * @typedef {object} Engine
 * @property {number} step
 * @property {(step: number, milliseconds: number) => void} advance
 * @property {() => Float64Array} overlaps by rows of P
 * @property {() => Measurement} measure
 */

/** u from which on a direction has emerged, and the growth of a loss that has blown up: on its way, at its end. */
const [EMERGED, BLOWN_UP, LEFT_BLOWN_UP] = [0.5, 1000, 10];

export class Simulation {
  /**
   * @param {Plan} plan
   * @param {Engine} engine at the plan's start
   */
  constructor(plan, engine) {
    this.plan = plan;
    this.engine = engine;
    this.record = new Record(plan);
    /** When each direction was first seen to have emerged, in tau. @type {(number | null)[]} */
    this.crossing = Array.from(plan.a, () => null);
    /** Why the run stopped early, in a sentence. */
    this.diverged = "";
    this.seconds = 0;
    this.next = 0;
    this.checkpoints = stepsOf(plan, plan.checkpoints);
    this.snapshots = stepsOf(plan, plan.snapshots);
    this.look();
    this.record.append(0, engine.measure());
  }

  get finished() {
    return this.diverged !== "" || this.next === this.checkpoints.length;
  }

  get tau() {
    return this.engine.step * this.plan.eta;
  }

  /**
   * Compute for about so long, not beyond the first checkpoint at or after a step.
   * @param {number} milliseconds
   * @param {number} [until]
   */
  work(milliseconds, until = Infinity) {
    const { engine, checkpoints, snapshots, record } = this;
    const deadline = performance.now() + milliseconds;
    while (!this.finished && engine.step < until) {
      const started = performance.now();
      if (started >= deadline) return;
      const target = checkpoints[this.next];
      try {
        engine.advance(target, deadline - started);
      } catch (error) {
        if (!(error instanceof Diverged)) throw error;
        this.diverged = this.explained("the students' norms left every bound");
        return;
      } finally {
        this.seconds += (performance.now() - started) / 1000;
      }
      if (engine.step < target) continue;
      this.next += 1;
      this.look();
      if (target === snapshots[record.count]) this.keep();
    }
  }

  /** Take a snapshot, and look whether the loss has blown up. */
  keep() {
    const { plan: { a, link }, record, engine } = this;
    const measurement = engine.measure();
    record.append(this.tau, measurement);
    const nothing = link.top * a.reduce((sum, each) => sum + each * each, 0);
    const times = measurement.mse / Math.max(record.mse[0], nothing);
    const last = this.next === this.checkpoints.length;
    if (!(times <= (last ? LEFT_BLOWN_UP : BLOWN_UP))) this.diverged = this.explained(grown(times));
  }

  /** A row of the present moment, none where it is the last snapshot's, or has diverged. */
  tip() {
    const { record, tau } = this;
    if (this.diverged || tau <= record.tau[record.count - 1]) return null;
    return record.row(tau, this.engine.measure());
  }

  look() {
    const { crossing, engine } = this;
    const overlaps = engine.overlaps();
    crossing.forEach((before, p) => {
      if (before !== null) return;
      for (let at = p; at < overlaps.length; at += crossing.length) {
        if (overlaps[at] ** 2 > EMERGED) crossing[p] = this.tau;
      }
    });
  }

  /** @param {string} what */
  explained(what) {
    return divergence(this.plan, this.engine.step, what);
  }
}
