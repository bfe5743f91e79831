// @ts-check
// The bar above the pictures: buttons, scrubber, speed, and what they say of the playback.

import { part } from "./dom.js";
import { ICONS } from "./markup.js";
import { counted, shortNumber } from "./numbers.js";
import { CLOSE } from "./store.js";

/** @typedef {import("./playback.js").Playback} Playback */
/** @typedef {import("./timeline.js").Timeline} Timeline */

/**
 * What the bar's parts do.
 * @typedef {object} Acts
 * @property {() => void} reset
 * @property {() => void} play
 * @property {() => void} step
 * @property {() => void} end
 * @property {(share: number) => void} scrub
 * @property {(share: number) => void} speed
 */

/**
 * Of an input from 0 to 1000.
 * @param {HTMLInputElement} input
 */
const shareOf = (input) => Number(input.value) / 1000;

/** @param {number} share */
const thousandths = (share) => String(Math.round(1000 * share));

/**
 * Where the viewer is.
 * @param {Playback} playback
 * @param {boolean} whole whether steps are whole numbers
 */
export function status({ state, position, end, moved }, whole) {
  const at = whole ? Math.round(position) : position;
  const more = moved > 0 ? ` (+${counted(moved, whole)})` : "";
  return `${state} · step ${shortNumber(at)} of ${shortNumber(end)}${more}`;
}

/**
 * How far "next snapshot" goes.
 * @param {Playback} playback
 * @param {boolean} whole
 */
export function ahead({ done, position, next, end }, whole) {
  return !done && position < end * (1 - CLOSE)
    ? `Next snapshot: ${counted(next - position, whole)} on (→)` : "This is the last snapshot";
}

/**
 * The speed that holds, as a limit.
 * @param {number} pace
 */
export const limit = (pace) => (pace === Infinity ? "max" : `≤ ${shortNumber(pace)} steps/s`);

export class Transport {
  /**
   * @param {HTMLElement} host
   * @param {Acts} acts
   */
  constructor(host, acts) {
    this.host = host;
    this.status = part(host, ".lab-status", HTMLOutputElement);
    this.announcement = part(host, ".lab-bar [role=status]", HTMLElement);
    this.scrubber = part(host, ".lab-time input", HTMLInputElement);
    this.buffer = part(host, ".lab-buffer", HTMLElement);
    this.ticks = part(host, ".lab-ticks", HTMLElement);
    this.playButton = part(host, "[data-act=play]", HTMLButtonElement);
    this.stepButton = part(host, "[data-act=step]", HTMLButtonElement);
    this.speedInput = part(host, ".lab-speed input", HTMLInputElement);
    this.speedText = part(host, ".lab-speed output", HTMLOutputElement);
    this.speedReached = part(host, ".lab-speed small", HTMLElement);
    const { scrubber, speedInput } = this;
    scrubber.addEventListener("input", () => acts.scrub(shareOf(scrubber)));
    speedInput.addEventListener("input", () => acts.speed(shareOf(speedInput)));
    for (const act of /** @type {const} */ (["reset", "play", "step", "end"])) {
      part(host, `[data-act=${act}]`, HTMLButtonElement).addEventListener("click", () => acts[act]());
    }
  }

  /**
   * The speed and the decades of a run that begins.
   * @param {Playback} playback
   * @param {Timeline} timeline
   */
  begin(playback, timeline) {
    this.showSpeed(playback);
    this.drawTicks(timeline);
  }

  /** @param {Playback} playback */
  showSpeed({ share, pace }) {
    this.speedInput.value = thousandths(share);
    this.paintLimit(pace);
  }

  /**
   * Decades under the scrubber.
   * @param {Timeline} timeline
   */
  drawTicks(timeline) {
    /**
     * @param {number} share
     * @param {(string | Node)[]} text
     */
    const mark = (share, ...text) => {
      const tick = document.createElement("span");
      tick.append(...text);
      tick.style.left = `${100 * share}%`;
      return tick;
    };
    this.ticks.replaceChildren(mark(0, "0"), ...timeline.decades.map((n) => {
      const power = Object.assign(document.createElement("sup"), { textContent: String(n) });
      return mark(timeline.shareOf(10 ** n), "10", power);
    }));
  }

  /** @param {number} pace */
  paintLimit(pace) {
    const text = limit(pace);
    if (this.speedText.textContent !== text) this.speedText.textContent = text;
  }

  /**
   * @param {Playback} playback
   * @param {Timeline} timeline
   * @param {boolean} whole whether steps are whole numbers
   */
  paint(playback, timeline, whole) {
    const { position, store: { reached }, state, playing, pace } = playback;
    this.scrubber.value = thousandths(timeline.shareOf(position));
    this.buffer.style.width = `${100 * timeline.shareOf(reached)}%`;
    if (this.host.dataset.state !== state) {
      this.host.dataset.state = state;
      this.announcement.textContent = state; // read aloud; the step counter is not
    }
    const label = playing ? "Pause" : "Play";
    if (this.playButton.getAttribute("aria-label") !== label) {
      this.playButton.innerHTML = playing ? ICONS.pause : ICONS.play;
      this.playButton.setAttribute("aria-label", label);
    }
    this.status.textContent = status(playback, whole);
    this.stepButton.title = ahead(playback, whole);
    this.paintLimit(pace);
    const speed = playing && playback.reached.under(pace);
    this.speedReached.textContent = speed ? `now ${shortNumber(speed)}` : "";
  }
}
