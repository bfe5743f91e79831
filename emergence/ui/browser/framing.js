// @ts-check
// A picture for a slide: its size, and above and below it what it shows and of which run. Pure.

import { lines } from "./panels.js";

/** @typedef {import("./types.js").Layout} Layout */
/** @typedef {{width: number, height: number}} Size */

/**
 * What stands around a picture.
 * @typedef {object} Said
 * @property {string} title
 * @property {string[]} caption paragraphs
 */

/** What projectors show. @type {Size} */
export const PROJECTOR = { width: 1920, height: 1080 };
export const INK = "black";
export const GROUND = "white";
export const FAMILY = "Arial, sans-serif"; // a file has not the page's letters

const TITLE = 1 / 32; // of the height: letters
const CAPTION = 1 / 54;
const LINE = 1.3; // letters from a line to the next
const MARGIN = 0.6; // letters of the caption, around all

/**
 * The frame of a picture: its lines, the size of their letters, and what is left for the picture.
 * @param {Said} said
 * @param {Size} size
 * @param {(text: string, size: number) => number} measure pixels of a text
 */
export function frame({ title, caption }, { width, height }, measure) {
  const [large, small] = [height * TITLE, height * CAPTION];
  const room = width - 2 * MARGIN * small;
  const head = lines(title, room, (text) => measure(text, large));
  const foot = caption.flatMap((text) => lines(text, room, (each) => measure(each, small)));
  const top = head.length ? large * LINE * head.length + MARGIN * small : 0;
  const bottom = small * (LINE * foot.length + 2 * MARGIN);
  return { head, foot, large, small, top, bottom, width, height, inner: { width, height: height - top - bottom } };
}

/** @typedef {ReturnType<typeof frame>} Frame */

/** A text as Plotly reads it. @param {string} text */
const literal = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/**
 * A layout that was made for the frame's inner size, with the frame around it.
 * @param {Layout} layout
 * @param {Frame} around
 * @returns {Layout}
 */
export function framed(layout, { head, foot, large, small, top, bottom, width, height }) {
  const { l, r, t, b } = layout.margin;
  /** @param {string[]} text @param {number} size @param {object} where */
  const note = (text, size, where) => ({
    text: text.map(literal).join("<br>"), font: { size, color: INK, family: FAMILY }, showarrow: false, align: "left", borderpad: 0,
    xref: "paper", x: 0, xanchor: "left", xshift: MARGIN * small - l, yref: "paper", ...where,
  });
  const notes = [note(foot, small, { y: 0, yanchor: "top", yshift: -b - MARGIN * small / 2 })];
  if (head.length) notes.push(note(head, large, { y: 1, yanchor: "bottom", yshift: t }));
  return /** @type {Layout} */ (/** @type {unknown} */ ({
    ...layout, width, height, margin: { ...layout.margin, l, r, t: t + top, b: b + bottom },
    annotations: [...(layout.annotations ?? []), ...notes], paper_bgcolor: GROUND,
  }));
}

/**
 * A pen's measure of texts.
 * @returns {(text: string, size: number) => number}
 */
export function measuring() {
  const pen = document.createElement("canvas").getContext("2d");
  return (text, size) => {
    if (pen) pen.font = `${size}px ${FAMILY}`;
    return pen?.measureText(text).width ?? 0;
  };
}
