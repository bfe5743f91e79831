// @ts-check
// A picture's letters, margins and ticks for the room it has: as hero, or small beside it. Pure.

/** @typedef {import("./types.js").Layout} Layout */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {import("./types.js").AxisLayout} AxisLayout */

/**
 * The room of a picture and the page's look.
 * @typedef {object} Room
 * @property {number} width
 * @property {number} height
 * @property {boolean} hero whether it is the large one
 * @property {boolean} lecture whether it is read from the back row
 * @property {string} colour of the page's text
 * @property {string} family of its letters
 */

const LECTURE_LETTERS = 18; // pixels, at least
export const LECTURE_LINES = 3;

/**
 * The size of a picture's letters in pixels.
 * @param {Room} room
 */
export function letters({ width, height, hero, lecture }) {
  if (!hero) return Math.min(Math.max(width / 30, 10.5), 13);
  const size = Math.min(Math.max(Math.min(width / 62, height / 26), 11.5), 34);
  return lecture ? Math.max(size, LECTURE_LETTERS) : Math.min(size, 18);
}

/**
 * Every how manieth decade has room for its name.
 * @param {[number, number]} range in decades
 * @param {number} length in pixels
 * @param {number} need pixels of a name
 */
export function decades([from, to], length, need) {
  return Math.max(1, Math.ceil((Math.abs(to - from) * need) / Math.max(length, 1)));
}

/**
 * @param {Name} name
 * @param {Layout} layout as Python built it
 * @param {Room} room
 * @returns {Layout}
 */
export function dressed(name, layout, room) {
  const { width, height, hero, colour, family } = room;
  const size = letters(room);
  /** @type {Layout} */
  const suit = structuredClone(layout);
  suit.font = { ...suit.font, size, color: colour, family };
  suit.title = { ...suit.title, text: "" }; // it stands above, where it can break
  suit.showlegend = false; // names stand at the lines
  suit.width = width;
  suit.height = height;
  if (name !== "map") {
    suit.margin = hero
      ? { l: 4.4 * size, r: Math.max(3.2, 1.2 + 0.58 * (layout.meta?.ends ?? 0)) * size, t: 0.7 * size, b: 3.5 * size }
      : { l: 3.3 * size, r: 0.8 * size, t: 0.6 * size, b: 1.9 * size };
  } else suit.margin = { l: 2, r: 2, t: 2, b: 2 };
  if (room.lecture) {
    for (const { line } of suit.shapes ?? []) if (line) line.width = Math.max(line.width, LECTURE_LINES);
  }
  for (const note of suit.annotations ?? []) note.font = { ...note.font, size };
  if (!hero) suit.annotations = [];
  const across = width - suit.margin.l - suit.margin.r;
  const up = height - suit.margin.t - suit.margin.b;
  for (const [key, axis] of Object.entries(suit)) {
    if (!/^[xy]axis\d*$/.test(key)) continue;
    fit(/** @type {AxisLayout} */ (axis), key.startsWith("x"), { size, hero, across, up });
  }
  if (name === "heatmap") {
    const axis = /** @type {AxisLayout} */ (suit.yaxis);
    const rows = axis.tickvals ?? [];
    const every = Math.max(1, Math.ceil((rows.length * size * 1.25) / up));
    axis.tickvals = rows.filter((_, i) => i % every === 0);
  }
  // The margin of a small picture has no room for the name of its lower panel.
  if (name === "loss" && !hero) suit.annotations = [named("slope", size)];
  return suit;
}

/**
 * What a lower panel is called, in its lower left corner: its line begins above.
 * @param {string} text
 * @param {number} size
 */
const named = (text, size) => ({
  text, xref: "x domain", x: 0.01, xanchor: "left", yref: "y2 domain", y: 0, yanchor: "bottom", showarrow: false, font: { size },
});

/**
 * @param {AxisLayout} axis
 * @param {boolean} horizontal
 * @param {{size: number, hero: boolean, across: number, up: number}} room
 */
function fit(axis, horizontal, { size, hero, across, up }) {
  if (axis.visible === false) return;
  if (axis.title) axis.title = hero ? { ...axis.title, font: { size: size * 1.08 } } : { text: "" };
  const [low, high] = axis.domain ?? [0, 1];
  const length = (horizontal ? across : up) * (high - low);
  if (axis.type === "log" && axis.range) {
    axis.dtick = decades(axis.range, length, size * (horizontal ? 3.2 : 1.7));
  } else if (axis.range && !axis.tickvals && axis.dtick === undefined) {
    axis.nticks = Math.max(2, Math.floor(length / (size * (horizontal ? 4 : 2.2))));
  } else if (horizontal && typeof axis.dtick === "number") {
    const [from, to] = axis.range ?? [0, 1];
    axis.dtick = Math.max(axis.dtick, Math.ceil((Math.abs(to - from) * size * 2.2) / length));
  }
}
