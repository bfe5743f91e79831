// @ts-check
// How the lab is shown: among the page's controls, or filling the window for a lecture or a slide.

import { part } from "./dom.js";

/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./types.js").Stage} Stage */

const IDLE = 3000; // ms without a hand on anything after which the strip of controls hides

export class Staging {
  /**
   * @param {HTMLElement & {tell?: (name: "view", value: Stage) => void}} host
   * @param {() => void} changed the picture has another room
   */
  constructor(host, changed) {
    this.host = host;
    this.changed = changed;
    /** @type {Stage} */
    this.stage = "page";
    /** What Python asked for last: the address. @type {Stage | null} */
    this.asked = null;
    this.timer = 0;
    const wake = () => this.wake();
    for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) {
      host.addEventListener(kind, wake, { passive: true });
    }
    part(host, "[data-act=lecture]", HTMLButtonElement).addEventListener("click", () => this.toggle());
    const stepped = () => {
      if (host.isConnected) this.step();
      else removeEventListener("popstate", stepped);
    };
    addEventListener("popstate", stepped);
  }

  /**
   * Follow the page; what the viewer has pressed meanwhile holds until the address has changed.
   * @param {Given} given
   */
  follow({ stage, notices }) {
    const place = part(this.host, ".lab-notices", HTMLElement);
    place.textContent = notices.join("\n");
    place.hidden = !notices.length;
    if (stage === this.asked) return;
    this.asked = stage;
    this.enter(stage);
  }

  /** A step in the history: it may lead to what Python asked for last, which is not sent again. */
  step() {
    if (this.stage === "embed") return;
    this.asked = null;
    this.enter(new URLSearchParams(location.search).get("view") === "lecture" ? "lecture" : "page");
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
    this.changed();
  }

  /** Into lecture mode, or out of it. */
  toggle() {
    if (this.stage === "embed") return;
    this.enter(this.stage === "lecture" ? "page" : "lecture");
    this.host.tell?.("view", this.stage);
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
