// @ts-check
// An answer with rows, written as the server writes it (see `serving/wire.py`). Pure.

/** @typedef {import("../types.js").Header} Header */

/**
 * @param {Header} header
 * @param {ArrayLike<number>[]} rows as many as the header has steps
 * @returns {ArrayBuffer}
 */
export function encoded(header, rows) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = text.length + ((4 - (text.length % 4)) % 4);
  const buffer = new ArrayBuffer(4 + length + 4 * header.width * rows.length);
  new DataView(buffer).setUint32(0, length, true);
  const head = new Uint8Array(buffer, 4, length);
  head.fill(32);
  head.set(text);
  const numbers = new Float32Array(buffer, 4 + length);
  rows.forEach((row, i) => numbers.set(row, i * header.width));
  return buffer;
}

/**
 * The same from the snapshot `from` on, as one answers who has the first of them.
 * @param {Header} header of all rows
 * @param {ArrayLike<number>[]} rows final ones, then the present moment where the header has a tip
 * @param {number} from
 */
export function since(header, rows, from) {
  const start = from <= header.rows ? from : 0;
  const rest = { ...header, from: start, rows: header.rows - start, steps: header.steps.slice(start) };
  return encoded(rest, rows.slice(start));
}
