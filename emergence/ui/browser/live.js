// @ts-check
// The viewer: it pulls a run's numbers, keeps its own position and speed, and has them drawn.

import { part } from "./dom.js";
import { ICONS, MARKUP } from "./markup.js";
import { counted, shortNumber } from "./numbers.js";
import { Painter } from "./paint.js";
import { loadPlotly } from "./plot.js";
import { Scoreboard } from "./scoreboard.js";
import { CLOSE, Store } from "./store.js";
import { DEFAULT_SPEED, Rate, speedAt, Timeline } from "./timeline.js";

/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./types.js").Target} Target */
/** @typedef {HTMLElement & {lab?: Lab, asked?: string}} Host */

const POLL = 60; // ms between two requests while there is something to come
const RETRY = 1000; // ms before the next request when one has failed
const QUIET = 300; // ms without painting after a control outside was touched
const FRAME = 55; // ms between two paintings, at least

/** A name of this viewer that the server takes. */
export function viewerName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(36)).join("");
}

/**
 * The empty figures and the predictions of an experiment.
 * @param {Given} given
 * @returns {Promise<Experiment>}
 */
async function fetchFigures({ figures, query }) {
  const response = await fetch(`${figures}?${new URLSearchParams({ query })}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return { ...answer, query };
}

/**
 * Show an experiment: its figures and predictions come first, then its numbers.
 * @param {Host} host
 * @param {Given} given
 */
export async function show(host, given) {
  if (host.asked === undefined) {
    host.innerHTML = MARKUP;
    host.dataset.painted = "0";
  }
  if (host.asked === given.query) return;
  host.asked = given.query;
  let answers;
  try {
    answers = await Promise.all([fetchFigures(given), loadPlotly(given.plotly)]);
  } catch (error) {
    if (host.asked === given.query) say(host, `This experiment cannot be shown: ${reason(error)}`);
    return;
  }
  if (host.asked !== given.query) return; // a later experiment overtook this one
  const [data, Plotly] = answers;
  host.lab ??= new Lab(host, Plotly, given.run, data);
  await host.lab.begin(data);
}

/** @param {unknown} error */
const reason = (error) => (error instanceof Error ? error.message : String(error));

/**
 * A note above the pictures; an empty one goes away.
 * @param {HTMLElement} host
 * @param {string} text
 */
function say(host, text) {
  const note = part(host, ".lab-note", HTMLElement);
  note.textContent = text;
  note.hidden = !text;
}

class Lab {
  /**
   * @param {Host} host
   * @param {import("./types.js").Plotly} Plotly
   * @param {string} address where the numbers are
   * @param {Experiment} data the first experiment
   */
  constructor(host, Plotly, address, data) {
    this.host = host;
    this.address = address;
    this.viewer = viewerName();
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
    this.painted = 0; // paintings so far, for whoever measures
    this.quietUntil = 0;
    this.speedShare = DEFAULT_SPEED;
    this.speed = 0; // steps a second, Infinity for as fast as it goes
    this.reached = new Rate();
    this.pulling = false;
    this.animating = false;
    this.ready = false;
    this.dirty = false;
    // What `begin` sets for each experiment.
    this.data = data;
    this.store = new Store(data);
    this.timeline = new Timeline(data);
    this.position = 0;
    this.target = 0; // the snapshot that "next snapshot" goes to
    this.moved = 0; // steps of its last press
    this.playing = true;
    this.stepping = false;
    this.rushing = false;
    /** @type {Target | null} */
    this.pointed = null;
    /** @param {Target | null} target */
    const hover = (target) => this.point(target);
    const seen = () => { this.dirty = true; };
    this.painter = new Painter(host, Plotly, hover, seen, data, this.store);
    this.board = new Scoreboard(host, hover, data);
    this.bind();
  }

  /**
   * Watch an experiment from its start.
   * @param {Experiment} data
   */
  async begin(data) {
    this.data = data;
    this.store = new Store(data);
    this.timeline = new Timeline(data);
    this.position = 0;
    this.playing = true;
    this.stepping = false;
    this.rushing = false;
    this.ready = false;
    this.pointed = null;
    this.say("");
    this.reached.forget();
    this.moved = 0;
    this.setSpeed(this.speedShare);
    this.drawTicks();
    if (!this.pulling) {
      this.pulling = true;
      this.pull();
    }
    this.board.begin(data);
    await this.painter.begin(data, this.store);
    if (this.data !== data) return;
    this.ready = true;
    this.dirty = true;
    if (!this.animating) {
      this.animating = true;
      this.animate();
    }
  }

  bind() {
    /** @type {Record<string, () => void>} */
    const actions = {
      reset: () => this.jump(0),
      play: () => this.toggle(),
      step: () => this.step(),
      end: () => { this.rushing = true; this.playing = true; this.stepping = false; this.moved = 0; },
    };
    for (const [name, act] of Object.entries(actions)) {
      const button = part(this.host, `[data-act=${name}]`, HTMLButtonElement);
      button.addEventListener("click", () => { act(); this.dirty = true; });
    }
    const { scrubber, speedInput } = this;
    scrubber.addEventListener("input", () => this.jump(this.timeline.stepAt(Number(scrubber.value) / 1000)));
    speedInput.addEventListener("input", () => this.setSpeed(Number(speedInput.value) / 1000));
    // Another page has been opened: nothing outside the component may keep it alive.
    const left = new AbortController();
    /**
     * @template {"keydown" | "pointermove" | "pointerup"} K
     * @param {K} kind
     * @param {(event: DocumentEventMap[K]) => void} heard
     * @param {AddEventListenerOptions} [options]
     */
    const listen = (kind, heard, options) => {
      document.addEventListener(kind, (event) => {
        if (this.host.isConnected) heard(event);
        else left.abort();
      }, { ...options, signal: left.signal });
    };
    // While a control elsewhere on the page moves, leave the browser to it.
    /** @param {Event} event */
    const rest = ({ target }) => {
      if (!(target instanceof Node && this.host.contains(target))) this.quietUntil = performance.now() + QUIET;
    };
    const early = { capture: true, passive: true };
    listen("keydown", rest, early);
    listen("pointerup", rest, early);
    listen("pointermove", (event) => { if (event.buttons) rest(event); }, early);
    listen("keydown", (event) => {
      if (!this.ready) return;
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const { target } = event;
      if (target instanceof Element && target.closest("input, textarea, button, [role=slider], [contenteditable]")) return;
      if (event.key === " ") this.toggle();
      else if (event.key === "ArrowRight") this.step();
      else return;
      event.preventDefault();
    });
  }

  /**
   * Speed as a share of the slider; 1 means as fast as it goes.
   * @param {number} share
   */
  setSpeed(share) {
    this.speedShare = share;
    this.speedInput.value = String(Math.round(share * 1000));
    this.speed = speedAt(share, this.data.end);
    this.nameSpeed();
  }

  // The limit that holds: none on the way to the end.
  nameSpeed() {
    const text = this.pace === Infinity ? "max" : `≤ ${shortNumber(this.pace)} steps/s`;
    if (this.speedText.textContent !== text) this.speedText.textContent = text;
  }

  // Decades under the scrubber.
  drawTicks() {
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
    this.ticks.replaceChildren(mark(0, "0"), ...this.timeline.decades.map((n) => {
      const power = Object.assign(document.createElement("sup"), { textContent: String(n) });
      return mark(this.timeline.shareOf(10 ** n), "10", power);
    }));
  }

  // The snapshot that "next snapshot" goes to.
  get next() {
    const { snapshots, end } = this.data;
    return snapshots.find((step) => step > this.position * (1 + CLOSE)) ?? end;
  }

  toggle() {
    if (!this.playing && this.position >= this.data.end) this.position = 0;
    this.playing = !this.playing;
    this.stepping = false;
    this.rushing = false;
    this.moved = 0;
    this.reached.forget();
    this.dirty = true;
  }

  step() {
    if (!this.stepping) this.target = this.next;
    this.playing = false;
    this.rushing = false;
    this.stepping = true;
    this.dirty = true;
  }

  /** @param {number} step */
  jump(step) {
    this.playing = false;
    this.stepping = false;
    this.rushing = false;
    this.moved = 0;
    this.reached.forget();
    this.position = Math.min(step, this.store.reached);
    this.dirty = true;
  }

  // The step up to which the server should compute for this viewer.
  wish() {
    if (this.stepping) return this.target;
    if (!this.playing) return this.position;
    return Math.min(this.data.end, this.position + this.pace);
  }

  // Steps a second of this viewer's position, Infinity for as fast as it goes.
  get pace() {
    return this.rushing ? Infinity : this.speed;
  }

  async pull() {
    let wait = POLL;
    while (this.host.isConnected) {
      const started = performance.now();
      if (!document.hidden) {
        const { data, store } = this;
        try {
          await this.ask(data, store);
          wait = this.idle() ? this.data.heartbeat : POLL;
        } catch (error) {
          this.say(`The server does not answer (${reason(error)}). Trying again.`);
          wait = RETRY;
        }
      }
      const asked = this.wish();
      const target = this.data;
      // Sleep, but wake as soon as something else is wanted.
      do {
        await new Promise((resolve) => { setTimeout(resolve, POLL); });
      } while (performance.now() - started < wait && this.data === target && this.wish() === asked);
    }
  }

  idle() {
    const { final, header, reached } = this.store;
    return final || (!this.stepping && header.state !== "ready" && this.wish() <= reached);
  }

  /**
   * @param {Experiment} data
   * @param {Store} store
   */
  async ask(data, store) {
    const query = new URLSearchParams({
      viewer: this.viewer, query: data.query, from: String(store.rows.length), until: String(this.wish()),
    });
    const response = await fetch(`${this.address}?${query}`);
    if (!response.ok) {
      const { message } = await response.json();
      throw new Error(message);
    }
    const buffer = await response.arrayBuffer();
    if (store !== this.store) return;
    const before = store.reached;
    store.take(buffer);
    if (store.reached !== before || store.final) this.dirty = true;
    // Nothing computed yet: the kernels may be compiling for the first time.
    this.say(store.header.message || (store.count ? "" : store.header.note));
  }

  /** @param {string} text */
  say(text) {
    say(this.host, text);
  }

  animate() {
    let last = performance.now();
    let rest = FRAME;
    /** @param {number} now */
    const tick = (now) => {
      if (!this.host.isConnected) return;
      requestAnimationFrame(tick);
      if (now - last < rest) return;
      this.advance(Math.min((now - last) / 1000, 0.5));
      last = now;
      if (!this.dirty || !this.ready || now < this.quietUntil) return;
      this.dirty = false;
      const started = performance.now();
      this.draw();
      // Leave the browser room to breathe between two paintings.
      rest = Math.max(FRAME, 1.1 * (performance.now() - started));
    };
    requestAnimationFrame(tick);
  }

  /**
   * Move this viewer's position on by `seconds` of its speed.
   * @param {number} seconds
   */
  advance(seconds) {
    const { store } = this;
    if (!this.ready) return;
    const arrived = store.reached >= this.target * (1 - CLOSE) || store.final;
    if (this.stepping && store.count && arrived) {
      const { position } = this;
      this.position = store.reached >= this.target * (1 - CLOSE) ? this.target : store.reached;
      this.moved = this.position - position;
      this.stepping = false;
      this.dirty = true;
    }
    if (!this.playing) return;
    this.reached.see(performance.now(), this.position);
    if (store.reached <= this.position) return;
    // As fast as it goes: follow the computation; catch up with a finished one in about a second.
    const pace = Math.min(this.pace, this.data.end);
    this.position = Math.min(store.reached, this.position + pace * seconds);
    this.dirty = true;
  }

  draw() {
    const { store, position, data } = this;
    if (!store.count) return;
    this.painter.follow();
    this.painted += 1;
    this.host.dataset.painted = String(this.painted);
    if (this.playing) this.painter.animate(position, this.painted);
    else this.painter.paint(position);
    this.board.paint(store, position);
    this.scrubber.value = String(Math.round(1000 * this.timeline.shareOf(position)));
    this.buffer.style.width = `${100 * this.timeline.shareOf(store.reached)}%`;
    const done = store.final && position >= store.reached;
    const over = store.header.diverged ? "diverged" : store.header.state;
    const state = done ? over : this.playing ? "running" : "paused";
    if (done && this.playing) {
      this.playing = false;
      this.rushing = false;
      this.dirty = true; // once more, now with every figure
    }
    if (this.host.dataset.state !== state) {
      this.host.dataset.state = state;
      this.announcement.textContent = state; // read aloud; the step counter is not
    }
    const label = this.playing ? "Pause" : "Play";
    if (this.playButton.getAttribute("aria-label") !== label) {
      this.playButton.innerHTML = this.playing ? ICONS.pause : ICONS.play;
      this.playButton.setAttribute("aria-label", label);
    }
    this.painter.entitle((done && store.header.titles) || data.titles);
    const at = data.whole ? Math.round(position) : position;
    const more = this.moved > 0 ? ` (+${this.count(this.moved)})` : "";
    this.status.textContent = `${state} · step ${shortNumber(at)} of ${shortNumber(data.end)}${more}`;
    this.stepButton.title = !done && position < data.end * (1 - CLOSE)
      ? `Next snapshot: ${this.count(this.next - position)} on (→)` : "This is the last snapshot";
    this.nameSpeed();
    const speed = this.playing && this.reached.under(this.pace);
    this.speedReached.textContent = speed ? `now ${shortNumber(speed)}` : "";
  }

  /** @param {number} steps */
  count(steps) {
    return counted(steps, this.data.whole);
  }

  /** @param {Target | null} target */
  point(target) {
    if (!this.ready || !this.store.count || JSON.stringify(target) === JSON.stringify(this.pointed)) return;
    this.pointed = target;
    this.board.point(target);
    this.painter.point(target, this.position);
  }
}
