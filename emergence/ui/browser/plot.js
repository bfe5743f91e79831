// @ts-check
// Plotly from our own server, and the look that depends on the page: theme and size.

/** @typedef {import("./types.js").Plotly} Plotly */

/** Plotly's bundle says so of itself. @returns {Plotly | undefined} */
const present = () => Reflect.get(window, "Plotly");

const SVG = {
  name: "svg",
  title: "Download picture as SVG",
  icon: {
    width: 24, height: 24, path: "M5 20h14v-2H5v2zM19 9h-4V3H9v6H5l7 7 7-7z",
  },
  /** @param {unknown} picture */
  click: (picture) => present()?.downloadImage(picture, { format: "svg", filename: "emergence-lab" }),
};

export const CONFIG = {
  displaylogo: false,
  responsive: false,
  plotlyServerURL: "", // nothing leaves this server
  toImageButtonOptions: { filename: "emergence-lab", scale: 2 },
  modeBarButtonsToAdd: [SVG],
  modeBarButtonsToRemove: ["sendChartToCloud", "sendDataToCloud", "select2d", "lasso2d"],
};

/** @type {Map<string, Promise<Plotly>>} */
const loaded = new Map();

/**
 * One of our bundles; the page's head has begun to load the small one (see ui/server/preload.py).
 * @param {string} src
 */
export function loadPlotly(src) {
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
    let script = document.querySelector(`script[src="${src}"]`);
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

/**
 * The page's text colour and font; smaller letters where there is little room.
 * @param {import("./types.js").Layout} layout
 * @param {Element} host
 */
export function dress(layout, host) {
  const style = getComputedStyle(host);
  layout.font.color = style.color;
  layout.font.family = style.fontFamily;
  if (window.innerWidth >= 1100) return;
  layout.font.size = 12;
  layout.margin = { ...layout.margin, l: 52, r: 8, t: 30, b: 40 };
  layout.title.font.size = 14;
  if (layout.legend) layout.legend.font.size = 11;
}
