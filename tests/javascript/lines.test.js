import assert from "node:assert/strict";
import { test } from "node:test";

import { path, store } from "../../emergence/ui/browser/lines.js";

const linear = { c2p: (value) => 10 * value };
const logarithmic = { c2p: (value) => 100 * Math.log10(value) };

test("a path goes through the points in the pixels of the axes", () => {
  assert.equal(path([1, 10], [0, 0.25], logarithmic, linear), "M0.0,0.0L100.0,2.5");
  assert.equal(path([], [], linear, linear), "");
});

test("a path lifts its pen where there is no number, and where an axis has no place for one", () => {
  assert.equal(path([1, 2, 3], [1, NaN, 3], linear, linear), "M10.0,10.0M30.0,30.0");
  assert.equal(path([0, 1, 10], [1, 1, 1], logarithmic, linear), "M0.0,10.0L100.0,10.0");
});

test("new points go into their traces and leave the rest", () => {
  const div = { data: [{ name: "a", x: [1] }, { name: "b", x: [1] }] };
  store(div, [[1, { x: [1, 2], y: [3, 4] }]]);
  assert.deepEqual(div.data[0], { name: "a", x: [1] });
  assert.deepEqual(div.data[1], { name: "b", x: [1, 2], y: [3, 4], customdata: undefined });
});
