// @ts-check
// The guess in a lesson's picture: dragged there, it is what the question's widget or ballot says.

import { Marker } from "./marker.js";

/** @typedef {import("./types.js").Dragged} Dragged */
/** @typedef {import("./types.js").Axis} Axis */
/** @typedef {import("./marker.js").Place} Place */
/** @typedef {HTMLElement & Partial<import("./types.js").Drawn>} Host */

/**
 * What a ballot of the class says to a question, if one is open.
 * @param {Dragged | null} given
 */
function onBallot(given) {
  for (const ballot of document.querySelectorAll(".ballot-mine[data-option]")) {
    const { question = "null", option } = /** @type {HTMLElement} */ (ballot).dataset;
    if (JSON.parse(question)?.digest === given?.digest) return Number(option);
  }
  return null;
}

export class Dragging {
  /**
   * @param {Host} host with the picture
   * @param {(option: number) => void} tell Python of a guess
   */
  constructor(host, tell) {
    this.host = host;
    this.tell = tell;
    /** @type {Dragged | null} */
    this.given = null;
    /** @type {number | null} */
    this.at = null;
    this.marker = new Marker(host.parentElement ?? host, "Your guess, in the picture", (at, done) => this.choose(at, done));
    document.addEventListener("drafted", (event) => { // on the ballot of a class
      if (!(event instanceof CustomEvent) || event.detail.digest !== this.given?.digest) return;
      this.at = event.detail.option;
      this.show();
    });
  }

  /** @param {Dragged | null} given */
  follow(given) {
    // What a ballot has said holds as long as the question is the same.
    if (given?.digest !== this.given?.digest || given?.at !== this.given?.at) this.at = onBallot(given) ?? given?.at ?? null;
    this.given = given;
    this.show();
  }

  /**
   * @param {number} at
   * @param {boolean} done
   */
  choose(at, done) {
    if (!this.given) return;
    this.at = at;
    this.show();
    const guessed = new CustomEvent("guessed", { cancelable: true, detail: { digest: this.given.digest, option: at } });
    if (document.dispatchEvent(guessed) && done) this.tell(at);
  }

  /** Where the picture has its axes now. */
  show() {
    const { given, at, host: { _fullLayout } } = this;
    /** @type {Axis | undefined} */
    const xaxis = _fullLayout?.[`xaxis${given?.axes}`];
    /** @type {Axis | undefined} */
    const yaxis = _fullLayout?.[`yaxis${given?.axes}`];
    if (!given || !xaxis || !yaxis) return this.marker.show(null);
    /** @type {(x: number, y: number) => Place} */
    const place = (x, y) => [xaxis._offset + xaxis.c2p(x), yaxis._offset + yaxis.c2p(y)];
    /** @type {[number, number]} */
    const whole = [yaxis._offset, yaxis._offset + yaxis._length];
    this.marker.show({
      named: given.named, places: given.x.map((x, i) => place(x, given.y[i])), at, locked: false,
      area: { left: xaxis._offset, top: whole[0], right: xaxis._offset + xaxis._length, bottom: whole[1] },
      from: given.start && place(...given.start), upright: given.upright ? whole : null,
      label: at === null ? "drag to your guess" : at === given.at ? "" : given.named[at], // the figure names its own
    });
  }
}
