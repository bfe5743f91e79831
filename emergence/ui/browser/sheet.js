// @ts-check
// One figure on the page: its element, its canvases, its names, and how it was drawn last.

import { part } from "./dom.js";
import { Names } from "./names.js";

/** @typedef {import("./brush.js").Brush} Brush */
/** @typedef {import("./types.js").Div} Div */
/** @typedef {import("./types.js").Name} Name */

export class Sheet {
  /**
   * @param {Name} name
   * @param {HTMLElement} tile
   */
  constructor(name, tile) {
    this.name = name;
    this.tile = tile;
    const div = part(tile, `[data-figure=${name}]`, HTMLElement);
    this.div = /** @type {Div} */ (div);
    this.names = new Names(part(tile, ".lab-names", HTMLElement));
    /** @type {Brush | null} */
    this.brush = null;
    /** The experiment whose figure it has. @type {import("./types.js").Experiment | null} */
    this.shown = null;
    this.drawn = ""; // the look it was drawn with
    this.step = NaN; // of the run that Plotly has drawn
    this.inked = false; // its lines are on the canvas
    this.bound = false;
    this.closely = 0; // when it was last redrawn under the pointer
    this.size = 12; // of its letters
    /** Pixels around a neuron, as Python built it. @type {number | undefined} */
    this.rim = undefined;
    /** Opacity of each trace, and width of its line, as Python built it. @type {number[]} */
    this.opacity = [];
    /** @type {(number | undefined)[]} */
    this.widths = [];
  }

  get visible() {
    const box = this.div.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < window.innerHeight;
  }
}
