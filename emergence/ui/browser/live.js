// The viewer: it pulls a run's numbers, keeps its own position and speed, and has them drawn.

import { Painter } from "./paint.js";
import { loadPlotly } from "./plot.js";
import { Scoreboard, shortNumber } from "./scoreboard.js";
import { CLOSE, Store } from "./store.js";

const POLL = 60; // ms between two requests while there is something to come
const HEARTBEAT = 4000; // ms between two requests that only say: still here
const QUIET = 300; // ms without painting after a control outside was touched
const FRAME = 55; // ms between two paintings, at least
const PASS = 8; // seconds a run takes at the default speed
const SLOWEST = 600;
const FASTEST = 1; // seconds a run takes at the ends of the speed slider, before "max"
const MAX_SPEED = 0.95; // share of the slider beyond which a run goes as fast as it can
const RATE_WINDOW = 1500; // ms over which the speed reached is measured
const MOST_TICKS = 6; // decades named under the scrubber
const NEAREST_TICK = 0.08; // share of the scrubber that the 0 at its left end takes
const DEFAULT_SPEED = (MAX_SPEED * Math.log(SLOWEST / PASS)) / Math.log(SLOWEST / FASTEST);

const icon = (path) => `<svg viewBox="0 0 24 24" width="20" height="20" fill="currentColor" aria-hidden="true"><path d="${path}"/></svg>`;
const ICONS = {
  reset: icon("M5 5h2.5v14H5zM20 5v14L9 12z"),
  play: icon("M7 4.5v15l13-7.5z"),
  pause: icon("M6 5h4v14H6zM14 5h4v14h-4z"),
  step: icon("M5 5v14l10-7zM16.5 5H19v14h-2.5z"),
  end: icon("M3 5v14l8-7zM11 5v14l8-7zM19 5h2.5v14H19z"),
};

const MARKUP = `
  <div class="lab-bar" role="toolbar" aria-label="Transport">
    <button type="button" data-act="reset" aria-label="Reset" title="Back to the start">${ICONS.reset}</button>
    <button type="button" data-act="play" aria-label="Pause" title="Play or pause (space)">${ICONS.pause}</button>
    <button type="button" data-act="step" aria-label="Next snapshot">${ICONS.step}</button>
    <button type="button" data-act="end" aria-label="Run to the end" title="Compute and show everything">${ICONS.end}</button>
    <label class="lab-time"><span class="lab-hidden">Time</span>
      <span class="lab-track"><span class="lab-buffer"></span>
      <input type="range" min="0" max="1000" step="1" value="0" aria-label="Time scrubber, logarithmic"
        title="Time in steps, logarithmic as in the pictures"></span>
      <span class="lab-ticks" aria-hidden="true"></span></label>
    <output class="lab-status" aria-live="off">starting</output><span class="lab-hidden" role="status"></span>
    <label class="lab-speed"><span>Speed</span>
      <input type="range" min="0" max="1000" step="1" aria-label="Speed"
        title="Fastest speed wished for; below it the speed reached">
      <span class="lab-speeds"><output></output><small></small></span></label>
  </div>
  <div class="lab-note" role="status" hidden></div>
  <div class="lab-grid">
    <div data-figure="overlaps"></div><div data-figure="loss"></div>
    <div data-figure="heatmap"></div><div data-figure="norms"></div><div data-figure="matching"></div>
    <div class="lab-board"><h4>The theorem, live</h4><p class="lab-summary"></p>
      <div class="lab-scroll"><table class="lab-scores"></table></div></div>
  </div>`;

// The empty figures and the predictions of an experiment.
async function fetchFigures({ scripts, query }) {
  const response = await fetch(`${scripts}/../../figures?${new URLSearchParams({ query })}`);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return { ...answer, query, scripts };
}

export async function show(host, data) {
  host.lab ??= new Lab(host);
  await host.lab.open(data);
}

// Steps a second that a viewer's position has really moved, of late.
class Rate {
  constructor() {
    this.forget();
  }

  forget() {
    this.seen = [];
  }

  see(now, step) {
    this.seen.push([now, step]);
    while (now - this.seen[0][0] > RATE_WINDOW) this.seen.shift();
  }

  get value() {
    if (this.seen.length < 2) return 0;
    const [[from, low]] = this.seen;
    const [to, high] = this.seen[this.seen.length - 1];
    return to - from > RATE_WINDOW / 4 ? (1000 * (high - low)) / (to - from) : 0;
  }
}

