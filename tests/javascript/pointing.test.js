import assert from "node:assert/strict";
import { test } from "node:test";

import { completed, emerging, target } from "../../emergence/ui/browser/pointing.js";

const data = { iota: [5, null, 2], T: [100, null, 1000], directions: [0, 1, 2], neurons: [5, 2, 0] };
const point = (role, more = {}, meta = {}) => ({ data: { meta: { role, ...meta } }, ...more });

test("a point stands for the direction and the neuron of its trace", () => {
  const cases = [
    ["overlaps", point("others", { customdata: 4 }, { p: 1 }), { p: 1, k: 4 }],
    ["overlaps", point("matched", {}, { p: 2 }), { p: 2, k: 2 }],
    ["overlaps", point("predicted", { customdata: 3 }), { p: 2, k: null }],
    ["norms", point("unused", { customdata: 0 }), { p: null, k: 0 }],
    ["norms", point("norm", {}, { p: 0, k: 5 }), { p: 0, k: 5 }],
    ["matching", point("winner", { x: 3 }), { p: 2, k: null }],
    ["matching", point("shared", { x: 1 }), { p: 0, k: null }],
    ["matching", point("neurons", { customdata: [2, 3] }), { p: null, k: 2 }],
    ["loss", { data: {}, x: 105 }, { p: 0, k: null }],
    ["overlaps", { data: {} }, null],
    ["heatmap", point("overlaps", { pointIndex: [1, 2] }), { p: 2, k: 2 }],
  ];
  for (const [name, where, what] of cases) assert.deepEqual(target(data, name, where), what);
});

test("a direction brings its neuron and a neuron its direction, where they have one", () => {
  assert.deepEqual(completed(data.iota, { p: 0, k: null }), { p: 0, k: 5 });
  assert.deepEqual(completed(data.iota, { p: null, k: 2 }), { p: 2, k: 2 });
  assert.deepEqual(completed(data.iota, { p: 1, k: null }), { p: 1, k: null });
  assert.deepEqual(completed(data.iota, { p: null, k: 0 }), { p: null, k: 0 });
  assert.deepEqual(completed(data.iota, { p: null, k: null }), { p: null, k: null });
  assert.equal(completed(data.iota, null), null);
});

test("the loss belongs to the direction that emerges near", () => {
  assert.equal(emerging(data.T, 110), 0);
  assert.equal(emerging(data.T, 900), 2);
  assert.equal(emerging(data.T, 300), null);
  assert.equal(emerging([null, 0], 300), null);
});
