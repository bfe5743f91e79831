// @ts-check
// What a hovered point of a picture stands for: a direction p, a neuron k, or both.

/** @typedef {import("./types.js").Payload} Payload */
/** @typedef {import("./types.js").Target} Target */

const NEAR = 0.2; // in log time: how near to T_p the loss belongs to direction p

/**
 * @param {Payload} data
 * @param {import("./types.js").Name} name
 * @param {import("./types.js").Point} point
 * @returns {Target | null}
 */
export function target(data, name, point) {
  if (name === "heatmap") {
    const [row, column] = point.pointIndex;
    return { p: data.directions[column], k: data.neurons[row] };
  }
  const { meta } = point.data;
  switch (meta?.role) {
    case "others": return { p: meta.p, k: point.customdata };
    case "unused": return { p: null, k: point.customdata };
    case "matched": return { p: meta.p, k: data.iota[meta.p] };
    case "norm": return { p: meta.p, k: meta.k };
    case "winner":
    case "shared": return { p: point.x - 1, k: null };
    case "neurons": return { p: null, k: point.customdata[0] };
    case "predicted": return { p: point.customdata - 1, k: null };
    default: return name === "loss" ? { p: emerging(data.T, point.x), k: null } : null;
  }
}

/**
 * A direction brings its matched neuron, a matched neuron its direction.
 * @param {(number | null)[]} iota
 * @param {Target | null} pointed
 * @returns {Target | null}
 */
export function completed(iota, pointed) {
  if (!pointed) return null;
  const of = pointed.k === null ? -1 : iota.indexOf(pointed.k);
  const p = pointed.p ?? (of < 0 ? null : of);
  return { p, k: pointed.k ?? (p === null ? null : iota[p]) };
}

/**
 * The direction predicted to emerge nearest to a step, if one is near.
 * @param {(number | null)[]} T
 * @param {number} step
 */
export function emerging(T, step) {
  const far = T.map((time) => (time !== null && time > 0 ? Math.abs(Math.log(step / time)) : Infinity));
  const p = far.indexOf(Math.min(...far));
  return far[p] < NEAR ? p : null;
}
