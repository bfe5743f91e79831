import assert from "node:assert/strict";
import { test } from "node:test";

import { clear, lossEnds } from "../../emergence/ui/browser/names.js";

const axis = { _offset: 10, _length: 200, c2p: (value) => 100 * value };
const scene = (metas) => ({
  div: { data: metas.map((meta) => ({ meta, line: { color: "red" } })), _fullLayout: { xaxis: axis, yaxis: axis, width: 300 } },
  data: { first: 1 },
  store: { fields: { mse: { offset: 1 } } },
});
const now = Float64Array.from([1.5, 0.5]);

test("the loss with all skills and that of the first ones are named at their ends, one below the other", () => {
  const both = scene([{ role: "mse", end: "first 16" }, { role: "corrected", beyond: 0.5, end: "all skills" }]);
  const names = lossEnds(both, now, 16);
  assert.deepEqual(names.map(({ text, y }) => [text, y]), [["all skills", 110], ["first 16", 60]]);
  assert.ok(names.every(({ x }) => x > 10 + 150), "to the right of the ends");
  const near = lossEnds(scene([{ role: "mse", end: "first 16" }, { role: "corrected", beyond: 0.01, end: "all skills" }]), now, 16);
  assert.ok(near[0].y - near[1].y >= 20 - 1e-9, "ends that are close have names that are not");
});

test("a loss that is the only one has no name", () => {
  assert.deepEqual(lossEnds(scene([{ role: "mse" }]), now, 16), []);
});

test("a name that moves is not written over one that stands", () => {
  const name = { text: "all skills", color: "red", x: 50, y: 50 };
  assert.deepEqual(clear([name], [{ text: "finite P", color: "blue", x: 60, y: 60, width: 40 }], 16), []);
  assert.deepEqual(clear([name], [{ text: "finite P", color: "blue", x: 60, y: 90, width: 40 }], 16), [name]);
  assert.deepEqual(clear([name], [{ text: "finite P", color: "blue", x: 5, y: 50, width: 40 }], 16), [name]);
});
