// Plotly from our own server, and the look that depends on the page: theme and size.

export const CONFIG = {
  displaylogo: false,
  responsive: false,
  plotlyServerURL: "", // nothing leaves this server
  modeBarButtonsToRemove: ["sendChartToCloud", "sendDataToCloud", "select2d", "lasso2d"],
};

let plotly = null;

// The page's head has begun to load it (see ui/early.py).
export function loadPlotly(data) {
  plotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) {
      resolve(window.Plotly);
      return;
    }
    const src = `${data.scripts}/${data.plotly}`;
    let script = document.querySelector(`script[src="${src}"]`);
    if (!script) {
      script = Object.assign(document.createElement("script"), { src });
      document.head.append(script);
    }
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => reject(new Error("Plotly could not be loaded")));
  });
  return plotly;
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
