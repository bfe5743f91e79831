// @ts-check
// The opening on the page: it plays the acts' runs one after the other, each under its sentence.

import { Ahead } from "./ahead.js";
import { part } from "./dom.js";
import { reason } from "./feed.js";
import { ICONS } from "./markup.js";
import { Course, Opening } from "./opening.js";

/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./types.js").Programme} Programme */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {HTMLElement & {lab?: Lab, tell?: import("./types.js").Tell}} Host */
/** @typedef {import("./viewer.js").Lab} Lab */

const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {Programme} programme */
const markup = ({ acts, yours }) => `
  <nav class="lab-acts" aria-label="The opening">
    <ol>${[...acts.map(({ name }) => name), yours.name].map((name, i) => `
      <li><button type="button" data-number="${i}"><b>${i + 1}</b> <span>${name}</span><i></i></button></li>`).join("")}
    </ol>
    <div>
      <button type="button" class="lab-acting" data-story="play"></button>
      <button type="button" data-story="replay">Replay</button>
      <button type="button" class="lab-acting" data-story="skip">Skip</button>
    </div>
  </nav>
  <h1 class="lab-headline" aria-live="polite"></h1>
  <p class="lab-headline" role="status"><span></span><small>${yours.hint}</small></p>
  <p class="lab-measured"><span></span> <a></a></p>`;

export class Story {
  /**
   * @param {Host} host whose lab may still be on its way
   * @param {Given} given
   * @param {Programme} programme
   */
  constructor(host, given, programme) {
    this.host = host;
    this.given = given;
    this.programme = programme;
    this.opening = new Opening(programme.acts.length, programme.seconds, STILL.matches);
    /** The act whose run is shown; none while it is on its way. @type {number | null} */
    this.shown = 0;
    /** The experiment that the viewer's turn began with. @type {string | null} */
    this.yours = null;
    this.ready = false; // the page has the controls for it
    /** @type {Map<number, Ahead>} */
    this.ahead = new Map();
    this.element = document.createElement("div");
    this.element.className = "lab-story";
    this.element.innerHTML = markup(programme);
    host.prepend(this.element);
    this.play = part(this.element, "[data-story=play]", HTMLButtonElement);
    this.play.addEventListener("click", () => this.toggle());
    const acts = { replay: () => this.choose(0), skip: () => this.choose(programme.acts.length) };
    for (const [name, act] of Object.entries(acts)) {
      part(this.element, `[data-story=${name}]`, HTMLButtonElement).addEventListener("click", act);
    }
    this.numbers = [...this.element.querySelectorAll("button[data-number]")];
    this.numbers.forEach((button, i) => button.addEventListener("click", () => this.choose(i)));
    this.write();
  }

  get lab() {
    if (!this.host.lab) throw new Error("the opening has no lab yet");
    return this.host.lab;
  }

  /** Whether an act is on. */
  get playing() {
    return !this.opening.over;
  }

  toggle() {
    this.opening.toggle();
    if (this.host.lab) this.host.lab.dirty = true;
  }

  /** @param {number} act */
  choose(act) {
    const { opening } = this;
    if (!this.host.lab) { // nothing can be shown yet, but be skipped
      if (act >= opening.count) this.host.tell?.("opening", false);
      return;
    }
    const before = opening.over;
    opening.choose(act);
    if (!opening.over) this.yours = null;
    if (opening.over !== before) this.host.tell?.("opening", !opening.over);
    this.enter();
  }

  /** @param {number} by */
  turn(by) {
    this.choose(Math.max(this.opening.act + by, 0));
  }

