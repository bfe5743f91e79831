// @ts-check
// From rows to the points of a picture's lines: pure, no drawing.

/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Points} Points */
/** Whether a curve has visibly moved. @typedef {(from: number, to: number) => boolean} Moved */

const MOST_ROWS = 150; // moments of a thin curve
const LEAST_ROWS = 16;
const MOST_POINTS = 300000; // moments of all thin curves together that are looked at
const VISIBLE = 0.008; // a thin overlap curve gets a new point when it has moved by this much
const VISIBLE_DECADES = 0.02; // the same for a norm, on its logarithmic axis
const OUTSIDE = 1000; // a bundle's way from one curve to the next is so many times left of the picture

/** @type {Moved} */
export const movedOverlap = (from, to) => Math.abs(to - from) > VISIBLE;
/** @type {Moved} */
export const movedFinely = (from, to) => !(Math.abs(to - from) < 0.002);
/** @type {Moved} */
export const movedNorm = (from, to) => Math.abs(Math.log10(to / from)) > VISIBLE_DECADES;
/** @type {Moved} */
export const movedRelatively = (from, to) => !(Math.abs(to - from) < 0.004 * Math.abs(from));

/**
 * Row numbers 1..last thinned to a fixed stride, so that points already drawn do not jump.
 * @param {number} last
 * @param {number} most
 */
export function thinned(last, most) {
  let stride = 1;
  while (last / stride > most) stride *= 2;
  const kept = [];
  for (let i = 1; i <= last; i += stride) kept.push(i);
  return kept;
}

/**
 * The rows at which so many thin curves are looked at; the last is always one of them.
 * @param {Row[]} rows
 * @param {number} curves
 */
export function thin(rows, curves) {
  const most = Math.min(MOST_ROWS, Math.max(LEAST_ROWS, MOST_POINTS / curves));
  const kept = thinned(rows.length - 1, most).map((i) => rows[i - 1]);
  if (rows.length) kept.push(rows[rows.length - 1]);
  return kept;
}

/**
 * Numbers of the rows at which a curve has visibly moved, and of those just before.
 * @param {Row[]} rows
 * @param {number} offset
 * @param {Moved} moved
 */
export function keep(rows, offset, moved) {
  if (!rows.length) return [];
  const kept = [0];
  const last = rows.length - 1;
  for (let i = 1; i <= last; i += 1) {
    const drawn = kept[kept.length - 1];
    if (i < last && !moved(rows[drawn][offset], rows[i][offset])) continue;
    if (i - 1 > drawn) kept.push(i - 1);
    kept.push(i);
  }
  return kept;
}

/**
 * One quantity over time.
 * @param {Row[]} rows
 * @param {number} offset
 * @param {Moved} moved
 * @returns {Points}
 */
export function curve(rows, offset, moved, scale = 1) {
  const kept = keep(rows, offset, moved);
  return { x: kept.map((i) => rows[i][0]), y: kept.map((i) => rows[i][offset] * scale) };
}

/**
 * Several curves as one line. The line runs along a curve and back, and changes to the next one left
 * of the picture, which begins at `first`: one SVG path instead of one a curve, which is several
 * times faster to redraw than gaps. A curve that has not visibly moved gets no point.
 * @param {Row[]} rows
 * @param {number[]} offsets
 * @param {number[]} names
 * @param {Moved} moved
 * @param {number} first
 * @returns {Required<Points>}
 */
export function bundle(rows, offsets, names, moved, first, scale = 1) {
  /** @type {number[]} */
  const x = [];
  /** @type {number[]} */
  const y = [];
  /** @type {number[]} */
  const customdata = [];
  if (!rows.length) return { x, y, customdata };
  offsets.forEach((offset, j) => {
    const kept = keep(rows, offset, moved);
    for (const i of [...kept, ...kept.slice(0, -1).reverse()]) {
      x.push(rows[i][0]);
      y.push(rows[i][offset] * scale);
    }
    x.push(first / OUTSIDE);
    y.push(y[y.length - 1]);
    while (customdata.length < x.length) customdata.push(names[j]);
  });
  return { x, y, customdata };
}
