import assert from "node:assert/strict";
import { test } from "node:test";

import { DIM } from "../../emergence/ui/browser/changes.js";
import { dimBars, dimLines, framed } from "../../emergence/ui/browser/emphasis.js";

const sheet = (...traces) => ({
  div: { data: traces.map(([role, more]) => ({ meta: { role, ...more } })) },
  opacity: traces.map(([, , opacity]) => opacity),
});

test("the lines of other directions are dimmed, and come back as they were", () => {
  const lines = sheet(["others", { p: 0 }, 0.5], ["matched", { p: 1 }], ["unused", {}], ["mse", {}], ["highlight", {}]);
  dimLines(lines, 0, "red");
  const opacity = () => lines.div.data.map((trace) => trace.opacity);
  assert.deepEqual(opacity(), [0.5, DIM, DIM, undefined, undefined]);
  const [, , , , { x, y, line }] = lines.div.data;
  assert.deepEqual([x, y, line], [[], [], { color: "red" }]);
  dimLines(lines, null, "red");
  assert.deepEqual(opacity(), [0.5, 1, 1, undefined, undefined]);
});

test("so are bars, and keep their other looks", () => {
  const bars = sheet(["winner", {}, 0.8], ["shared", {}], ["neurons", {}]);
  bars.div.data[0].marker = { color: "blue" };
  dimBars(bars, 1, 3);
  assert.deepEqual(bars.div.data.map(({ marker }) => marker), [
    { color: "blue", opacity: [0.2, 0.8, 0.2] }, { opacity: [0.25, 1, 0.25] }, undefined,
  ]);
  dimBars(bars, null, 3);
  assert.deepEqual(bars.div.data[1].marker.opacity, [1, 1, 1]);
});

test("a frame takes the place of the one before, and of no other shape", () => {
  const others = [{ type: "line", name: "half" }];
  const both = framed(framed(others, "red", 4, 2), "red", 1, 0);
  assert.deepEqual(both.map(({ name, x0, x1, y0, y1 }) => [name, x0, x1, y0, y1]), [
    ["half", undefined, undefined, undefined, undefined],
    ["frame", 0, 1, 0.5, 1.5], ["frame", 0.5, 1.5, 0, 1],
  ]);
  assert.deepEqual(framed(both, "red", undefined, null), others);
  assert.equal(framed(others, "red", 0, null).length, 2); // the first row is one
});
