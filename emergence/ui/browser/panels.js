// @ts-check
// A lesson's picture for the room it has: letters, margins, ticks, titles that break, and one panel a
// row where two have no room. Pure.

import { decades } from "./dressing.js";

/** @typedef {import("./types.js").Layout} Layout */
/** @typedef {import("./types.js").AxisLayout} AxisLayout */

/**
 * The room of a picture and the page's look.
 * @typedef {object} Room
 * @property {number} width
 * @property {number} height
 * @property {number} letters size of its letters over that which Python gave them
 * @property {string} colour of the page's text
 * @property {string} family of its letters
 * @property {(text: string, size: number) => number} measure pixels of a text
 */

const NARROW = 600; // pixels in which two panels beside each other cannot be read
const BETWEEN = 0.1; // of the height, between two columns that now stand one below the other
const LEAST = 11; // pixels of a letter
const PANEL = 3.2; // letters that a panel is high, at least
const LINE = 1.25; // height of a line, in letters

/** @param {Layout} layout @returns {[string, AxisLayout][]} */
const axes = (layout) => Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key)).map((key) => [key, Reflect.get(layout, key)]);

/**
 * The y axis that an x axis stands at.
 * @param {Layout} layout
 * @param {string} key
 * @param {AxisLayout} axis
 * @returns {AxisLayout | undefined}
 */
const partner = (layout, key, axis) => Reflect.get(layout, `yaxis${(axis.anchor ?? key.replace("axis", "")).slice(1)}`);

/** Where the columns of a picture begin, as shares of its width. @param {Layout} layout */
function columns(layout) {
  const starts = axes(layout).filter(([key]) => key.startsWith("x")).map(([, { domain }]) => domain?.[0] ?? 0);
  return [...new Set(starts)].sort((a, b) => a - b);
}

/**
 * How many rows of panels a picture has in so much width.
 * @param {Layout} layout
 * @param {number} width
 */
export function rows(layout, width) {
  const starts = columns(layout);
  if (starts.length < 2 || width >= NARROW) return 0;
  return axes(layout).filter(([key]) => key.startsWith("x")).length;
}

/**
 * The columns of a picture one below the other; a panel then says what its neighbour said for both.
 * @param {Layout} layout which is changed
 */
export function stack(layout) {
  const starts = columns(layout);
  const n = starts.length;
  const share = (1 - BETWEEN * (n - 1)) / n;
  const across = axes(layout).filter(([key]) => key.startsWith("x")).map(([key, axis]) => ({ axis, up: partner(layout, key, axis) }));
  const first = across.filter(({ axis }) => (axis.domain?.[0] ?? 0) === starts[0]).map(({ up }) => up);
  const rest = across.map(({ axis, up }) => ({ axis, up, column: starts.indexOf(axis.domain?.[0] ?? 0) }));
  const like = rest.map(({ up }) => first.find((other) => String(other?.domain) === String(up?.domain)));
  const titles = like.map((other) => other?.title);
  rest.forEach(({ axis, up, column }, i) => {
    axis.domain = [0, 1];
    if (!up) return;
    if (!up.title?.text && titles[i]) {
      up.title = titles[i];
      up.showticklabels = true;
    }
    const [low, high] = up.domain ?? [0, 1];
    const bottom = (n - 1 - column) * (share + BETWEEN);
    up.domain = [bottom + low * share, bottom + high * share];
  });
}

/**
 * A text in lines of at most so many pixels, broken at spaces outside of its tags.
 * @param {string} text
 * @param {number} width
 * @param {(text: string) => number} measure
 */
export function lines(text, width, measure) {
  /** @type {string[]} */
  const found = [];
  for (const whole of text ? text.split("<br>") : []) {
    let line = "";
    for (const word of whole.split(/ (?![^<]*>)/)) {
      const longer = line ? `${line} ${word}` : word;
      if (line && measure(longer.replace(/<[^>]*>/g, "")) > width) {
        found.push(line);
        line = word;
      } else line = longer;
    }
    found.push(line);
  }
  return found;
}

/**
 * @param {Layout} layout as Python built it, which is changed
 * @param {Room} room
 */
