// @ts-check
// Names of what a lesson's picture shows: at the ends of the lines and beside the marks, where they
// cover nothing that is drawn; the others stand below the picture. Pure.

import { overlap } from "./labels.js";

/** @typedef {import("./labels.js").Box} Box */
/** @typedef {[x: number, y: number]} Pixel */

/**
 * A name, and what it names: in pixels, from its beginning to its end.
 * @typedef {object} Entry
 * @property {string} text
 * @property {Pixel[]} path
 * @property {Box} frame within which it may stand
 * @property {(text: string) => number} measure
 * @property {boolean} spare whether it may be missing where it has no room
 */
/** @typedef {{text: string, box: Box}} Caption */

const CELL = 4; // pixels of the raster in which is kept what is drawn
const FREE = 2; // cells of ink that a name may cover
const STEP = 3; // pixels between two points of a path
const AWAY = 6; // pixels from a line's end to its name

/** What is drawn where, in cells. */
export class Ground {
  /**
   * @param {number} width
   * @param {number} height
   */
  constructor(width, height) {
    this.columns = Math.ceil(width / CELL) + 1;
    this.rows = Math.ceil(height / CELL) + 1;
    this.cells = new Uint8Array(this.columns * this.rows);
    /** @type {Uint32Array | null} sums of all cells above and left of one */
    this.sums = null;
  }

  /**
   * Ink in a box.
   * @param {Box} box
   */
  fill({ left, top, right, bottom }) {
    this.sums = null;
    const [x0, x1] = [Math.max(Math.floor(left / CELL), 0), Math.min(Math.floor(right / CELL), this.columns - 1)];
    const [y0, y1] = [Math.max(Math.floor(top / CELL), 0), Math.min(Math.floor(bottom / CELL), this.rows - 1)];
    for (let y = y0; y <= y1; y += 1) for (let x = x0; x <= x1; x += 1) this.cells[y * this.columns + x] = 1;
  }

  /**
   * How many cells with ink a box touches.
   * @param {Box} box
   */
  ink({ left, top, right, bottom }) {
    const sums = this.sums ?? this.summed();
    const wide = this.columns + 1;
    /** @param {number} value @param {number} most */
    const cell = (value, most) => Math.min(Math.max(Math.floor(value / CELL), 0), most);
    const [x0, x1] = [cell(left, this.columns - 1), cell(right, this.columns - 1) + 1];
    const [y0, y1] = [cell(top, this.rows - 1), cell(bottom, this.rows - 1) + 1];
    return sums[y1 * wide + x1] - sums[y0 * wide + x1] - sums[y1 * wide + x0] + sums[y0 * wide + x0];
  }

  summed() {
    const wide = this.columns + 1;
    const sums = new Uint32Array(wide * (this.rows + 1));
    for (let y = 0; y < this.rows; y += 1) {
      for (let x = 0; x < this.columns; x += 1) {
        sums[(y + 1) * wide + x + 1] = this.cells[y * this.columns + x]
          + sums[y * wide + x + 1] + sums[(y + 1) * wide + x] - sums[y * wide + x];
      }
    }
    this.sums = sums;
    return sums;
  }
}

/**
 * The points of a line that are seen, a few pixels apart; a gap in it is a point that is not finite.
 * @param {Pixel[]} points
 * @param {Box} frame
 * @returns {Pixel[]}
 */
export function path(points, frame) {
  /** @type {Pixel[]} */
  const found = [];
  /** @param {Pixel} point */
  const inside = ([x, y]) => x >= frame.left - 1 && x <= frame.right + 1 && y >= frame.top - 1 && y <= frame.bottom + 1;
  points.forEach((to, i) => {
    if (!to.every(Number.isFinite)) return;
    const from = points[i - 1];
    if (from?.every(Number.isFinite) && crosses(from, to, frame)) {
      const pieces = Math.min(Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / STEP), 4000);
      for (let j = 1; j < pieces; j += 1) {
        /** @type {Pixel} */
        const point = [from[0] + ((to[0] - from[0]) * j) / pieces, from[1] + ((to[1] - from[1]) * j) / pieces];
        if (inside(point)) found.push(point);
      }
    }
    const last = found[found.length - 1];
    if (inside(to) && !(last && Math.hypot(to[0] - last[0], to[1] - last[1]) < STEP / 2)) found.push(to);
  });
  return found;
}

/**
 * Whether a piece of a line may be seen.
 * @param {Pixel} from
 * @param {Pixel} to
 * @param {Box} frame
 */
const crosses = (from, to, frame) => Math.max(from[0], to[0]) >= frame.left && Math.min(from[0], to[0]) <= frame.right
  && Math.max(from[1], to[1]) >= frame.top && Math.min(from[1], to[1]) <= frame.bottom;

/**
 * A text in two lines of about one length.
 * @param {string} text
 */
export function halved(text) {
  const words = text.split(" ");
  const middle = text.length / 2;
  let [best, length] = [0, 0];
  let nearest = Infinity;
  words.forEach((word, i) => {
    length += word.length + 1;
    if (i < words.length - 1 && Math.abs(length - middle) < nearest) [best, nearest] = [i + 1, Math.abs(length - middle)];
  });
  return best ? `${words.slice(0, best).join(" ")}\n${words.slice(best).join(" ")}` : text;
}

/**
 * A place for each name where it covers no other name and nothing drawn, the nearer to its line's end
 * the better; null where there is none.
 * @param {Entry[]} entries in the order in which they choose
 * @param {number} height of a line of text
 * @param {Ground} ground
 * @param {Box[]} taken
 * @returns {(Caption | null)[]}
 */
export function placed(entries, height, ground, taken) {
  const boxes = [...taken];
  return entries.map(({ text, path, frame, measure }) => {
    for (const words of new Set([text, halved(text)])) {
      const rows = words.split("\n");
      const box = place(path, Math.max(...rows.map(measure)), height * rows.length, frame, ground, boxes);
      if (!box) continue;
      boxes.push(box);
      return { text: words, box };
    }
    return null;
  });
}

/**
 * @param {Pixel[]} path
 * @param {number} width
 * @param {number} height
 * @param {Box} frame
 * @param {Ground} ground
 * @param {Box[]} taken
 */
function place(path, width, height, frame, ground, taken) {
  /** @type {Box | null} */
  let best = null;
  let least = Infinity;
  const places = [[AWAY, -height / 2], [AWAY, -height - 2], [AWAY, 3], [-width - AWAY, -height - 2], [-width - AWAY, 3],
    [-width / 2, -height - AWAY], [-width / 2, AWAY], [-width - AWAY, -height / 2]];
  for (let back = 0; back <= 0.9; back += 0.025) {
    const at = path[Math.round((1 - back) * (path.length - 1))];
    if (!at || 8 * back >= least) break;
    places.forEach(([dx, dy], turn) => {
      const box = { left: at[0] + dx, top: at[1] + dy, right: at[0] + dx + width, bottom: at[1] + dy + height };
      if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom) return;
      const ink = ground.ink(box);
      const cost = ink + 8 * back + turn / 100;
      if (ink > FREE || cost >= least || taken.some((other) => overlap(other, box))) return;
      [best, least] = [box, cost];
    });
  }
  return best;
}
