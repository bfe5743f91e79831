// What the browser makes of experiments without a server, for test_alone.py: JSON in, JSON out.

import { readFileSync } from "node:fs";

import { endingOf, promiseOf } from "../../emergence/ui/browser/alone/facts.js";
import { answers } from "../../emergence/ui/browser/alone/guesses.js";
import { outcomeOf } from "../../emergence/ui/browser/alone/outcome.js";
import { payload } from "../../emergence/ui/browser/alone/payload.js";
import { fit, makePlan, predictedLosses, stepsOf, theorySlope, whyNoFit, whyNoLaw } from "../../emergence/ui/browser/alone/plan.js";
import { Record } from "../../emergence/ui/browser/alone/record.js";
import { boundC, calmC, divergence, grown } from "../../emergence/ui/browser/alone/stability.js";
import { titles } from "../../emergence/ui/browser/alone/titles.js";

const { cases, template, factors } = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** @type {(key: string, value: any) => any} */
const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(/** @type {Float64Array} */ (value)) : value);

/** @type {(key: string, value: any) => any} */
const exact = (key, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : plain(key, value));

/** Snapshots of neurons on their straight way to a goal. */
function recorded(plan, { goal, norms, shares, steps, mse }) {
  const record = new Record(plan);
  const n2 = plan.e.s0 ** 2;
  shares.forEach((share, i) => record.append(steps[i] * plan.eta, {
    overlaps: plan.overlaps.map((o, j) => (1 - share) * o + share * goal[j]),
    n2: Float64Array.from(norms, (norm) => (1 - share) * n2 + share * norm), mse: mse[i],
  }));
  return record;
}

const made = cases.map(({ e, overlaps, tau, run }) => {
  try {
    const plan = makePlan(e, Float64Array.from(overlaps));
    const record = recorded(plan, run);
    const { a, T, iota, T1, eta, end, snapshots, checkpoints, neurons, directions, unused, link } = plan;
    const crossing = run.crossing.map((step) => (step === null ? null : step * eta));
    const [promise, ending] = [promiseOf(plan), endingOf(plan, record, crossing, false)];
    const numbers = {
      a, T, iota, T1, eta, end, neurons, directions, unused, top: link.top,
      snapshots, checkpoints, steps: stepsOf(plan, snapshots), looks: stepsOf(plan, checkpoints),
      slope: theorySlope(plan), why: whyNoLaw(plan), ...predictedLosses(plan, Float64Array.from(tau)),
      fields: record.fields, width: record.width, rows: run.kept.map((i) => record.rows[i]),
      local: record.rows.map((row) => row[record.fields.slope.offset]), promise, ending,
      fit: fit(plan, record.tau, record.mse), whyNoFit: whyNoFit(plan, record.tau, record.mse),
      titles: titles(promise, ending), diverged: titles(promise, { ...ending, diverged: true }),
      outcome: outcomeOf(plan, record, crossing), bound: boundC(plan), calm: calmC(plan),
      divergences: factors.map((times, i) => divergence(plan, i, grown(times ?? NaN))),
      answers: [[true, false], [false, false], [true, true]].map(([finished, diverged]) => (
        answers(plan, record, crossing, { finished, diverged }))),
    };
    return { numbers: JSON.stringify(numbers, exact), payload: JSON.stringify(payload(plan, template), plain) };
  } catch (error) {
    return { refused: error.message, stack: error.stack };
  }
});
process.stdout.write(JSON.stringify(made));
