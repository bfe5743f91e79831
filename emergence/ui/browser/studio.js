// @ts-check
// A picture of the Live Lab drawn once more, out of sight, for a file: in a projector's size, black on white.

import { CHANGES, roles, store as put } from "./changes.js";
import { FAMILY, frame, framed, INK, measuring, PROJECTOR } from "./framing.js";
import { Ghost } from "./ghost.js";
import { nameMoving, nameStill } from "./names.js";
import { suited } from "./paint.js";
import { Sheet } from "./sheet.js";
import { strip } from "./strip.js";
import { Brush } from "./brush.js";

/** @typedef {import("./framing.js").Said} Said */
/** @typedef {import("./types.js").Layout} Layout */
/** @typedef {import("./types.js").Moment} Moment */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {{text: string, color: string, x: number, y: number}} Label */

export class Studio {
  /**
   * @param {import("./paint.js").Painter} painter whose picture it is
   * @param {Name} name
   * @param {Said} said
   * @param {import("./framing.js").Size} size
   */
  constructor(painter, name, said, size = PROJECTOR) {
    this.painter = painter;
    this.name = name;
    this.frame = frame(said, size, measuring());
    this.box = document.createElement("div");
    this.box.className = "lab-studio";
    this.box.setAttribute("aria-hidden", "true");
    this.box.innerHTML = `<div><div data-figure="${name}"></div><div class="lab-names"></div></div>`;
    this.sheet = new Sheet(name, this.box);
    /** The names at its lines, as they were placed last. @type {Label[]} */
    this.labels = [];
    this.sheet.names.write = (moving) => { this.labels = [...this.sheet.names.still, ...moving]; };
    /** A pinned run has a canvas of its own here. */
    this.ghost = painter.ghost && new Ghost(painter.ghost.data, painter.ghost.store);
    /** @type {Layout | null} */
    this.layout = null;
  }

  get scene() {
    const { data, store, place } = this.painter;
    return { div: this.sheet.div, data, store, place, highlight: this.painter.highlight, colour: INK };
  }

  /** Draw it without what moves. */
  async open() {
    const { painter, name, sheet, frame: { inner } } = this;
    const { data, sheets, Plotly } = painter;
    const own = sheets[name];
    const layout = painter.layoutOf(name);
    if (!layout || own.shown !== data) throw new Error("the picture is not drawn yet: look at it first");
    document.body.append(this.box);
    sheet.opacity = own.opacity;
    sheet.widths = own.widths;
    sheet.div.data = structuredClone(own.div.data);
    const room = { ...inner, hero: true, lecture: true, colour: INK, family: FAMILY };
    for (const [index] of roles(sheet.div, "neurons")) {
      const { marker } = sheet.div.data[index];
      sheet.div.data[index].marker = { ...marker, size: 2 * Number(marker?.size) };
    }
    strip(sheet, data);
    this.layout = suited(sheet, layout, room, data.colours);
    await Plotly.react(sheet.div, sheet.div.data, this.layout, { staticPlot: true });
    sheet.brush = new Brush(name, sheet.div);
    nameStill(sheet, this.scene, name);
    return this;
  }

  /**
   * The whole figure at a moment.
   * @param {Moment} moment
   */
  still(moment) {
    const { sheet, sheet: { div }, name } = this;
    if (name === "map") {
      const [[index]] = roles(div, "dots");
      div.data[index].marker = { ...div.data[index].marker, opacity: sheet.opacity[index] };
    }
    put(div, CHANGES[name](this.scene, moment));
    nameMoving(sheet, this.scene, moment, name);
    const { layout, ...rest } = this.empty();
    const { width, height } = this.frame.inner;
    const { l, r, t, b } = this.margin;
    const notes = this.labels.map(({ text, color, x, y }) => ({
      text, showarrow: false, font: { size: sheet.size, color, family: FAMILY }, align: "left", borderpad: 0,
      xref: "paper", yref: "paper", xanchor: "left", yanchor: "middle", x: (x - l - 1) / (width - l - r), y: 1 - (y - t) / (height - t - b),
    }));
    const images = this.haunted(moment.now[0]);
    return { ...rest, layout: { ...layout, annotations: [...(layout.annotations ?? []), ...notes], images } };
  }

  get margin() {
    return this.layout?.margin ?? { l: 0, r: 0, t: 0, b: 0 };
  }

  /** The figure with what Plotly has of it now. */
  empty() {
    if (!this.layout) throw new Error("the picture is not drawn yet");
    return { data: this.sheet.div.data, layout: framed(this.layout, this.frame) };
  }

  /**
   * A pinned run under the picture, as an image.
   * @param {number} step
   */
  haunted(step) {
    const { sheet: { brush }, ghost, margin: { l, r, t, b }, frame: { inner: { width, height } } } = this;
    if (!brush || !ghost) return [];
    brush.haunt(ghost, step);
    const [across, up] = [width - l - r, height - t - b];
    return [{
      source: brush.ink.ghost.canvas.toDataURL(), xref: "paper", yref: "paper", x: -l / across, y: 1 + t / up,
      sizex: width / across, sizey: height / up, sizing: "stretch", layer: this.name === "heatmap" ? "above" : "below",
    }];
  }

  close() {
    this.painter.Plotly.purge(this.sheet.div);
    this.box.remove();
  }
}
