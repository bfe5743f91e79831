// @ts-check
// An act of the opening that a lecture shows, as its followers play along with it.

import { part } from "./dom.js";
import { Course } from "./opening.js";

/** @typedef {import("./lecture_types.js").Acted} Acted */

export class Along {
  /**
   * @param {HTMLElement} host
   * @param {import("./types.js").Given["acts"]} acts
   */
  constructor(host, acts) {
    this.line = part(host, ".lab-act", HTMLElement);
    this.acts = acts;
    /** The act, and since when. @type {{act: Acted, since: number} | null} */
    this.present = null;
  }

  /**
   * Play along with an act, under its sentence; or no longer. Whether anything is to be shown anew.
   * @param {Acted | null} act
   * @param {number} seconds since it was told
   */
  follow(act, seconds) {
    if (!act && !this.present) return false;
    this.present = act && { act, since: performance.now() - 1000 * seconds };
    const shown = act ? this.acts[act.number] : undefined;
    const text = act && shown ? `${act.number + 1} · ${shown.sentence}` : "";
    if (this.line.textContent !== text) this.line.textContent = text;
    this.line.hidden = !text;
    return true;
  }

  /**
   * Have a playback be where the act is now; whether that is elsewhere.
   * @param {import("./playback.js").Playback} playback
   * @param {import("./timeline.js").Timeline} timeline
   * @param {(number | null)[]} T predicted steps
   */
  keepUp(playback, timeline, T) {
    if (!this.present) return false;
    const { act: { share, pace }, since } = this.present;
    const now = Math.min(share + (pace * (performance.now() - since)) / 1000, 1);
    return new Course(timeline, T).show(playback, now, pace > 0);
  }
}
