// @ts-check
// Many thin curves on a canvas: each painting draws only what has been added since the last one.

import { thin } from "./curves.js";

/** @typedef {import("./types.js").Axis} Axis */
/** @typedef {import("./types.js").Row} Row */

const MOVED = 0.8; // pixels up or down from which on a curve is drawn on
const FLAT = 8; // pixels to the right after which a curve that has not moved is drawn on all the same

/** Curves of one colour: where each stands in a row, and its factor. @typedef {{offsets: number[], scale: number, color: string, width: number, opacity: number}} Sheaf */

export class Growth {
  /** @param {Sheaf[]} sheaves */
  constructor(sheaves) {
    this.sheaves = sheaves;
    const count = sheaves.reduce((sum, { offsets }) => sum + offsets.length, 0);
    this.count = count;
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
    this.step = 0;
  }

  /**
   * Draw the curves on to the moment `now`, from where they end.
   * @param {CanvasRenderingContext2D} pen
   * @param {Row[]} rows all up to the moment, which is the last of them
   * @param {Axis} x
   * @param {Axis} y
   */
  grow(pen, rows, x, y) {
    pen.setLineDash([]);
    if (!this.step) {
      this.place(rows[0], x, y);
      rows = thin(rows, this.count);
    }
    for (const row of rows) if (row[0] > this.step) this.add(pen, row, x, y);
  }

  /**
   * Where the curves begin.
   * @param {Row} row
   * @param {Axis} x
   * @param {Axis} y
   */
  place(row, x, y) {
    let i = 0;
    this.x.fill(x.c2p(row[0]));
    for (const { offsets, scale } of this.sheaves) {
      for (const offset of offsets) {
        this.y[i] = y.c2p(row[offset] * scale);
        i += 1;
      }
    }
    this.step = row[0];
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Row} row
   * @param {Axis} xaxis
   * @param {Axis} yaxis
   */
  add(pen, row, xaxis, yaxis) {
    const { x, y } = this;
    const px = xaxis.c2p(row[0]);
    let i = 0;
    for (const { offsets, scale, color, width, opacity } of this.sheaves) {
      let any = false;
      for (const offset of offsets) {
        const py = yaxis.c2p(row[offset] * scale);
        if (Math.abs(py - y[i]) >= MOVED || px - x[i] >= FLAT) {
          if (!any) pen.beginPath();
          any = true;
          pen.moveTo(x[i], y[i]);
          pen.lineTo(px, py);
          x[i] = px;
          y[i] = py;
        }
        i += 1;
      }
      if (!any) continue;
      pen.strokeStyle = color;
      pen.lineWidth = width;
      pen.globalAlpha = opacity;
      pen.stroke();
    }
    this.step = row[0];
  }
}
