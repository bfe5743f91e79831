// Plotly from our own server, and the look that depends on the page: theme and size.

const SVG = {
  name: "svg",
  title: "Download picture as SVG",
  icon: {
    width: 24, height: 24, path: "M5 20h14v-2H5v2zM19 9h-4V3H9v6H5l7 7 7-7z",
  },
  click: (picture) => window.Plotly.downloadImage(picture, { format: "svg", filename: "emergence-lab" }),
};

export const CONFIG = {
  displaylogo: false,
  responsive: false,
  plotlyServerURL: "", // nothing leaves this server
  toImageButtonOptions: { filename: "emergence-lab", scale: 2 },
  modeBarButtonsToAdd: [SVG],
  modeBarButtonsToRemove: ["sendChartToCloud", "sendDataToCloud", "select2d", "lasso2d"],
};

const loaded = new Map();

// One of our bundles; the page's head has begun to load the small one (see ui/early.py).
export function loadPlotly({ scripts, plotly }) {
  const src = `${scripts}/${plotly}`;
  if (!loaded.has(src)) {
    loaded.set(src, new Promise((resolve, reject) => {
      let script = document.querySelector(`script[src="${src}"]`);
      if (script && window.Plotly) {
        resolve(window.Plotly);
        return;
      }
      if (!script) {
        script = Object.assign(document.createElement("script"), { src });
        document.head.append(script);
      }
      script.addEventListener("load", () => resolve(window.Plotly));
      script.addEventListener("error", () => reject(new Error("Plotly could not be loaded")));
    }));
  }
  return loaded.get(src);
}

// The page's text colour and font; smaller letters where there is little room.
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
