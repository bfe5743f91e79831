// @ts-check
// Plotly from our own server, and its buttons.

import { at } from "./root.js";

/** @typedef {import("./types.js").Plotly} Plotly */

/** Plotly's bundle says so of itself. @returns {Plotly | undefined} */
const present = () => Reflect.get(window, "Plotly");

/**
 * A button that saves a picture as it is seen.
 * @param {string} format
 * @param {string} path of its icon
 */
const saving = (format, path) => ({
  name: format,
  title: `Download picture as ${format.toUpperCase()}`,
  icon: { width: 24, height: 24, path },
  /** @param {HTMLElement & {save?: (format: string) => void}} picture */
  click: (picture) => {
    if (picture.save) {
      picture.save(format);
      return;
    }
    const scale = format === "png" ? 2 : 1;
    const { clientWidth: width, clientHeight: height } = picture;
    present()?.downloadImage(picture, { format, width, height, scale, filename: "emergence-lab" });
  },
});
const PNG = saving("png", "M9 4L7.2 6H4v14h16V6h-3.2L15 4zM12 17a4 4 0 1 1 0-8a4 4 0 1 1 0 8z");
const SVG = saving("svg", "M5 20h14v-2H5v2zM19 9h-4V3H9v6H5l7 7 7-7z");

export const CONFIG = {
  displaylogo: false,
  responsive: false,
  plotlyServerURL: "", // nothing leaves this server
  modeBarButtonsToAdd: [PNG, SVG],
  modeBarButtonsToRemove: ["toImage", "sendChartToCloud", "sendDataToCloud", "select2d", "lasso2d"],
};

/** By address. @type {Map<string, Promise<Plotly>>} */
const loaded = new Map();

/**
 * One of our bundles; the page's head has begun to load the small one (see ui/server/preload.py).
 * @param {string} path below the server's address
 */
export function loadPlotly(path) {
  const src = at(path);
  const loading = loaded.get(src) ?? load(src);
  loaded.set(src, loading);
  return loading;
}

/**
 * @param {string} src
 * @returns {Promise<Plotly>}
 */
function load(src) {
  return new Promise((resolve, reject) => {
    let script = [...document.scripts].find((each) => each.src === src);
    const here = script && present();
    if (here) {
      resolve(here);
      return;
    }
    if (!script) {
      script = Object.assign(document.createElement("script"), { src });
      document.head.append(script);
    }
    const failed = () => reject(new Error("Plotly could not be loaded"));
    script.addEventListener("load", () => {
      const Plotly = present();
      if (Plotly) resolve(Plotly);
      else failed();
    });
    script.addEventListener("error", failed);
  });
}
