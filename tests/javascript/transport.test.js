import assert from "node:assert/strict";
import { test } from "node:test";

import { ahead, limit, status } from "../../emergence/ui/browser/transport.js";

const at = { state: "paused", position: 1234.4, end: 5e6, moved: 0, done: false, next: 1300.4 };

test("the status says where the viewer is, and how far the last press went", () => {
  assert.equal(status(at, true), "paused · step 1,234 of 5.00 M");
  assert.equal(status({ ...at, moved: 66 }, true), "paused · step 1,234 of 5.00 M (+66 steps)");
  assert.equal(status({ ...at, position: 0.25, moved: 1 }, false), "paused · step 0.250 of 5.00 M (+1 step)");
});

test("the button says how far the next snapshot is, and when there is none", () => {
  assert.equal(ahead(at, true), "Next snapshot: 66 steps on (→)");
  assert.equal(ahead({ ...at, position: at.end }, true), "This is the last snapshot");
  assert.equal(ahead({ ...at, done: true }, true), "This is the last snapshot", "of a run that stopped");
});

test("the speed is a limit, or none", () => {
  assert.equal(limit(12500), "≤ 12,500 steps/s");
  assert.equal(limit(Infinity), "max");
});
