// @ts-check
// One sentence on what a picture shows at a moment, read aloud in its place. Pure.

import { shortNumber } from "./numbers.js";
import { census, learnedOf } from "./scoreboard.js";

/** @typedef {import("./types.js").Experiment} Experiment */
/** @typedef {import("./types.js").Name} Name */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./store.js").Store} Store */

/**
 * @param {Name} name
 * @param {Experiment} data
 * @param {Pick<Store, "header" | "part">} store
 * @param {Row} now
 */
export function alternative(name, data, store, now) {
  const step = now[0];
  const learned = learnedOf(data, store, now, step);
  const start = `At step ${shortNumber(step)} ${learned} of ${data.said.directions} ${data.P === 1 && learned ? "is" : "are"} learned`;
  switch (name) {
    case "loss": {
      const slope = store.part(now, "slope")[0];
      const local = Number.isFinite(slope) ? `, its local slope ${slope.toFixed(1)}` : "";
      return `${start}; the loss is ${shortNumber(store.part(now, "mse")[0])}${local}.`;
    }
    case "norms": {
      const n2 = store.part(now, "n2");
      const grown = data.iota.filter((k, p) => k !== null && n2[k] > data.a[p] / 2).length;
      return `${start}; ${grown} matched neurons have more than half of their norm.`;
    }
    default:
      return `${start}; of ${census(data, store, now)}.`;
  }
}
