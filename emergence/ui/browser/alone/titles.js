// @ts-check
// What the pictures' titles may say of a run with SGD (`runs/titles.py`), before its end and after.

import { fixed, percent, plural } from "./phrases.js";
import { CLASSES } from "./record.js";
import { hasPowerLaw, timeExponent } from "./scaling.js";

/** @typedef {import("./facts.js").Promised} Promised */
/** @typedef {import("./facts.js").Ending} Ending */

/** From so many directions on steps are seen as a line. */
export const MANY = 16;
const NEAR_SLOPE = 0.2;
const FALLEN = 0.99;
const ALWAYS = {
  heatmap: "Overlaps, ordered by ι", matching: "Who learns what (number: a neuron)",
  board: "The prediction and the run",
};

/**
 * Titles by picture; `ending` once the run is over.
 * @param {Promised} promise
 * @param {Ending | null} [ending]
 * @returns {import("../types.js").Titles}
 */
export function titles(promise, ending = null) {
  const { e, due } = promise;
  if (!ending) {
    return {
      overlaps: overlapsBefore(promise), loss: lossBefore(promise),
      norms: e.m <= e.P ? "Norms: a neuron that learns grows to aₚ" : "Norms: matched should grow to aₚ, others are grey",
      map: due ? "Neuron map: a ring closes by its predicted time" : "Neuron map", ...ALWAYS,
    };
  }
  if (ending.diverged) {
    const until = "until the run diverged";
    return {
      overlaps: `Overlaps, ${until}`, loss: `Loss, ${until}`, norms: `Norms, ${until}`,
      map: `Neuron map, ${until} (large norms are cut off)`, ...ALWAYS,
    };
  }
  const { counts, grown, learned, matched } = ending;
  const kinds = counts.map((count, i) => `${count} ${CLASSES[i]}`).join(", ");
  return {
    overlaps: overlapsAfter(promise, ending), loss: lossAfter(promise, ending),
    norms: matched ? `Norms: ${grown} of ${plural(matched, "neuron")} matched by ι grew to aₚ` : "Norms: no neuron is matched",
    map: `Neuron map: ${learned} of ${plural(e.P, "skill")} learned`,
    ...ALWAYS, matching: `Who learns what, ${plural(e.m, "neuron")}: ${kinds}`,
  };
}

/** @param {Promised} promise */
function overlapsBefore({ e, due, marked, jumps, mixed }) {
  if (!due) return "Overlaps: none is predicted to pass 1/2 in this run";
  if (!marked) return "Overlaps: the predicted times are off this axis";
  if (jumps) return `Overlaps: theory predicts ${marked === 1 ? "a jump" : "jumps"} at ▼`;
  if (mixed || e.J > 2) return "Overlaps: u = 1/2 is predicted at ▼";
  return `Overlaps: J = ${e.J}, theory predicts no sharp jump`;
}

/** @param {Promised} promise */
function lossBefore({ e, mixed, law }) {
  const { P, m, J, beta } = e;
  if (P === 1) return "Loss: a single skill, no sum and no power law";
  if (J === 1 && !mixed) return "Loss: J = 1 sees one direction, no power law";
  if (m < P) return `Loss: ${plural(m, "neuron")} for ${plural(P, "skill")}, a plateau is predicted`;
  if (!hasPowerLaw(beta)) return "Loss: no power law at β ≤ 1/2";
  if (!law) return "Loss: σ has a linear part, no power law predicted";
  if (P < MANY) return `Loss: ${plural(P, "skill")} here; hundreds make a power law`;
  return `Loss: theory predicts slope ${fixed(timeExponent(beta) ?? 0, 2)} for P → ∞`;
}

/**
 * @param {Promised} promise
 * @param {Ending} ending
 */
function overlapsAfter({ e: { P }, jumps }, { found, learned, jumped, strayed }) {
  const verb = learned < found ? "found" : "learned";
  const skills = plural(P, "skill");
  if (!found) {
    const none = P === 1 ? "the skill is not" : P === 2 ? "neither skill is" : `none of ${skills} is`;
    return `Overlaps: ${none} ${verb} in this run`;
  }
  const sharp = jumps && jumped === found;
  if (P === 1) return `Overlaps: the skill is ${verb}${sharp ? " in a jump" : ""}`;
  const count = found < P ? `${found} of ${skills}` : P === 2 ? "both skills" : `all ${skills}`;
  const both = verb === "found" && learned;
  const said = both ? [`${count} found (u > 1/2)`, `${learned} learned (Rₚ > 1/2)`] : [`${count} ${verb}`];
  if (strayed) said.push(`${strayed} not by ι's neuron`);
  else if (sharp && said.length === 1) said.push(found > 1 ? "each in a jump" : "in a jump");
  return `Overlaps: ${said.join(", ")}`;
}

/**
 * @param {Promised} promise
 * @param {Ending} ending
 */
function lossAfter({ e: { P, m, beta }, jumps, mixed, law }, { found, learned, jumped, left, slope }) {
  if (left > FALLEN) {
    const little = learned ? "hardly fallen" : "not fallen";
    return `Loss: it has ${left > 1 / FALLEN ? "risen" : little} in this run`;
  }
  const rest = `${left < 0.001 ? "under 0.1%" : percent(left, left >= 0.1 ? 0 : 1)} is left`;
  if (P === 1) return `Loss: a single skill; ${rest}`;
  if (m < P && learned >= m) return `Loss: ${plural(m, "neuron")} for ${plural(P, "skill")}; ${rest}`;
  const theory = timeExponent(beta) ?? 0;
  const agrees = slope !== null && Math.abs(slope - theory) <= NEAR_SLOPE * Math.abs(theory);
  if (law && P >= MANY && learned === P && agrees) {
    return `Loss: ${jumps && jumped === found ? "the jumps" : "many skills"} add up to a power law`;
  }
  if (!law) {
    const why = !hasPowerLaw(beta) ? "at β ≤ 1/2" : mixed ? "predicted" : "at J = 1";
    return `Loss: ${rest}; no power law ${why}`;
  }
  return `Loss: ${rest}, ${learned} of ${plural(P, "skill")} learned`;
}
