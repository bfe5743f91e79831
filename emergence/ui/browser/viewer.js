// @ts-check
// The viewer: it ties a run's numbers, the viewer's playback and the pictures together.

import { Comparison } from "./compare.js";
import { part } from "./dom.js";
import { Along } from "./along.js";
import { alternative } from "./alternative.js";
import { Feed } from "./feed.js";
import { painted } from "./first.js";
import { toggleHelp } from "./help.js";
import { handOut } from "./home.js";
import { hearPage } from "./page.js";
import { Network } from "./network.js";
import { say } from "./note.js";
import { Painter } from "./paint.js";
import { Playback } from "./playback.js";
import { Save } from "./save.js";
import { Scoreboard } from "./scoreboard.js";
import { sourceOf } from "./server.js";
import { Predict } from "./predict.js";
import { playFirst } from "./skip.js";
import { toggleFullScreen } from "./stage.js";
import { Store } from "./store.js";
import { showTable, tableOf } from "./table.js";
import { NAMES, SHORT, Tiles } from "./tiles.js";
import { DEFAULT_SPEED, Timeline } from "./timeline.js";
import { Transport } from "./transport.js";
import { Explanations } from "./words.js";

/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {import("./types.js").Target} Target */
/** @typedef {import("./live.js").Host} Host */
/** @typedef {import("./story.js").Story} Story */

const QUIET = 300; // ms without painting after a control outside was touched
const SHARE = 0.5; // of the browser's time that paintings may take, and showing them
const FRAME = 16; // ms by which a painting may be late without the next one being so
const SELDOM = 250; // ms between two writings of the table while a run plays

/**
 * An experiment's parameters as a line.
 * @param {import("./types.js").Parameter[]} parameters
 */
const inWords = (parameters) => parameters.filter(({ asked }) => asked).map(({ symbol, label, value }) => (
  label.toLowerCase().split(" ").includes(symbol.toLowerCase()) ? `${label.toLowerCase()} ${value}` : `${label.toLowerCase()} ${symbol} = ${value}`
)).join(", ");

export class Lab {
  /**
   * @param {Host} host
   * @param {import("./types.js").Plotly} Plotly
   * @param {Given} given where the numbers come from, words for the symbols, names in the address
   * @param {Experiment} data the first experiment
   */
  constructor(host, Plotly, given, data) {
    const { words, address, picture, acts, files } = given;
    const source = sourceOf(given);
    this.host = host;
    this.address = address;
    this.along = new Along(host, acts);
    this.painted = 0; // paintings so far, for whoever measures
    this.quietUntil = 0;
    this.animating = false;
    this.ready = false;
    this.resting = false; // another experiment is asked for, which cannot be shown
    this.dirty = false;
    // What `begin` makes anew for each experiment.
    this.data = data;
    this.store = new Store(data);
    this.timeline = new Timeline(data);
    this.playback = new Playback(data, this.store, DEFAULT_SPEED);
    /** @type {Target | null} */
    this.pointed = null;
    this.attended = "null"; // what a lecture has pointed at, as it was sent
    /** @param {Target | null} target */
    const hover = (target) => this.point(target);
    const seen = () => { this.dirty = true; };
    this.explanations = new Explanations(host, words);
    this.tiles = new Tiles(host, () => {
      this.painter.rearrange();
      if (!this.onStage) host.staging?.tell();
      this.touched();
    }, this.explanations);
    if (picture) this.tiles.set(picture);
    this.network = new Network(host, hover, this.explanations);
    this.painter = new Painter(host, Plotly, this.tiles, hover, seen, data, this.store);
    this.written = 0; // when the table was last written
    this.board = new Scoreboard(host, hover, data, this.explanations);
    this.feed = new Feed(source, this);
    /** The opening, as long as it is on the page. @type {Story | null} */
    this.story = null;
    this.transport = new Transport(host, {
      reset: () => this.act((playback) => playback.jump(0)),
      play: () => this.act((playback) => playback.toggle()),
      step: () => this.act((playback) => playback.step()),
      end: () => this.act((playback) => playback.rush()),
      scrub: (share) => this.act((playback) => playback.jump(this.timeline.stepAt(share))),
      speed: (share) => {
        this.playback.share = share;
        this.transport.paintLimit(this.playback.pace);
        this.touched();
      },
    });
    playFirst(host, () => this.toggle());
    for (const name of NAMES) {
      part(host, `[data-table=${name}]`, HTMLButtonElement).addEventListener("click", () => this.tell(name));
    }
    hearPage(host, {
      // While a control elsewhere on the page moves, leave the browser to it.
      touched: () => { this.quietUntil = performance.now() + QUIET; },
      ready: () => this.ready,
      toggle: () => this.toggle(),
      step: () => (this.onStage ? this.onStage.turn(1) : this.act((playback) => playback.step())),
      reset: () => (this.onStage ? this.onStage.choose(0) : this.act((playback) => playback.jump(0))),
      back: () => (this.onStage ? this.onStage.turn(-1) : this.act((playback) => playback.back())),
      choose: (key) => (this.onStage ? this.onStage.choose(key - 1) : this.tiles.choose(NAMES[key - 1])),
      lecture: () => host.staging?.toggle(),
      fullScreen: toggleFullScreen,
      help: () => this.help(),
      pin: () => this.pin(),
      save: () => this.save.toggle(),
      leave: () => host.staging?.leave(),
    });
    const { overlaps, loss } = this.painter.sheets;
    this.predict = new Predict(part(host, ".lab-predict", HTMLElement), part(host, "[data-act=predict]", HTMLButtonElement),
      { overlaps: overlaps.div, loss: loss.div }, () => this.act((playback) => playback.wait()),
      (veiled) => this.painter.veil(veiled));
    this.comparison = new Comparison(host, source, seen, () => {
      this.painter.haunt(this.comparison.under(this.data));
      this.painter.rearrange();
    });
    this.save = new Save(this, files);
    this.comparison.button.addEventListener("click", () => this.pin());
    handOut(host, given.alone, () => this.data.query);
    part(host, "[data-act=help]", HTMLButtonElement).addEventListener("click", () => this.help());
  }

