// @ts-check
// How the lab is shown: among the page's controls, or filling the window for a lecture or a slide.

import { buttons, part } from "./dom.js";
import { listening } from "./page.js";
import { NAMES } from "./tiles.js";

/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {import("./types.js").Stage} Stage */

const IDLE = 3000; // ms without a hand on anything after which the strip of controls hides

export class Staging {
  /**
   * @param {HTMLElement & {tell?: import("./types.js").Tell}} host
   * @param {import("./types.js").Address} names under which the address says what is shown
   * @param {{changed: () => void, choose: (name: Name) => void, chosen: () => Name | ""}} pictures
   *   one has another room, one becomes the large one, which one is (none while that is not the viewer's to say)
   */
  constructor(host, names, pictures) {
    this.host = host;
    this.names = names;
    this.pictures = pictures;
    /** @type {Stage} */
    this.stage = "page";
    /** What Python asked for last: the address. @type {Stage | null} */
    this.asked = null;
    /** The same of the large picture. @type {string} */
    this.askedPicture = "";
    /** Pictures that the address is about to ask for, because they were chosen here. @type {string[]} */
    this.told = [];
    this.timer = 0;
    /** @param {Event} event */
    const wake = (event) => {
      // Pictures that move under a hand at rest are no hand that moves.
      if (event instanceof PointerEvent && event.type === "pointermove" && !event.movementX && !event.movementY) return;
      this.wake();
    };
    for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) {
      host.addEventListener(kind, wake, { passive: true });
    }
    part(host, "[data-act=lecture]", HTMLButtonElement).addEventListener("click", () => this.toggle());
    listening(host)("popstate", ({ isTrusted }) => this.step(isTrusted));
  }

  /**
   * Follow the page; what the viewer has pressed meanwhile holds until the address has changed.
   * @param {Given} given
   */
  follow({ stage, picture, notices, mends }) {
    const place = part(this.host, ".lab-notices", HTMLElement);
    place.replaceChildren(notices.join("\n"), ...buttons(mends, (label) => this.host.tell?.("mend", label)));
    place.hidden = !notices.length;
    const told = this.told.indexOf(picture);
    if (told >= 0) this.told.splice(0, told + 1);
    else if (picture !== this.askedPicture) this.choose(picture);
    this.askedPicture = picture;
    if (stage === this.asked) return;
    this.asked = stage;
    this.enter(stage);
  }

  /**
   * A step in the history: it may lead to what Python asked for last, which is not sent again.
   * @param {boolean} byHand a lecture that is followed says itself which picture is large
   */
  step(byHand) {
    const said = new URLSearchParams(location.search);
    if (this.stage !== "embed") {
      this.asked = said.get(this.names.view) === "lecture" ? "lecture" : "page";
      this.enter(this.asked);
    }
    if (!byHand) return;
    this.told = [];
    this.askedPicture = said.get(this.names.picture) ?? "";
    this.choose(this.askedPicture || (this.stage === "page" ? "" : NAMES[0]));
  }

  /** @param {string} picture */
  choose(picture) {
    const name = NAMES.find((each) => each === picture);
    if (name) this.pictures.choose(name);
  }

  /** The viewer has chosen a picture: the address of a lecture or a slide says which. */
  tell() {
    const picture = this.stage === "page" ? "" : this.pictures.chosen();
    if (picture === this.askedPicture && this.stage === this.asked && !this.told.length) return;
    this.told.push(picture);
    this.host.tell?.("view", { view: this.stage === "lecture" ? "lecture" : "page", picture });
  }

  /** @param {Stage} stage */
  enter(stage) {
    if (stage === this.stage) return;
    this.stage = stage;
    const { host } = this;
    host.classList.toggle("lab-lecture", stage === "lecture");
    host.classList.toggle("lab-embed", stage === "embed");
    host.classList.toggle("lab-alone", stage !== "page");
    const button = part(host, "[data-act=lecture]", HTMLButtonElement);
    button.setAttribute("aria-pressed", String(stage === "lecture"));
    button.hidden = stage === "embed";
    this.wake();
    this.pictures.changed();
  }

  /** Into lecture mode, or out of it. */
  toggle() {
    if (this.stage === "embed") return;
    this.enter(this.stage === "lecture" ? "page" : "lecture");
    this.tell();
  }

  leave() {
    if (this.stage === "lecture") this.toggle();
  }

  /** The strip of controls shows, and hides when nothing is touched for a while. */
  wake() {
    const { host } = this;
    host.classList.remove("lab-quiet");
    clearTimeout(this.timer);
    if (this.stage !== "lecture") return;
    this.timer = window.setTimeout(() => {
      if (this.stage === "lecture" && !host.querySelector(".lab-strip :focus-visible")) host.classList.add("lab-quiet");
    }, IDLE);
  }
}

/** The whole screen, or the window again. */
export function toggleFullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {}); // refused: the window stays
}
