// @ts-check
// A control of the page is answered at once: while the server is still being asked, this browser makes the
// pictures and the start of the experiment that the controls say. What Python says of them then holds.

import { Kernels } from "./alone/engine.js";
import { made, wanted } from "./alone/making.js";
import { listening } from "./page.js";
import { at } from "./root.js";

/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./types.js").Looks} Looks */
/** @typedef {HTMLElement & {given?: Given}} Host */

/**
 * @typedef {object} Stage
 * @property {() => boolean} free whether an experiment of the controls' is what is shown
 * @property {(data: Experiment, start: Float64Array, moving: boolean) => void} show an experiment that is made
 *   here, and whether the control is likely to move on
 * @property {() => void} obey show what Python has said last
 */

const SHARE = 0.5; // of the browser's time that pictures of a control on the move may take
const SOON = 400; // ms within which a second move is one of many
const LOOK = 1000; // ms between two looks whether Python still has something to say
const PATIENCE = 10; // looks in which it has not: a busy server hears late of a control

/** A control's name in the class of its element; that of an exact value says more behind it. */
const KEY = /(?:^|\s)st-key-([^\s_]+)/;

/**
 * The control that an element is part of.
 * @param {EventTarget | null} target
 */
const controlOf = (target) => (target instanceof Element ? target.closest("[class*='st-key-']") : null);

export class Instant {
  /**
   * @param {Host} host
   * @param {Given} given
   * @param {Stage} stage
   * @returns {Promise<Instant>}
   */
  static async load(host, given, stage) {
    const [looks, kernels] = await Promise.all([
      fetch(at(given.looks)).then((answer) => /** @type {Promise<Looks>} */ (answer.json())),
      fetch(at(given.kernels)).then((answer) => answer.arrayBuffer()).then((bytes) => Kernels.load(new Uint8Array(bytes))),
    ]);
    return new Instant(host, stage, looks, kernels);
  }

  /**
   * @param {Host} host
   * @param {Stage} stage
   * @param {Looks} looks
   * @param {Kernels} kernels
   */
  constructor(host, stage, looks, kernels) {
    this.host = host;
    this.stage = stage;
    this.looks = looks;
    this.kernels = kernels;
    /** What a hand has moved and Python has not answered yet. @type {Map<string, number | string>} */
    this.moves = new Map();
    /** The control that a hand was on last. @type {Element | null} */
    this.hand = null;
    this.due = 0; // when the next pictures may be made
    this.last = -Infinity; // when the last were
    this.timer = 0;
    this.watch = 0;
    this.hear();
    if ("requestIdleCallback" in window) requestIdleCallback(() => this.warm(), { timeout: 300 });
  }

  /** Have the code compiled before it is needed. */
  warm() {
    const e = this.host.given && wanted(this.host.given.controls, this.looks.template);
    try {
      for (let i = 0; e && i < 3; i += 1) made(e, this.kernels, this.looks.template);
    } catch { // what the controls say cannot run: another warms it
    }
  }

  hear() {
    const { host } = this;
    const listen = listening(host);
    /** @param {Event} event */
    const touch = ({ target }) => {
      // A list that is open belongs to the control, wherever it is on the page.
      if (!(target instanceof Element && target.closest("[role=listbox]"))) this.hand = controlOf(target);
    };
    listen("pointerdown", touch, { capture: true, passive: true });
    listen("keydown", (event) => {
      touch(event);
      if (event.key === "Enter" && event.target instanceof HTMLInputElement) this.read(event.target);
    }, { capture: true, passive: true });
    listen("popstate", () => { this.hand = null; });
    const observer = new MutationObserver((changes) => {
      if (!host.isConnected) observer.disconnect();
      else for (const { target } of changes) if (target instanceof HTMLInputElement) this.read(target);
    });
    observer.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["value", "aria-expanded"] });
  }

  /**
   * Take over what a control says, where a hand has moved it.
   * @param {HTMLInputElement} input
   */
  read(input) {
    const { host: { given }, hand, moves, stage } = this;
    const control = controlOf(input);
    const name = control?.className.match(KEY)?.[1];
    if (!given || !name || control !== hand || !(name in given.controls) || !stage.free()) return;
    const value = said(input, this.looks.stops[name], typeof given.controls[name] === "string");
    if (value === null || value === (moves.get(name) ?? given.controls[name])) return;
    moves.set(name, value);
    this.expect();
    clearTimeout(this.timer);
    const wait = this.due - performance.now();
    if (wait <= 0) this.answer();
    else this.timer = window.setTimeout(() => this.answer(), wait);
  }

  /** Show what the controls say now. */
  answer() {
    const { host: { given }, moves, kernels, looks: { template }, stage } = this;
    if (!given || !moves.size || !stage.free()) return;
    const e = wanted({ ...given.controls, ...Object.fromEntries(moves) }, template);
    if (!e) return;
    const began = performance.now();
    try {
      const { data, start } = made(e, kernels, template);
      stage.show(data, start, began - this.last < SOON);
    } catch {
      return; // Python says what is wrong with it
    }
    const now = performance.now();
    this.due = now + (now - began) / SHARE;
    this.last = now;
  }

  /**
   * Whether the controls have moved on since what Python says of them.
   * @param {Given} given
   */
  overtakes({ controls }) {
    const { moves } = this;
    if ([...moves].some(([name, value]) => controls[name] !== value)) return true;
    moves.clear();
    return false;
  }

  /** Have Python's word hold in the end, though it should never say what a control has said. */
  expect() {
    clearInterval(this.watch);
    let quiet = 0;
    this.watch = window.setInterval(() => {
      const running = !document.querySelector(".stApp[data-test-script-state=notRunning][data-test-connection-state=CONNECTED]");
      quiet = running ? 0 : quiet + 1;
      if (this.moves.size && quiet < PATIENCE && this.host.isConnected) return;
      clearInterval(this.watch);
      if (this.moves.size) {
        this.moves.clear();
        this.stage.obey();
      }
    }, LOOK);
  }
}

/**
 * What a control says; null where that is not known here.
 * @param {HTMLInputElement} input
 * @param {Record<string, number> | undefined} stops by what a slider shows of them
 * @param {boolean} word whether it is a word
 */
export function said(input, stops, word) {
  if (input.getAttribute("role") === "combobox") return input.getAttribute("aria-expanded") === "true" ? null : input.value;
  if (word) return null;
  if (input.type === "range" && stops) return stops[input.getAttribute("aria-valuetext") ?? ""] ?? null;
  const value = input.value === "" ? NaN : Number(input.value);
  return value >= Number(input.min || -Infinity) && value <= Number(input.max || Infinity) ? value : null;
}