  toggle() {
    if (this.onStage) this.onStage.toggle();
    else this.act((playback) => playback.toggle());
  }

  help() {
    toggleHelp(this.host, this.address, this.tiles.hero);
  }

  /** The opening while it plays. */
  get onStage() {
    return this.story?.playing ? this.story : null;
  }

  /**
   * Begin the opening, or leave it.
   * @param {Given} given
   * @param {Story | null} story
   */
  follow(given, story) {
    if (story) {
      this.story = story;
      story.stage();
    } else if (this.story && !this.story.yield(given)) this.story = null;
  }

  /**
   * Watch an experiment from its start.
   * @param {Experiment} data
   */
  async begin(data, store = new Store(data)) {
    this.data = data;
    this.store = store;
    this.timeline = new Timeline(data);
    this.playback = new Playback(data, this.store, this.playback.share);
    this.ready = this.resting = false;
    this.host.classList.remove("lab-refused");
    this.pointed = null;
    this.attended = "null";
    this.along.follow(null, 0);
    this.say("");
    this.feed.start();
    this.painter.haunt(this.comparison.under(data));
    await this.painter.begin(data, this.store); // first of all: it reads the page's layout, others change it
    if (this.data !== data) return;
    this.transport.begin(this.playback, this.timeline);
    this.board.begin(data);
    this.network.begin(data);
    this.explanations.write(part(this.host, ".lab-parameters", HTMLElement), inWords(data.parameters));
    this.comparison.say(data);
    this.predict.begin(data);
    this.ready = true;
    this.dirty = true;
    this.quietUntil = 0; // what the control has asked for is here
    if (store.count) this.paint(performance.now());
    if (!this.animating) {
      this.animating = true;
      this.animate();
    }
  }

  /** Stand still and say nothing, until an experiment begins. */
  rest() {
    this.ready = false;
    this.resting = true;
  }

  /** Compare: pin the run on the screen under the next one, or let it go. */
  pin() {
    if (!this.store.count) return;
    this.comparison.toggle(this.data, this.store);
    this.touched();
  }

  /** @param {(playback: Playback) => void} change */
  act(change) {
    this.along.follow(null, 0);
    change(this.playback);
    this.dirty = true;
    this.touched();
  }

  /** Tell the page that the viewer has done something here. */
  touched() {
    this.host.dispatchEvent(new CustomEvent("touched", { bubbles: true }));
  }

  /**
   * Make a picture the large one.
   * @param {Name} name
   */
  hang(name) {
    if (this.tiles.set(name)) this.painter.rearrange();
  }

