// What the browser makes of experiments without a server, for test_alone.py: JSON in, JSON out.

import { readFileSync } from "node:fs";

import { makePlan, predictedLosses, stepsOf, theorySlope, whyNoLaw } from "../../emergence/ui/browser/alone/plan.js";
import { normGrowthDelay } from "../../emergence/ui/browser/alone/predictions.js";
import { Record } from "../../emergence/ui/browser/alone/record.js";

const { cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** @type {(key: string, value: any) => any} */
const plain = (_, value) => {
  if (ArrayBuffer.isView(value)) return Array.from(/** @type {Float64Array} */ (value));
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
};

const made = cases.map(({ e, overlaps, tau, measured }) => {
  try {
    const plan = makePlan(e, Float64Array.from(overlaps));
    const record = new Record(plan);
    const rows = measured.map(({ step, overlaps: now, n2, mse }) => (
      record.append(step * plan.eta, { overlaps: Float64Array.from(now), n2: Float64Array.from(n2), mse })));
    const { a, T, iota, T1, eta, end, snapshots, checkpoints, neurons, directions, unused, link } = plan;
    return {
      numbers: {
        a, T, iota, T1, eta, end, neurons, directions, unused, top: link.top,
        snapshots, checkpoints, steps: stepsOf(plan, snapshots), looks: stepsOf(plan, checkpoints),
        delay: normGrowthDelay(a, e.s0, link), slope: theorySlope(plan), why: whyNoLaw(plan),
        ...predictedLosses(plan, Float64Array.from(tau)), fields: record.fields, width: record.width, rows,
      },
    };
  } catch (error) {
    return { refused: error.message };
  }
});
process.stdout.write(JSON.stringify(made, plain));