export function suit(layout, room) {
  const { width, height, letters, colour, family, measure } = room;
  if (rows(layout, width)) stack(layout);
  const size = layout.font.size * letters;
  layout.font = { ...layout.font, size, color: colour, family };
  layout.showlegend = false; // names stand at the lines, or below the picture
  const title = layout.title.font.size * letters;
  const head = lines(layout.title.text, width - 0.02 * width - 4, (text) => measure(text, title));
  layout.title = { ...layout.title, text: head.join("<br>"), font: { ...layout.title.font, size: title } };
  for (const note of layout.annotations ?? []) if (note.font) note.font.size = Math.max(note.font.size * letters, LEAST);
  const { l = 62, r = 12, t = 40, b = 52 } = layout.margin;
  const margin = { l: l * letters, r: r * letters, t: t * letters + LINE * title * (head.length - 1), b: b * letters };
  const all = axes(layout).filter(([, axis]) => axis.visible !== false);
  /** @param {boolean} horizontal */
  const length = (horizontal) => (horizontal ? width - margin.l - margin.r : height - margin.t - margin.b);
  for (const horizontal of [true, false]) {
    let deepest = 1;
    for (const [key, axis] of all) {
      if (key.startsWith("x") !== horizontal || !axis.title?.text) continue;
      const [low, high] = axis.domain ?? [0, 1];
      const broken = lines(axis.title.text, (high - low) * length(horizontal), (text) => measure(text, size));
      axis.title = { ...axis.title, text: broken.join("<br>") };
      deepest = Math.max(deepest, broken.length);
    }
    margin[horizontal ? "b" : "l"] += LINE * size * (deepest - 1);
  }
  layout.margin = margin;
  // Their letters stand within the margins: to look whether they do takes long.
  for (const [key, axis] of all) if (key.startsWith("y")) axis.ticklabeloverflow = "allow";
  for (const [key, axis] of all) space(axis, key.startsWith("x"), size, length(key.startsWith("x")));
}

/**
 * The height in which every panel is read: a panel has some lines' height and room for its title's
 * longest word, and between two there is room for what stands at the upper one's time axis.
 * @param {Layout} layout that has been suited
 * @param {(text: string, size: number) => number} measure
 */
export function least(layout, measure) {
  const { size } = layout.font;
  const shown = axes(layout).filter(([, { visible, domain }]) => visible !== false && domain);
  const up = shown.filter(([key]) => key.startsWith("y")).map(([, axis]) => axis);
  let inner = 0;
  for (const { domain = [0, 1], title } of up) {
    const words = lines(title?.text ?? "", 0, (text) => measure(text, size)).map((word) => measure(word.replace(/<[^>]*>/g, ""), size));
    inner = Math.max(inner, Math.max(PANEL * size, ...words.map((word) => word + size)) / (domain[1] - domain[0]));
  }
  for (const [key, axis] of axes(layout).filter(([each]) => each.startsWith("x"))) {
    const upper = partner(layout, key, axis)?.domain;
    const below = upper && up.map(({ domain = [0, 1] }) => domain[1]).filter((top) => top < upper[0]);
    if (!upper || !below?.length || axis.visible === false) continue;
    const titles = axis.title?.text ? axis.title.text.split("<br>").length : 0;
    const need = (axis.showticklabels === false ? 0 : LINE) + LINE * titles + (titles ? 0.9 : 0.2);
    inner = Math.max(inner, (need * size) / (upper[0] - Math.max(...below)));
  }
  return inner + layout.margin.t + layout.margin.b;
}

/**
 * No more ticks than there is room for.
 * @param {AxisLayout} axis
 * @param {boolean} horizontal
 * @param {number} size of the letters
 * @param {number} room pixels
 */
function space(axis, horizontal, size, room) {
  const [low, high] = axis.domain ?? [0, 1];
  const length = room * (high - low);
  const need = size * (horizontal ? 3.2 : 1.7);
  if (axis.type === "log" && axis.range && typeof axis.dtick === "number") {
    axis.dtick = Math.max(axis.dtick, decades(axis.range, length, need));
  } else if (Array.isArray(axis.tickvals) && !horizontal) {
    const every = Math.max(1, Math.ceil((axis.tickvals.length * size * LINE) / length));
    axis.tickvals = axis.tickvals.filter((_, i) => i % every === 0);
    axis.ticktext = axis.ticktext?.filter((_, i) => i % every === 0);
  } else if (axis.dtick === undefined && !axis.tickvals) {
    axis.nticks = Math.max(2, Math.min(axis.nticks ?? 12, Math.floor(length / (size * (horizontal ? 4 : 2.2)))));
  } else if (horizontal && typeof axis.dtick === "number" && axis.range) {
    const [from, to] = axis.range;
    axis.dtick = Math.max(axis.dtick, Math.ceil((Math.abs(to - from) * size * 2.2) / length));
  }
}
