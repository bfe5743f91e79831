import assert from "node:assert/strict";
import test from "node:test";

import { differences } from "../../emergence/ui/browser/compare.js";
import { widened } from "../../emergence/ui/browser/ghost.js";

const parameter = (name, symbol, value) => ({ name, symbol, value, label: name, asked: true });

test("the parameters that differ are listed with both values", () => {
  const before = [parameter("J", "J", "2"), parameter("seed", "seed", "1"), parameter("mixture", "c_i", "")];
  const after = [parameter("J", "J", "4"), parameter("seed", "seed", "1"), parameter("mixture", "c_i", "3:1.0")];
  assert.deepEqual(differences(before, after), ["J 2 → 4", "c_i none → 3:1.0"]);
  assert.deepEqual(differences(before, before), []);
});

test("axes are wide enough for both runs, in their own direction", () => {
  const own = { xaxis: { range: [3, 5], type: "log" }, yaxis: { range: [7.5, -0.5] }, yaxis2: {}, font: {} };
  const other = { xaxis: { range: [2, 4.5] }, yaxis: { range: [15.5, -0.5] }, yaxis2: { range: [0, 1] }, font: {} };
  const wide = widened(own, other);
  assert.deepEqual(wide.xaxis, { range: [2, 5], type: "log" });
  assert.deepEqual(wide.yaxis.range, [15.5, -0.5]);
  assert.deepEqual(wide.yaxis2, {});
  assert.deepEqual(own.xaxis.range, [3, 5]);
});
