import assert from "node:assert/strict";
import { test } from "node:test";

import { CHANGES } from "../../emergence/ui/browser/changes.js";
import { strip } from "../../emergence/ui/browser/strip.js";

test("a heatmap that moves keeps its ticks and its scale: Plotly has all names and one number, out of sight", () => {
  const trace = { meta: { role: "overlaps" }, z: [], y: ["7", "3"] };
  const data = { neurons: [7, 3], directions: [0, 1], a: [1, 1] };
  strip({ div: { data: [trace] } }, data);
  assert.deepEqual(trace.y.slice(0, 2), ["7", "3"]);
  assert.deepEqual(trace.z.slice(0, 2), [[null, null], [null, null]], "nothing where the canvas draws");
  assert.deepEqual(trace.z[2], [0, 0]);
  const store = { part: () => Float64Array.from([1, 2, 3, 4]) };
  CHANGES.heatmap({ div: { data: [trace] }, data, store }, { now: [] });
  assert.deepEqual(trace.y, ["7", "3"]);
  assert.deepEqual(trace.z.map((row) => [...row]), [[1, 2], [3, 4]]);
});
