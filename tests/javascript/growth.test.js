import assert from "node:assert/strict";
import { test } from "node:test";

import { Growth } from "../../emergence/ui/browser/growth.js";
import { dashes } from "../../emergence/ui/browser/ink.js";
import { colours } from "../../emergence/ui/browser/brush.js";

const x = { c2p: (value) => 100 * Math.log10(value) };
const y = { c2p: (value) => 100 - 100 * value };

/** A pen that remembers the lines it has drawn. */
function pen() {
  const lines = [];
  let from;
  return {
    lines, setLineDash() {}, beginPath() {}, stroke() {},
    moveTo(px, py) { from = [px, py]; },
    lineTo(px, py) { lines.push([...from, px, py]); from = [px, py]; },
  };
}

const rows = [1, 2, 4, 8, 16, 32].map((step, i) => [step, i / 10, 0.5]);
const sheaf = () => [{ offsets: [1, 2], scale: 1, color: "red", width: 1, opacity: 1 }];

test("what is drawn in pieces is what is drawn at once", () => {
  const [once, pieces] = [pen(), pen()];
  new Growth(sheaf()).grow(once, rows, x, y);
  const growth = new Growth(sheaf());
  for (let n = 1; n <= rows.length; n += 1) growth.grow(pieces, rows.slice(0, n), x, y);
  assert.deepEqual(pieces.lines, once.lines);
  assert.ok(once.lines.length >= 5);
});

test("each piece begins where the last one of its curve ended, and the last is the present", () => {
  const one = pen();
  new Growth([{ ...sheaf()[0], offsets: [1] }]).grow(one, rows, x, y);
  one.lines.slice(1).forEach((line, i) => {
    assert.ok(Math.abs(line[0] - one.lines[i][2]) < 1e-3 && Math.abs(line[1] - one.lines[i][3]) < 1e-3);
  });
  const [, , px, py] = one.lines[one.lines.length - 1];
  assert.ok(Math.abs(px - x.c2p(32)) < 1e-9 && Math.abs(py - y.c2p(0.5)) < 1e-9);
});

test("a curve that rests costs few pieces", () => {
  const flat = pen();
  const many = Array.from({ length: 1000 }, (_, i) => [1 + i / 1000, 0.5]);
  const growth = new Growth([{ ...sheaf()[0], offsets: [1] }]);
  for (let n = 1; n <= many.length; n += 1) growth.grow(flat, many.slice(0, n), x, y);
  assert.ok(flat.lines.length < 10);
});

test("dashes are longer on thicker lines and none on a solid one", () => {
  assert.deepEqual(dashes("solid", 4), []);
  assert.deepEqual(dashes("dot", 1), [3, 3]);
  assert.deepEqual(dashes("dash", 4), [12, 12]);
});

test("a scale's colours run from its first to its last", () => {
  const table = colours([[0, "#000000"], [0.5, "rgb(100, 0, 0)"], [1, "#ffffff"]]);
  assert.equal(table.length, 256);
  assert.deepEqual([table[0], table[255]], ["#000000", "#ffffff"]);
  assert.equal(table[64], "#320000"); // half of 100
});
