// @ts-check
// The six figures: built by Python, refilled here with the numbers up to the shown moment. A moving
// picture is drawn on canvas; one that rests, or is looked at closely, by Plotly.

import { leaveTabs } from "./access.js";
import { Brush } from "./brush.js";
import { CHANGES, roles, store } from "./changes.js";
import { Chips } from "./chips.js";
import { dressed, LECTURE_LINES, letters } from "./dressing.js";
import { part } from "./dom.js";
import { dimBars, dimLines, framed } from "./emphasis.js";
import { widened } from "./ghost.js";
import { nameDirections, nameMoving, nameStill } from "./names.js";
import { CONFIG } from "./plot.js";
import { completed, target } from "./pointing.js";
import { Sheet } from "./sheet.js";
import { strip } from "./strip.js";
import { NAMES } from "./tiles.js";

/** @typedef {import("./types.js").Moment} Moment */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Target} Target */
/** @typedef {import("./tiles.js").Tiles} Tiles */

/** @type {Name[]} */
const LINES = ["overlaps", "loss", "norms", "map"];
const PATIENCE = 300; // ms that the other pictures wait for the large one's first numbers
const CLOSELY = 350; // ms between two full redraws of a moving picture under the pointer

/** Return when the screen shows what is drawn by now. */
const seen = () => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });

/** @param {import("./types.js").Trace} trace */
function opacity({ opacity: whole, marker }) {
  return whole ?? (typeof marker?.opacity === "number" ? marker.opacity : 1);
}

/**
 * Dress a figure's traces for a room; its layout for it.
 * @param {Sheet} sheet
 * @param {import("./types.js").Layout} layout
 * @param {import("./dressing.js").Room} room
 * @param {string[]} colours of the directions
 */
export function suited(sheet, layout, room, colours) {
  const { name, div } = sheet;
  sheet.size = letters(room);
  div.data.forEach(({ line }, index) => {
    const width = sheet.widths[index];
    if (!line || width === undefined) return;
    line.width = room.lecture ? Math.max(1.4 * width, LECTURE_LINES) : room.hero ? width : Math.max(width * 0.7, 1);
  });
  for (const { textfont } of div.data) if (textfont) textfont.size = room.lecture ? sheet.size : sheet.size - 1;
  if (name === "map") nameDirections(sheet, room, colours);
  for (const [, dots] of roles(div, "dots")) {
    sheet.rim ??= dots.rim;
    dots.rim = room.lecture ? LECTURE_LINES : sheet.rim;
  }
  return dressed(name, layout, room);
}

