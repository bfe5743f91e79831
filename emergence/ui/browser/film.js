// @ts-check
// A run as a film for slides: its large picture, painted on a canvas that the browser's own recorder watches.

import { FAMILY, GROUND, INK } from "./framing.js";
import { nameMoving } from "./names.js";
import { exact } from "./numbers.js";
import { joined } from "./stamped.js";
import { tagged, withDuration } from "./webm.js";

/** @typedef {import("./studio.js").Studio} Studio */

/** Formats by the ending of their files. @type {Record<string, string[]>} */
const CODECS = {
  webm: ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"],
  mp4: ["video/mp4;codecs=avc1.640028", "video/mp4;codecs=avc1.42E01F", "video/mp4"],
};
const FRAMES = 30; // a second
const BITS = 10e6; // a second
const REST = 1; // seconds that the end stays

/** The formats that this browser records, as endings of files. */
export const formats = () => Object.keys(CODECS).filter(codec);

/** @param {string} ending */
const codec = (ending) => CODECS[ending].find((type) => typeof MediaRecorder === "function" && MediaRecorder.isTypeSupported(type));

/**
 * How far a film has played the run, from 0 to 1, so many seconds after it began.
 * @param {number} elapsed
 * @param {number} seconds
 */
export const played = (elapsed, seconds) => Math.min(Math.max(elapsed / Math.max(seconds - REST, 0.1), 0), 1);

/**
 * What is filmed: a studio that is open, what the film says of itself, which step is seen at a share of it.
 * @typedef {object} Scene
 * @property {Studio} studio
 * @property {import("./stamped.js").Said} said
 * @property {(share: number) => number} stepAt
 */

/**
 * Record a film; null where it was stopped. It takes as long as it plays.
 * @param {Scene} scene
 * @param {string} ending
 * @param {number} seconds
 * @param {(share: number) => void} progress
 * @param {AbortSignal} stop
 */
export async function record({ studio, said, stepAt }, ending, seconds, progress, stop) {
  const type = codec(ending);
  if (!type) throw new Error(`this browser records no ${ending}`);
  const { width, height } = studio.frame;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Error("this browser draws no canvas");
  const ground = await backdrop(studio);
  paint(studio, pen, ground, stepAt(0));
  const stream = canvas.captureStream(FRAMES);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS });
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const ended = new Promise((resolve) => { recorder.addEventListener("stop", resolve); });
  recorder.start();
  const began = performance.now();
  await new Promise((resolve) => {
    const tick = () => {
      const elapsed = (performance.now() - began) / 1000;
      if (stop.aborted || elapsed >= seconds) {
        resolve(null);
        return;
      }
      paint(studio, pen, ground, stepAt(played(elapsed, seconds)));
      progress(elapsed / seconds);
      requestAnimationFrame(tick);
    };
    tick();
  });
  const long = performance.now() - began;
  recorder.stop();
  await ended;
  for (const track of stream.getTracks()) track.stop();
  if (stop.aborted) return null;
  const film = new Uint8Array(await new Blob(parts).arrayBuffer());
  return { content: joined([ending === "webm" ? tagged(withDuration(film, long), said) : film]), type: type.split(";")[0] };
}

/**
 * All that does not move, as an image.
 * @param {Studio} studio
 */
async function backdrop(studio) {
  const { data, layout } = studio.empty();
  const { width, height } = studio.frame;
  const figure = { data, layout: { ...layout, paper_bgcolor: "transparent" } };
  const image = new Image();
  image.src = await studio.painter.Plotly.toImage(figure, { format: "png", width, height, scale: 1 });
  await image.decode();
  return image;
}

/**
 * One frame: canvases below Plotly's drawing, as on the page, and names over it.
 * @param {Studio} studio
 * @param {CanvasRenderingContext2D} pen
 * @param {HTMLImageElement} ground
 * @param {number} step
 */
function paint(studio, pen, ground, step) {
  const { sheet, sheet: { brush, size }, scene, name, ghost, frame: { width, height, top, inner, small } } = studio;
  if (!brush) return;
  const moment = scene.store.moment(step, scene.data.first);
  brush.haunt(ghost, step);
  brush.paint(scene, moment);
  nameMoving(sheet, scene, moment, name);
  pen.fillStyle = GROUND;
  pen.fillRect(0, 0, width, height);
  const { ink } = brush;
  const over = name === "heatmap" ? [ink.ghost.canvas] : [];
  const under = name === "heatmap" ? [] : [ink.ghost.canvas];
  for (const layer of [...under, ink.grown.canvas, ink.fresh.canvas]) pen.drawImage(layer, 0, top, inner.width, inner.height);
  pen.drawImage(ground, 0, 0);
  for (const layer of over) pen.drawImage(layer, 0, top, inner.width, inner.height);
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.font = `600 ${size}px ${FAMILY}`;
  for (const { text, color, x, y } of studio.labels) {
    pen.fillStyle = color || INK;
    pen.fillText(text, x, top + y);
  }
  pen.textBaseline = "bottom";
  pen.textAlign = "right";
  pen.font = `${small}px ${FAMILY}`;
  pen.fillStyle = INK;
  pen.fillText(`step ${exact(step, scene.data.whole)}`, width - small, height - small / 2);
}
