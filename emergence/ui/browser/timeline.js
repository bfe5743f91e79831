// @ts-check
// A viewer's time: the logarithmic scrubber, the speed slider, the speed that is reached.

const PASS = 8; // seconds a run takes at the default speed
const SLOWEST = 600;
const FASTEST = 1; // seconds a run takes at the ends of the speed slider, before "max"
const MAX_SPEED = 0.95; // share of the slider beyond which a run goes as fast as it can
const RATE_WINDOW = 1500; // ms over which the speed reached is measured
const LONGEST_WAIT = 300; // ms over which what has come at once is shown, at most
const MOST_TICKS = 6; // decades named under the scrubber
const NEAREST_TICK = 0.08; // share of the scrubber that the 0 at its left end takes

export const DEFAULT_SPEED = (MAX_SPEED * Math.log(SLOWEST / PASS)) / Math.log(SLOWEST / FASTEST);

/**
 * Steps a second at a share of the speed slider, Infinity for as fast as it goes.
 * @param {number} share
 * @param {number} end
 */
export function speedAt(share, end) {
  if (share > MAX_SPEED) return Infinity;
  return end / (SLOWEST * (FASTEST / SLOWEST) ** (share / MAX_SPEED));
}

/** The scrubber is logarithmic from a run's first snapshot to its end, as the figures' time axes. */
export class Timeline {
  /** @param {{first: number, end: number}} limits */
  constructor({ first, end }) {
    this.first = first;
    this.end = end;
  }

  /** @param {number} share */
  stepAt(share) {
    return share <= 0 ? 0 : this.first * (this.end / this.first) ** share;
  }

  /** @param {number} step */
  shareOf(step) {
    return step <= this.first ? 0 : Math.log(step / this.first) / Math.log(this.end / this.first);
  }

  /** Powers of ten to name under the scrubber, every second or third one where there are many. */
  get decades() {
    const decades = [];
    for (let n = Math.ceil(Math.log10(this.first)); 10 ** n <= this.end; n += 1) decades.push(n);
    const every = Math.ceil(decades.length / MOST_TICKS);
    return decades.filter((n) => n % every === 0 && this.shareOf(10 ** n) > NEAREST_TICK);
  }
}

/** When more of a run is expected, by when the last of it has come. */
export class Arrivals {
  constructor() {
    this.reached = NaN;
    this.at = NaN;
    this.due = NaN;
  }

  /**
   * @param {number} now milliseconds
   * @param {number} reached step up to which the run has come
   */
  see(now, reached) {
    if (reached === this.reached) return;
    this.due = now + Math.min(now - this.at, LONGEST_WAIT);
    this.at = now;
    this.reached = reached;
  }

  /**
   * How many of the steps that are not shown yet may be in `seconds`: all are when more comes.
   * @param {number} now milliseconds
   * @param {number} seconds
   * @param {number} steps
   */
  share(now, seconds, steps) {
    const left = (this.due - now) / 1000;
    return left > seconds ? (steps * seconds) / left : Infinity;
  }
}

/** Steps a second that a viewer's position has really moved, of late. */
export class Rate {
  constructor() {
    /** @type {[now: number, step: number][]} */
    this.seen = [];
  }

  forget() {
    this.seen = [];
  }

  /**
   * @param {number} now
   * @param {number} step
   */
  see(now, step) {
    this.seen.push([now, step]);
    while (now - this.seen[0][0] > RATE_WINDOW) this.seen.shift();
  }

  /**
   * Never above `limit`, the speed that was asked for: the clock of paintings is coarse.
   * @param {number} limit
   */
  under(limit) {
    return Math.min(this.value, limit);
  }

  get value() {
    if (this.seen.length < 2) return 0;
    const [[from, low]] = this.seen;
    const [to, high] = this.seen[this.seen.length - 1];
    return to - from > RATE_WINDOW / 4 ? (1000 * (high - low)) / (to - from) : 0;
  }
}
