// @ts-check
// A viewer's way through a run: where it is, and whether it plays, goes to the next snapshot, or
// hurries to the end. No drawing.

import { CLOSE } from "./store.js";
import { Arrivals, Rate, speedAt } from "./timeline.js";

const DRIFT = 0.5; // seconds by which another's playback may be elsewhere without a jump

/**
 * What is computed so far (see store.js).
 * @typedef {Pick<import("./store.js").Store, "count" | "reached" | "final" | "header">} Computed
 */

export class Playback {
  /**
   * @param {{snapshots: number[], end: number}} run
   * @param {Computed} store
   * @param {number} share of the speed slider
   */
  constructor({ snapshots, end }, store, share) {
    this.snapshots = snapshots;
    this.end = end;
    this.store = store;
    this.position = 0;
    this.playing = true;
    this.stepping = false;
    this.rushing = false;
    this.target = 0; // the snapshot that "next snapshot" goes to
    this.moved = 0; // steps of its last press
    this.aim = 0; // where another's playback is that this one follows
    this.reached = new Rate();
    this.arrivals = new Arrivals();
    this.share = share;
  }

  /** Steps a second that the slider wishes for, Infinity for as fast as it goes. */
  get speed() {
    return speedAt(this.share, this.end);
  }

  /** The same of the position: no limit holds on the way to the end. */
  get pace() {
    return this.rushing ? Infinity : this.speed;
  }

  /** The snapshot after the position. */
  get next() {
    return this.snapshots.find((step) => step > this.position * (1 + CLOSE)) ?? this.end;
  }

  /** Whether nothing comes after the position. */
  get done() {
    return this.store.final && this.position >= this.store.reached;
  }

  /** In a word, as it is shown. */
  get state() {
    const { header } = this.store;
    if (this.done) return header.diverged ? "diverged" : header.state;
    return this.playing ? "running" : "paused";
  }

  /** At a step, until Play is pressed. */
  wait(step = 0) {
    this.jump(step);
    this.playing = false;
  }

  toggle() {
    this.aim = 0;
    if (!this.playing && this.position >= this.end) this.position = 0;
    this.playing = !this.playing;
    this.stepping = false;
    this.rushing = false;
    this.moved = 0;
    this.reached.forget();
  }

  step() {
    this.aim = 0;
    if (!this.stepping) this.target = this.next;
    this.playing = false;
    this.rushing = false;
    this.stepping = true;
  }

  /** To the snapshot before the position. */
  back() {
    const before = this.snapshots.filter((step) => step < this.position * (1 - CLOSE));
    this.jump(before.length ? before[before.length - 1] : 0);
  }

  /** To the end, as fast as it goes. */
  rush() {
    this.aim = 0;
    this.rushing = true;
    this.playing = true;
    this.stepping = false;
    this.moved = 0;
  }

  /** @param {number} step */
  jump(step) {
    this.aim = 0;
    this.playing = false;
    this.stepping = false;
    this.rushing = false;
    this.moved = 0;
    this.reached.forget();
    this.position = Math.min(step, this.store.reached);
  }

  /**
   * Follow another's playback, which was at a step `seconds` ago; whether anything has changed.
   * @param {import("./lecture_types.js").Played} other
   * @param {number} seconds
   */
  follow({ step, playing, rushing, share }, seconds) {
    const before = JSON.stringify([this.position, this.playing, this.rushing, this.share]);
    this.share = share;
    this.stepping = false;
    this.rushing = rushing;
    this.moved = 0;
    const pace = playing ? this.pace : 0;
    const gone = pace === Infinity ? 0 : pace * seconds;
    this.aim = Math.min(step + gone, this.end);
    const free = pace * DRIFT; // as fast as it goes: each at its own pace
    if (Math.abs(this.position - this.aim) > free) this.position = Math.min(this.aim, this.store.reached);
    this.playing = playing && !this.done;
    return before !== JSON.stringify([this.position, this.playing, this.rushing, this.share]);
  }

  /** Stop playing at the end; whether it has only now come there. */
  settle() {
    if (!this.done || !this.playing) return false;
    this.playing = false;
    this.rushing = false;
    return true;
  }

  /** The step up to which the server should compute for this viewer. */
  get wish() {
    if (this.rushing) return this.end;
    if (this.stepping) return this.target;
    if (!this.playing) return Math.max(this.position, this.aim);
    return Math.min(this.end, Math.max(this.position + this.pace, this.aim));
  }

  /** Whether the server has nothing more to compute for this viewer. */
  get idle() {
    const { final, header, reached } = this.store;
    return final || (!this.stepping && header.state !== "ready" && this.wish <= reached);
  }

  /**
   * Move on by `seconds`, at the moment `now` (milliseconds); whether anything has changed.
   * @param {number} seconds
   * @param {number} now
   */
  advance(seconds, now) {
    const arrived = this.stepping && this.arrive();
    if (!this.playing) return arrived;
    const { reached, final } = this.store;
    this.reached.see(now, this.position);
    this.arrivals.see(now, reached);
    if (reached <= this.position) return arrived;
    // As fast as it goes: follow the computation, evenly; catch up with a finished one in about a second.
    const pace = Math.min(this.pace, this.end);
    const share = final ? Infinity : this.arrivals.share(now, seconds, reached - this.position);
    this.position = Math.min(reached, this.position + Math.min(pace * seconds, share));
    return true;
  }

  /** Go to the next snapshot once it is computed, or to the end of a run that stops before it. */
  arrive() {
    const { count, final, reached } = this.store;
    const computed = reached >= this.target * (1 - CLOSE);
    if (!count || !(computed || final)) return false;
    const { position } = this;
    this.position = computed ? this.target : reached;
    this.moved = this.position - position;
    this.stepping = false;
    return true;
  }
}