  /**
   * Show a lecture as it is `seconds` after it was sent.
   * @param {import("./lecture_types.js").Lecture} lecture
   * @param {number} seconds
   */
  attend({ picture, playback, highlight, act, hidden, pinned }, seconds) {
    if (!this.ready || this.onStage) return;
    const name = NAMES.find((each) => each === picture);
    if (name) this.hang(name);
    this.painter.chips.attend(hidden);
    this.comparison.attend(pinned, () => this);
    if (this.along.present && !act) this.playback.wait(this.playback.position);
    if (this.along.follow(act?.run === this.data.query ? act : null, seconds)) this.dirty = true;
    if (playback?.run === this.data.query && this.playback.follow(playback, seconds)) {
      this.transport.showSpeed(this.playback);
      this.dirty = true;
    }
    if (JSON.stringify(highlight) !== this.attended) {
      this.attended = JSON.stringify(highlight);
      this.point(highlight);
    }
  }

  /** What a lecture shows that this browser leads. */
  get lecture() {
    const { position: step, playing, rushing, share } = this.playback;
    const playback = this.onStage ? null : { run: this.data.query, step, playing, rushing, share };
    return {
      picture: this.tiles.hero, playback, highlight: this.pointed, act: this.onStage?.told ?? null,
      hidden: [...this.painter.chips.off], pinned: this.comparison.pinned?.data.query ?? null,
    };
  }

  /** Numbers have come. */
  onNews() {
    this.dirty = true;
  }

  /**
   * @param {string} text
   * @param {string} [alone]
   */
  say(text, alone) {
    if (!this.resting) say(this.host, text, this.store.header.mends, alone);
  }

  /**
   * Move on; whether anything has changed.
   * @param {number} seconds
   */
  advance(seconds) {
    const { onStage, along, playback, timeline, data } = this;
    if (onStage) return onStage.advance(seconds);
    if (along.present) return along.keepUp(playback, timeline, data.T);
    return playback.advance(seconds, performance.now());
  }

  animate() {
    let last = performance.now();
    let due = 0;
    /** @param {number} now */
    const tick = (now) => {
      if (!this.host.isConnected) return;
      requestAnimationFrame(tick);
      if (now < due) return;
      const seconds = Math.min((now - last) / 1000, 0.5);
      last = now;
      if (!this.ready) return;
      if (this.advance(seconds)) this.dirty = true;
      if (!this.dirty || now < this.quietUntil) return;
      const started = performance.now();
      this.paint(now);
      // Leave the browser room to breathe: when this is heard, it has shown what is painted.
      setTimeout(() => { due = Math.max(due, started - FRAME) + (performance.now() - started) / SHARE; });
    };
    requestAnimationFrame(tick);
  }

  /** @param {number} now */
  paint(now) {
    const { store, playback, data } = this;
    const { position } = playback;
    this.dirty = false;
    if (!store.count) return;
    this.painter.follow();
    this.painted += 1;
    this.host.dataset.painted = String(this.painted);
    if (this.painted === 1 && painted()) this.quietUntil = now + QUIET; // the controls come
    if (playback.playing) this.painter.animate(position);
    else this.painter.paint(position);
    if (!playback.playing || now - this.written > SELDOM) {
      this.board.paint(store, position);
      this.written = now;
      const row = store.at(position);
      for (const name of NAMES) {
        const text = alternative(name, data, store, row);
        part(this.tiles.of(name), ".lab-alternative", HTMLElement).textContent = text;
      }
    }
    if (playback.settle()) this.dirty = true; // once more, now with every figure
    this.predict.paint(playback, store.header);
    const titles = (playback.done && store.header.titles) || data.titles;
    this.tiles.entitle(this.predict.guessing ? SHORT : titles);
    this.board.entitle(titles);
    this.transport.paint(playback, this.timeline, data.whole);
    this.onStage?.paint();
  }

  /**
   * The numbers of a picture, as of now.
   * @param {Name} name
   */
  tell(name) {
    this.painter.paint(this.playback.position, [name]);
    const { div } = this.painter.sheets[name];
    const caption = `${this.data.titles[name]}, at ${this.transport.status.textContent}`;
    showTable(this.host, tableOf(caption, div._fullData));
  }

  /** @param {Target | null} target */
  point(target) {
    if (!this.ready || !this.store.count || JSON.stringify(target) === JSON.stringify(this.pointed)) return;
    this.pointed = target;
    this.board.point(target);
    this.network.point(target);
    this.painter.point(target, this.playback.position);
  }
}