export class Painter {
  /**
   * @param {HTMLElement} host
   * @param {import("./types.js").Plotly} Plotly
   * @param {Tiles} tiles
   * @param {(target: Target | null) => void} onHover
   * @param {() => void} onSeen
   * @param {Experiment} data
   * @param {Store} store
   */
  constructor(host, Plotly, tiles, onHover, onSeen, data, store) {
    this.host = host;
    this.Plotly = Plotly;
    this.tiles = tiles;
    this.onHover = onHover;
    this.onSeen = onSeen;
    /** @type {Record<Name, Sheet>} */
    this.sheets = /** @type {any} */ (Object.fromEntries(NAMES.map((name) => [name, new Sheet(name, tiles.of(name))])));
    const { loss } = this.sheets;
    this.veiled = false; // whether somebody guesses what theory says
    this.chips = new Chips(part(loss.tile, ".lab-chips", HTMLElement), (byHand) => {
      loss.drawn = "";
      this.dress(loss);
      if (byHand) host.dispatchEvent(new CustomEvent("touched", { bubbles: true }));
    });
    this.data = data;
    this.store = store;
    this.colour = "";
    /** @type {Target | null} */
    this.highlight = null;
    /** Where each neuron stands among those that are sent. @type {Map<number | null, number>} */
    this.place = new Map();
    this.rest = 0; // the timer of the pictures that are not shown yet
    /** A pinned run under this one. @type {import("./ghost.js").Ghost | null} */
    this.ghost = null;
    /** Layouts as Python built them. @type {Partial<Record<Name, import("./types.js").Layout>>} */
    this.layouts = {};
    // A figure that was out of sight has not been drawn meanwhile.
    this.sight = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) onSeen();
    });
    this.resize = new ResizeObserver((entries) => {
      for (const { target: plot } of entries) {
        const sheet = NAMES.map((name) => this.sheets[name]).find(({ div }) => div.parentElement === plot);
        if (sheet) this.dress(sheet);
      }
    });
  }

  /**
   * Show an experiment's (empty) figures: returns with the large one, the others follow.
   * @param {Experiment} data
   * @param {Store} store
   */
  async begin(data, store) {
    this.data = data;
    this.store = store;
    this.highlight = null;
    this.place = new Map(data.neurons.map((k, i) => [k, i]));
    this.colour = getComputedStyle(this.host).color;
    const { hero } = this.tiles;
    clearTimeout(this.rest);
    this.rest = 0;
    await this.show(this.sheets[hero]);
    this.tiles.entitle(data.titles);
    if (this.data === data) this.rest = window.setTimeout(() => this.showRest(), PATIENCE);
  }

  /** The large picture is drawn, or its numbers are late: the browser has time for the others. */
  async showRest() {
    const { data } = this;
    clearTimeout(this.rest);
    this.rest = 0;
    for (const name of NAMES.filter((each) => this.sheets[each].shown !== data)) {
      await seen(); // what is drawn already, first
      if (this.data !== data) return;
      await this.show(this.sheets[name]);
    }
    this.onSeen();
  }

  /**
   * Show the present experiment's empty figure.
   * @param {Sheet} sheet
   */
  async show(sheet) {
    const { name } = sheet;
    const { data } = this;
    const figure = data.figures[name];
    figure.layout.uirevision = data.query;
    if (name === "loss") this.chips.begin(figure.data);
    for (const trace of figure.data) if (trace.meta?.role === "predicted") trace.visible = !this.veiled;
    this.layouts[name] = figure.layout;
    sheet.opacity = figure.data.map(opacity);
    sheet.widths = figure.data.map(({ line }) => line?.width);
    sheet.brush?.wipe();
    sheet.names.clear();
    sheet.div.data = figure.data;
    strip(sheet, this.data); // most begin to play at once: Plotly draws them once, not twice
    sheet.drawn = "";
    sheet.step = NaN;
    sheet.shown = data;
    await this.react(sheet);
    const plot = sheet.div.parentElement;
    if (plot) this.resize.observe(plot); // one that is hidden is drawn when it is shown
  }

  /**
   * The room a figure has now, none where it is not shown.
   * @param {Sheet} sheet
   * @returns {import("./dressing.js").Room | null}
   */
  room({ name, div }) {
    const box = div.parentElement?.getBoundingClientRect();
    if (!box || !(box.width > 0)) return null;
    const { color, fontFamily } = getComputedStyle(this.host);
    return {
      width: Math.floor(box.width), height: Math.floor(box.height), hero: name === this.tiles.hero,
      lecture: this.host.classList.contains("lab-lecture"), colour: color, family: fontFamily,
    };
  }

  /**
   * A figure's layout as Python built it, with room for a pinned run.
   * @param {Name} name
   */
  layoutOf(name) {
    const layout = this.layouts[name];
    return layout && this.ghost ? widened(layout, this.ghost.data.figures[name].layout) : layout;
  }

  /**
   * All that decides how a figure is dressed.
   * @param {import("./dressing.js").Room} room
   */
  look(room) {
    return JSON.stringify([room, this.ghost?.data.query]);
  }

  /**
   * Draw a figure for the room it has now.
   * @param {Sheet} sheet
   */
  async react(sheet) {
    const { name, div } = sheet;
    const layout = this.layoutOf(name);
    const room = this.room(sheet);
    if (!layout || !room) return;
    sheet.drawn = this.look(room);
    const suit = suited(sheet, layout, room, this.data.colours);
    const displayModeBar = room.hero && room.width > 500 ? "hover" : false;
    await this.Plotly.react(div, div.data, suit, { ...CONFIG, displayModeBar });
    if (!sheet.bound) this.bind(sheet);
    leaveTabs(div);
    nameStill(sheet, this.scene(sheet), this.tiles.hero);
  }

  /**
   * The same where its room has changed.
   * @param {Sheet} sheet
   */
  async dress(sheet) {
    const room = this.room(sheet);
    if (!room || sheet.drawn === this.look(room)) return;
    sheet.names.clear(); // out of sight they are not written anew
    await this.react(sheet);
    sheet.brush?.forget();
    this.onSeen();
  }

  /**
   * Hide what theory predicts while somebody guesses it, or show it again.
   * @param {boolean} veiled
   */
  veil(veiled) {
    if (veiled === this.veiled) return;
    this.veiled = veiled;
    this.host.dataset.veiled = String(veiled);
    const { overlaps } = this.sheets;
    this.chips.veil(veiled);
    if (!overlaps.shown) return;
    for (const [index] of roles(overlaps.div, "predicted")) overlaps.div.data[index].visible = !veiled;
    overlaps.drawn = "";
    this.dress(overlaps);
  }

  /** @param {import("./ghost.js").Ghost | null} ghost */
  haunt(ghost) {
    this.ghost = ghost;
    if (ghost) ghost.drawn = {};
  }

  /** Another picture is large, or the page has another look. */
  rearrange() {
    for (const name of NAMES) this.dress(this.sheets[name]);
  }

  /** @param {Sheet} sheet */
  bind(sheet) {
    const { name, div } = sheet;
    sheet.bound = true;
    sheet.brush = new Brush(name, div);
    this.sight.observe(div);
    div.on("plotly_hover", ({ points }) => {
      this.onHover(completed(this.data.iota, target(this.data, name, points[0])));
    });
    div.on("plotly_unhover", () => this.onHover(null));
    // Zoomed, or resized: what is on the canvas is of other axes.
    div.on("plotly_relayout", () => {
      sheet.brush?.forget();
      nameStill(sheet, this.scene(sheet), this.tiles.hero);
      this.onSeen();
    });
  }

  /** Follow the theme when it changes. */
  follow() {
    const now = getComputedStyle(this.host).color;
    if (now === this.colour) return;
    this.colour = now;
    for (const name of NAMES) this.sheets[name].step = NaN;
    this.rearrange();
  }

  /** @param {Sheet} sheet */
  scene({ div }) {
    const { data, store: rows, place, highlight, colour } = this;
    return { div, data, store: rows, place, highlight, colour };
  }

  /**
   * Draw the figures named (all, unless said otherwise) in full as of `step`.
   * @param {number} step
   */
  paint(step, names = NAMES) {
    if (!this.store.count) return;
    const moment = this.store.moment(step, this.data.first);
    for (const name of names) this.redraw(this.sheets[name], moment);
    if (this.rest) this.showRest();
  }

  /**
   * Draw a moving picture as of `step`.
   * @param {number} step
   */
  animate(step) {
    if (!this.store.count) return;
    const moment = this.store.moment(step, this.data.first);
    const now = performance.now();
    for (const name of NAMES) {
      const sheet = this.sheets[name];
      const { div, brush } = sheet;
      if (!brush || sheet.shown !== this.data || div._dragging || !sheet.visible) continue;
      if (div.matches(":hover")) {
        // Plotly tells what is under the pointer, so here it draws.
        if (now - sheet.closely < CLOSELY) continue;
        this.redraw(sheet, moment);
        sheet.closely = now;
        continue;
      }
      if (!sheet.inked) {
        strip(sheet, this.data);
        this.Plotly.redraw(div);
      }
      brush.haunt(this.ghost, step);
      brush.paint(this.scene(sheet), moment);
      nameMoving(sheet, this.scene(sheet), moment, this.tiles.hero);
    }
    if (this.rest) this.showRest();
  }

  /**
   * @param {Sheet} sheet
   * @param {Moment} moment
   */
  redraw(sheet, moment) {
    const { div } = sheet;
    if (!sheet.bound || sheet.shown !== this.data || div._dragging || !sheet.visible) return;
    const [step] = moment.now;
    if (sheet.inked || sheet.step !== step) this.retrace(sheet, moment);
    sheet.step = step;
    sheet.brush?.wipe();
    sheet.brush?.haunt(this.ghost, step);
    nameMoving(sheet, this.scene(sheet), moment, this.tiles.hero);
  }

  /**
   * Have Plotly draw what changes with the run.
   * @param {Sheet} sheet
   * @param {Moment} moment
   */
  retrace(sheet, moment) {
    const { name, div } = sheet;
    if (sheet.inked && name === "map") {
      const [[index]] = roles(div, "dots");
      div.data[index].marker = { ...div.data[index].marker, opacity: sheet.opacity[index] };
    }
    sheet.inked = false;
    store(div, CHANGES[name](this.scene(sheet), moment));
    this.Plotly.redraw(div);
  }

  /**
   * Point at a direction and a neuron in every figure; null points at nothing.
   * @param {Target | null} pointed
   * @param {number} step
   */
  point(pointed, step) {
    this.highlight = pointed;
    for (const name of NAMES) this.sheets[name].step = NaN;
    const p = pointed?.p ?? null;
    const { matching, heatmap } = this.sheets;
    for (const name of LINES) {
      const sheet = this.sheets[name];
      sheet.brush?.forget();
      dimLines(sheet, p, this.colour);
    }
    dimBars(matching, p, this.data.P);
    if (heatmap.bound) {
      const shapes = framed(heatmap.div.layout.shapes ?? [], this.data.frame, this.place.get(pointed?.k ?? null), p);
      this.Plotly.relayout(heatmap.div, { shapes });
    }
    this.paint(step, ["overlaps", "norms", "matching", "loss", "map"]);
  }
}
