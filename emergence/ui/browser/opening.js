// @ts-check
// The way through the opening: which act is on, how far it has come, whether it plays. No drawing.

/** @typedef {import("./timeline.js").Timeline} Timeline */

export const REST = 2; // seconds between an act's end and the next act
export const LAST_REST = 6; // after the last: its measurement is read

const WAIT = 0.2; // share of the first predicted time at which an act begins to move

/** An act's time: logarithmic, from before the first predicted jump to the end of its run. */
export class Course {
  /**
   * @param {Timeline} timeline
   * @param {(number | null)[]} T predicted steps
   */
  constructor(timeline, T) {
    const times = T.filter((each) => each !== null);
    this.timeline = timeline;
    this.from = times.length ? timeline.shareOf(WAIT * Math.min(...times)) : 0;
  }

  /** @param {number} share of the act's time */
  stepAt(share) {
    return this.timeline.stepAt(this.from + (1 - this.from) * share);
  }

  /**
   * Have a playback show the act at a share of its time, as far as it is computed; whether it has moved.
   * @param {import("./playback.js").Playback} playback
   * @param {number} share
   * @param {boolean} playing
   */
  show(playback, share, playing) {
    const { position } = playback;
    const { store: { reached, final } } = playback;
    playback.position = share >= 1 && final ? reached : Math.min(this.stepAt(share), reached);
    playback.rushing = true;
    playback.playing = playing && !playback.done;
    return playback.position !== position;
  }

  /** @param {number} step */
  shareOf(step) {
    return Math.max((this.timeline.shareOf(step) - this.from) / (1 - this.from), 0);
  }
}

export class Opening {
  /**
   * @param {number} count of acts
   * @param {number} seconds an act takes, at least
   * @param {boolean} still acts show their ends when asked for, and none follows by itself
   */
  constructor(count, seconds, still) {
    this.count = count;
    this.seconds = seconds;
    this.still = still;
    this.act = 0;
    this.share = 0; // of the act's time
    this.rested = 0;
    this.paused = false;
    this.choose(0);
  }

  /** Whether it is the viewer's turn. */
  get over() {
    return this.act >= this.count;
  }

  /** By how much of its time the act grows in a second. */
  get pace() {
    return this.paused || this.share >= 1 ? 0 : 1 / this.seconds;
  }

  /** @param {number} act from its start; the one after the last is the viewer's turn */
  choose(act) {
    this.act = Math.min(Math.max(act, 0), this.count);
    this.share = this.still ? 1 : 0;
    this.rested = 0;
    this.paused = this.still;
  }

  /** Pause, or go on; where motion is not wished for, play this one act. */
  toggle() {
    if (this.paused && this.still && this.share >= 1) this.share = 0;
    this.paused = !this.paused;
  }

  /**
   * Move on by `seconds`, never beyond what is computed; whether another act begins.
   * @param {number} seconds
   * @param {number} computed share of the act's time
   * @param {boolean} final whether nothing more will be computed
   */
  advance(seconds, computed, final) {
    if (this.paused || this.over) return false;
    const before = this.share;
    const most = final ? 1 : Math.max(Math.min(computed, 1), this.share);
    this.share = Math.min(this.share + seconds / this.seconds, most);
    if (this.share < 1 || !final) return false;
    if (this.still) {
      this.paused = true;
      return false;
    }
    if (before >= 1) this.rested += seconds;
    if (this.rested < (this.act + 1 < this.count ? REST : LAST_REST)) return false;
    this.choose(this.act + 1);
    return true;
  }
}
