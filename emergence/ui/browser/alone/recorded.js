// @ts-check
// A run that was computed elsewhere, as the page carries it: its figures, and all of its rows.

import { unpacked, unpackedText } from "./packed.js";
import { since } from "./wire.js";

/** @typedef {import("../types.js").Header} Header */
/** @typedef {import("../types.js").Source} Source */

/**
 * Rows from bytes in which they lie column by column, the first bytes of all numbers first, then the
 * second, and so on: so they deflate best (see `ui/alone/recorded.py`).
 * @param {Uint8Array} bytes
 * @param {number} width
 * @returns {Float32Array[]}
 */
export function rowsOf(bytes, width) {
  const count = bytes.length / (4 * width);
  const plain = new Uint8Array(bytes.length);
  for (let place = 0; place < 4; place += 1) {
    for (let column = 0; column < width; column += 1) {
      for (let row = 0; row < count; row += 1) {
        plain[4 * (row * width + column) + place] = bytes[(place * width + column) * count + row];
      }
    }
  }
  return Array.from({ length: count }, (_, row) => new Float32Array(plain.buffer, 4 * row * width, width));
}

/**
 * The run of this page.
 * @param {string} query its experiment's
 * @param {Header} header of all of its rows
 * @param {Source["plotly"]} plotly
 * @returns {Source}
 */
export function recorded(query, header, plotly) {
  const rows = unpacked("rows").then((bytes) => rowsOf(bytes, header.width));
  return {
    plotly,
    async figures(asked) {
      if (asked !== query) throw new Error("this file has one recorded run, and no other");
      return { ...JSON.parse(await unpackedText("payload")), query };
    },
    async rows({ from }) {
      return since(header, await rows, Number(from));
    },
  };
}
