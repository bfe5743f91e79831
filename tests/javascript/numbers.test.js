import assert from "node:assert/strict";
import { test } from "node:test";

import { counted, shortNumber } from "../../emergence/ui/browser/numbers.js";

test("numbers are short", () => {
  const written = [
    [null, "–"], [undefined, "–"], [NaN, "–"], [Infinity, "–"], [0, "0"], [7, "7"], [0.012345, "0.0123"],
    [99.96, "100"], [123.4, "123"], [12345, "12,345"], [99999, "99,999"], [100000, "100 k"],
    [1234567, "1.23 M"], [2.5e9, "2.50 G"], [7.1e12, "7.10 T"], [3.2e15, "3.20e+15"],
  ];
  for (const [value, text] of written) assert.equal(shortNumber(value), text);
});

test("whatever is written is within half a per cent of the number", () => {
  const units = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
  for (let power = -8; power < 20; power += 0.37) {
    const [number, unit] = shortNumber(10 ** power).replaceAll(",", "").split(" ");
    const read = Number(number) * (units[unit] ?? 1);
    assert.ok(Math.abs(read / 10 ** power - 1) < 0.0051, `10^${power}: ${number} ${unit}`);
  }
});

test("steps are counted exactly where they are whole", () => {
  assert.equal(counted(1, true), "1 step");
  assert.equal(counted(1234567.2, true), "1,234,567 steps");
  assert.equal(counted(1234567.2, false), "1.23 M steps");
  assert.equal(counted(0.25, false), "0.250 steps");
});