  /** The words and the places of the present act. */
  write() {
    const { opening, programme, host, element } = this;
    const act = programme.acts[opening.act];
    this.numbers.forEach((button, i) => {
      if (i === opening.act) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    const [now, last] = [part(element, "h1", HTMLElement), part(element, "p", HTMLElement)];
    now.textContent = act?.sentence ?? "";
    now.hidden = !act;
    last.hidden = Boolean(act);
    const { sentence, coming } = programme.yours;
    part(last, "span", HTMLElement).textContent = act ? "" : this.ready ? sentence : coming;
    part(element, ".lab-measured span", HTMLElement).textContent = "";
    const link = part(element, ".lab-measured a", HTMLAnchorElement);
    element.classList.toggle("lab-over", !act);
    if (!act) return;
    link.href = `?${act.query}`;
    link.textContent = `${act.seed} · open this run`;
    host.classList.add("lab-opening");
    for (const tile of host.querySelectorAll("[data-tile]")) {
      tile.classList.toggle("lab-beside", tile.getAttribute("data-tile") === act.beside);
    }
    this.paint();
  }

  /** Set the stage for the present act, and have the next one's run computed. */
  stage() {
    this.write();
    const { act } = this.opening;
    if (this.opening.over) return;
    this.lab.tiles.set(this.programme.acts[act].hero);
    this.prepare(act + 1);
  }

  /**
   * Have an act's run computed before it is shown, and then the one after it.
   * @param {number} number
   */
  prepare(number) {
    const { host, given, programme, ahead } = this;
    const act = [...programme.acts, programme.yours][number];
    if (!act || ahead.has(number) || !host.isConnected) return;
    ahead.set(number, new Ahead(host, given, act.query, () => this.prepare(number + 1)));
  }

  /** Show the act that has been chosen, or the viewer's experiment: its controls come when the page has them. */
  async enter() {
    const { opening, lab, programme: { yours } } = this;
    const number = opening.act;
    this.shown = null;
    if (opening.over) {
      this.ready = false;
      this.stage();
    }
    this.prepare(number);
    const ahead = this.ahead.get(number);
    try {
      const arrived = await ahead?.arrival;
      if (opening.act !== number || !arrived) return; // another act was chosen meanwhile
      ahead?.stop();
      this.ahead.delete(number);
      if (opening.over) {
        if (this.yours !== null) return; // the page was quicker
        this.yield({ ...this.given, query: yours.query });
      } else {
        this.stage();
        this.shown = number;
      }
      await lab.begin(arrived.data, arrived.store);
    } catch (error) {
      this.ahead.delete(number);
      lab.say(`This act cannot be shown: ${reason(error)}`);
    }
  }

  /**
   * Move on; whether something has changed.
   * @param {number} seconds
   */
  advance(seconds) {
    const { opening, lab: { playback, store, timeline, data } } = this;
    if (this.shown !== opening.act || !store.count) return false;
    const { reached, final } = store;
    const course = new Course(timeline, data.T);
    if (opening.advance(seconds, course.shareOf(reached), final)) {
      if (opening.over) this.host.tell?.("opening", false);
      this.enter();
      return false;
    }
    // Without motion only the end is shown.
    return course.show(playback, opening.share < 1 || final ? opening.share : 0, !opening.paused);
  }

  /** The act as followers are shown it; none while its run is on its way. @returns {import("./lecture_types.js").Acted | null} */
  get told() {
    const { opening: { act, share, pace }, shown, lab } = this;
    return shown === act ? { number: act, run: lab.data.query, share, pace } : null;
  }

  /** What is measured and how far the act has come. */
  paint() {
    const { opening, element, host: { lab } } = this;
    const label = opening.paused ? "Play" : "Pause";
    if (this.play.getAttribute("aria-label") !== label) {
      this.play.innerHTML = opening.paused ? ICONS.play : ICONS.pause;
      this.play.setAttribute("aria-label", label);
    }
    if (opening.over || !lab) return;
    const { playback, store } = lab;
    const measured = part(element, ".lab-measured span", HTMLElement);
    const { outcome } = store.header;
    const text = outcome && playback.position >= outcome.after ? outcome.text : "";
    if (this.shown === opening.act && measured.textContent !== text) measured.textContent = text;
    this.numbers.forEach((button, i) => {
      const share = i < opening.act ? 1 : i > opening.act ? 0 : opening.share;
      part(button, "i", HTMLElement).style.width = `${100 * share}%`;
    });
  }

  /** The page has its controls now. */
  arrive() {
    this.ready = true;
    if (this.opening.over) this.write();
  }

  /**
   * The page shows an experiment of its own: the first is the viewer's turn, the next the end.
   * @param {Given} given
   * @returns {boolean} whether the story stays on the page
   */
  yield({ query, picture }) {
    this.clear();
    this.lab.tiles.set(picture || "overlaps");
    if (this.opening.over && this.yours === null) {
      this.yours = query;
      return true;
    }
    this.element.remove();
    return false;
  }

  /** The stage is somebody else's. */
  clear() {
    for (const each of this.ahead.values()) each.stop();
    this.ahead.clear();
    this.host.classList.remove("lab-opening");
  }

  remove() {
    this.clear();
    this.element.remove();
  }
}
