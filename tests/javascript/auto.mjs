// What the browser estimates of experiments, and which engine it takes, for test_auto.py: JSON in, JSON out.

import { readFileSync } from "node:fs";

import { flops, memory, seconds } from "../../emergence/ui/browser/alone/cost.js";
import { makePlan } from "../../emergence/ui/browser/alone/plan.js";

const { costs, autos } = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** @param {any} auto */
function taken({ e, overlaps }) {
  try {
    return makePlan(e, Float64Array.from(overlaps)).e.engine;
  } catch (error) {
    return error.message;
  }
}

process.stdout.write(JSON.stringify({
  costs: costs.map(({ e, end }) => [memory(e), flops(e, end), seconds(e, end)]),
  autos: autos.map(taken),
}));