class Lab {
  constructor(host) {
    this.host = host;
    this.viewer = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(36)).join("");
    host.innerHTML = MARKUP;
    this.note = host.querySelector(".lab-note");
    this.status = host.querySelector(".lab-status");
    this.announcement = host.querySelector(".lab-bar [role=status]");
    this.scrubber = host.querySelector(".lab-time input");
    this.buffer = host.querySelector(".lab-buffer");
    this.ticks = host.querySelector(".lab-ticks");
    this.stepButton = host.querySelector("[data-act=step]");
    this.speedInput = host.querySelector(".lab-speed input");
    this.speedText = host.querySelector(".lab-speed output");
    this.speedReached = host.querySelector(".lab-speed small");
    this.painted = 0; // paintings so far, for whoever measures
    host.dataset.painted = "0";
    this.bind();
  }

  // Watch an experiment: its figures and predictions come first, then its numbers.
  async open(given) {
    if (this.asked === given.query) return;
    this.asked = given.query;
    let data;
    let Plotly;
    try {
      [data, Plotly] = await Promise.all([fetchFigures(given), loadPlotly(given)]);
    } catch (error) {
      if (this.asked === given.query) this.say(`This experiment cannot be shown: ${error.message}`);
      return;
    }
    if (this.asked !== given.query) return; // a later experiment overtook this one
    this.data = data;
    this.store = new Store(data);
    this.position = 0;
    this.playing = true;
    this.stepping = false;
    this.rushing = false;
    this.ready = false;
    this.pointed = null;
    this.say("");
    this.reached = new Rate();
    this.moved = 0; // steps of the last press of "next snapshot"
    this.setSpeed(this.speedShare ?? DEFAULT_SPEED);
    this.drawTicks();
    if (!this.pulling) {
      this.pulling = true;
      this.pull();
    }
    const hover = (target) => this.point(target);
    this.painter ??= new Painter(this.host, Plotly, hover, () => { this.dirty = true; });
    this.board ??= new Scoreboard(this.host, hover);
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
    const actions = {
      reset: () => this.jump(0),
      play: () => this.toggle(),
      step: () => this.step(),
      end: () => { this.rushing = true; this.playing = true; this.stepping = false; this.moved = 0; },
    };
    for (const button of this.host.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => { actions[button.dataset.act](); this.dirty = true; });
    }
    this.scrubber.addEventListener("input", () => this.jump(this.stepAt(this.scrubber.value / 1000)));
    this.speedInput.addEventListener("input", () => this.setSpeed(this.speedInput.value / 1000));
    // Another page has been opened: nothing outside the component may keep it alive.
    const left = new AbortController();
    const listen = (kind, heard, options) => {
      document.addEventListener(kind, (event) => {
        if (this.host.isConnected) heard(event);
        else left.abort();
      }, { ...options, signal: left.signal });
    };
    // While a control elsewhere on the page moves, leave the browser to it.
    for (const kind of ["keydown", "pointermove", "pointerup"]) {
      listen(kind, (event) => {
        const moving = kind !== "pointermove" || event.buttons;
        if (moving && !this.host.contains(event.target)) this.quietUntil = performance.now() + QUIET;
      }, { capture: true, passive: true });
    }
    listen("keydown", (event) => {
      if (!this.ready) return;
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (event.target.closest("input, textarea, button, [role=slider], [contenteditable]")) return;
      if (event.key === " ") this.toggle();
      else if (event.key === "ArrowRight") this.step();
      else return;
      event.preventDefault();
    });
  }

  // Speed as a share of the slider; 1 means as fast as it goes.
  setSpeed(share) {
    this.speedShare = share;
    this.speedInput.value = Math.round(share * 1000);
    const fast = share > MAX_SPEED;
    const seconds = SLOWEST * (FASTEST / SLOWEST) ** (share / MAX_SPEED);
    this.speed = fast ? Infinity : this.data.end / seconds;
    this.speedText.textContent = fast ? "max" : `≤ ${shortNumber(this.speed)} steps/s`;
  }

  // Decades under the scrubber, every second or third one where there are many.
  drawTicks() {
    const { first, end } = this.data;
    const decades = [];
    for (let n = Math.ceil(Math.log10(first)); 10 ** n <= end; n += 1) decades.push(n);
    const every = Math.ceil(decades.length / MOST_TICKS);
    const mark = (share, ...text) => {
      const tick = document.createElement("span");
      tick.append(...text);
      tick.style.left = `${100 * share}%`;
      return tick;
    };
    const kept = decades.filter((n) => n % every === 0 && this.shareOf(10 ** n) > NEAREST_TICK);
    this.ticks.replaceChildren(mark(0, "0"), ...kept.map((n) => {
      const power = Object.assign(document.createElement("sup"), { textContent: n });
      return mark(this.shareOf(10 ** n), "10", power);
    }));
  }

  // The snapshot that "next snapshot" goes to.
  get next() {
    const { snapshots } = this.data;
    return snapshots.find((step) => step > this.position * (1 + CLOSE)) ?? this.data.end;
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

  jump(step) {
    this.playing = false;
    this.stepping = false;
    this.rushing = false;
    this.moved = 0;
    this.reached.forget();
    this.position = Math.min(step, this.store.reached);
    this.dirty = true;
  }

  // The scrubber is logarithmic, as the figures' time axes.
  stepAt(share) {
    const { first, end } = this.data;
    return share <= 0 ? 0 : first * (end / first) ** share;
  }

  shareOf(step) {
    const { first, end } = this.data;
    return step <= first ? 0 : Math.log(step / first) / Math.log(end / first);
  }

  // The step up to which the server should compute for this viewer.
  wish() {
    const { end } = this.data;
    if (this.stepping) return this.target;
    if (!this.playing) return this.position;
    return Math.min(end, this.position + this.pace);
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
          wait = this.idle() ? HEARTBEAT : POLL;
        } catch (error) {
          this.say(`The server does not answer (${error.message}). Trying again.`);
          wait = 1000;
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
    const { store } = this;
    return store.final || (!this.stepping && store.header.state !== "ready" && this.wish() <= store.header.step);
  }

  async ask(data, store) {
    const query = new URLSearchParams({
      viewer: this.viewer, query: data.query, from: store.rows.length, until: this.wish(),
    });
    const response = await fetch(`${data.scripts}/../../run?${query}`);
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

  say(text) {
    this.note.textContent = text || "";
    this.note.hidden = !text;
  }

  animate() {
    let last = performance.now();
    let rest = FRAME;
    const tick = (now) => {
      if (!this.host.isConnected) return;
      requestAnimationFrame(tick);
      if (now - last < rest) return;
      this.advance(Math.min((now - last) / 1000, 0.5));
      last = now;
      if (!this.dirty || !this.ready || now < (this.quietUntil ?? 0)) return;
      this.dirty = false;
      const started = performance.now();
      this.draw();
      // Leave the browser room to breathe between two paintings.
      rest = Math.max(FRAME, 1.1 * (performance.now() - started));
    };
    requestAnimationFrame(tick);
  }

  // Move this viewer's position on by `seconds` of its speed.
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
    this.host.dataset.painted = this.painted;
    if (this.playing) this.painter.animate(position, this.painted);
    else this.painter.paint(position);
    this.board.paint(store, position);
    this.scrubber.value = Math.round(1000 * this.shareOf(position));
    this.buffer.style.width = `${100 * this.shareOf(store.reached)}%`;
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
    const play = this.host.querySelector('[data-act="play"]');
    const label = this.playing ? "Pause" : "Play";
    if (play.getAttribute("aria-label") !== label) {
      play.innerHTML = this.playing ? ICONS.pause : ICONS.play;
      play.setAttribute("aria-label", label);
    }
    const titles = (done && store.header.titles) || data.titles;
    this.painter.entitle(titles);
    const at = data.whole ? Math.round(position) : position;
    const more = this.moved > 0 ? ` (+${this.count(this.moved)})` : "";
    this.status.textContent = `${state} · step ${shortNumber(at)} of ${shortNumber(data.end)}${more}`;
    this.stepButton.title = !done && position < data.end * (1 - CLOSE)
      ? `Next snapshot: ${this.count(this.next - position)} on (→)` : "This is the last snapshot";
    const speed = this.playing && this.reached.value;
    this.speedReached.textContent = speed ? `now ${shortNumber(speed)}` : "";
  }

  // So many steps, in words: exactly where they are whole.
  count(steps) {
    const text = this.data.whole ? Math.round(steps).toLocaleString("en") : shortNumber(steps);
    return `${text} step${text === "1" ? "" : "s"}`;
  }

  point(target) {
    if (!this.ready || !this.store.count || JSON.stringify(target) === JSON.stringify(this.pointed ?? null)) return;
    this.pointed = target;
    this.board.point(target);
    this.painter.point(target, this.position);
  }
}
