// @ts-check
// A canvas under a Plotly figure: while a run plays, what moves is drawn here, with the figure's own
// axes. Plotly keeps the axes, the predictions and, once the picture rests, everything.

/** @typedef {import("./types.js").Axis} Axis */
/** @typedef {import("./types.js").Div} Div */
/** @typedef {import("./types.js").Points} Points */
/** How a line looks. @typedef {{color: string, width: number, dash: string, opacity: number}} Look */
/** The part of the canvas between the axes. @typedef {{left: number, top: number, width: number, height: number}} Frame */

/** Lengths of Plotly's dashes, in widths of the line. @type {Record<string, number[]>} */
const DASHES = { solid: [], dot: [1, 1], dash: [3, 3], dashdot: [3, 1, 1, 1], longdash: [5, 5] };
const LEAST_DASH = 3; // pixels that a width counts for in a dash, at least, as in Plotly

/**
 * The dash of a line in pixels.
 * @param {string} name
 * @param {number} width
 */
export function dashes(name, width) {
  return (DASHES[name] ?? []).map((length) => length * Math.max(width, LEAST_DASH));
}

export class Ink {
  /** @param {Div} div the figure, over the canvases */
  constructor(div) {
    this.div = div;
    /** A pinned run; what only grows; and what is drawn anew at every painting. */
    this.ghost = this.lay();
    this.grown = this.lay();
    this.fresh = this.lay();
    this.ratio = 1;
    this.size = "";
  }

  lay() {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    this.div.before(canvas);
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("this browser draws no canvas");
    return pen;
  }

  /** Take the figure's size; whether what has grown is lost. */
  fit() {
    const { width, height } = this.div._fullLayout;
    this.ratio = window.devicePixelRatio || 1;
    const size = `${width}x${height}x${this.ratio}`;
    if (size === this.size) return false;
    this.size = size;
    for (const { canvas } of [this.ghost, this.grown, this.fresh]) {
      canvas.width = Math.round(width * this.ratio);
      canvas.height = Math.round(height * this.ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    return true;
  }

  /**
   * An axis of the figure by its short name, "x", "y2" …
   * @param {string} name
   * @returns {Axis}
   */
  axis(name) {
    return this.div._fullLayout[`${name[0]}axis${name.slice(1)}`];
  }

  /**
   * The axes of a trace.
   * @param {{xaxis?: string, yaxis?: string}} trace
   */
  axes({ xaxis = "x", yaxis = "y" }) {
    return [this.axis(xaxis), this.axis(yaxis)];
  }

  /**
   * Begin to draw between two axes; coordinates are then pixels from their corner.
   * @param {CanvasRenderingContext2D} pen
   * @param {Axis} x
   * @param {Axis} y
   */
  within(pen, x, y) {
    const { ratio } = this;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.save();
    pen.translate(x._offset, y._offset);
    pen.beginPath();
    pen.rect(-1, -1, x._length + 2, y._length + 2);
    pen.clip();
  }

  /** @param {CanvasRenderingContext2D} pen */
  clear(pen) {
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, pen.canvas.width, pen.canvas.height);
  }

  wipe() {
    this.clear(this.grown);
    this.clear(this.fresh);
  }
}

/**
 * A line through points, in pixels of two axes.
 * @param {CanvasRenderingContext2D} pen
 * @param {Points} points
 * @param {Axis} x
 * @param {Axis} y
 * @param {Look} look
 */
export function stroke(pen, points, x, y, look) {
  pen.strokeStyle = look.color;
  pen.lineWidth = look.width;
  pen.globalAlpha = look.opacity;
  pen.setLineDash(dashes(look.dash, look.width));
  pen.lineJoin = "round";
  pen.beginPath();
  let open = false;
  for (let i = 0; i < points.x.length; i += 1) {
    const px = x.c2p(points.x[i]);
    const py = y.c2p(points.y[i]);
    if (!Number.isFinite(px) || !Number.isFinite(py)) open = false;
    else if (open) pen.lineTo(px, py);
    else {
      pen.moveTo(px, py);
      open = true;
    }
  }
  pen.stroke();
}

/**
 * A filled dot.
 * @param {CanvasRenderingContext2D} pen
 * @param {number} px
 * @param {number} py
 * @param {number} radius
 * @param {string} color
 */
export function dot(pen, px, py, radius, color, opacity = 1) {
  if (!Number.isFinite(px) || !Number.isFinite(py)) return;
  pen.globalAlpha = opacity;
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(px, py, radius, 0, 2 * Math.PI);
  pen.fill();
}
