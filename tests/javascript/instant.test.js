// What a control says, and whose word holds.

import assert from "node:assert/strict";
import { test } from "node:test";

import { wanted } from "../../emergence/ui/browser/alone/making.js";
import { Instant, said } from "../../emergence/ui/browser/instant.js";

/** @param {Record<string, string>} attributes */
const input = ({ type = "text", value = "", min = "", max = "", ...attributes }) => (
  { type, value, min, max, getAttribute: (/** @type {string} */ name) => attributes[name] ?? null });

test("a slider with stops says the value that it shows, another one its own", () => {
  const stops = { "c = 0.05": 0.05, "c = 0.063": 0.063 };
  assert.equal(said(input({ type: "range", value: "1", "aria-valuetext": "c = 0.063" }), stops, false), 0.063);
  assert.equal(said(input({ type: "range", value: "7", "aria-valuetext": "c = 0.0501" }), stops, false), null);
  assert.equal(said(input({ type: "range", value: "1.05", "aria-valuetext": "1.05" }), undefined, false), 1.05);
});

test("a number says what it may, a list its choice once it is closed, a text nothing", () => {
  const number = { type: "number", min: "0", max: "99" };
  assert.equal(said(input({ ...number, value: "17" }), undefined, false), 17);
  assert.equal(said(input({ ...number, value: "100" }), undefined, false), null);
  assert.equal(said(input({ ...number, value: "" }), undefined, false), null);
  const list = { value: "flow", role: "combobox" };
  assert.equal(said(input({ ...list, "aria-expanded": "false" }), undefined, true), "flow");
  assert.equal(said(input({ ...list, "aria-expanded": "true" }), undefined, true), null);
  assert.equal(said(input({ value: "3:1" }), undefined, true), null);
});

test("a word about an earlier move is overtaken, one about the last holds", () => {
  const instant = Object.assign(Object.create(Instant.prototype), { moves: new Map([["beta", 1.05], ["d", 91]]) });
  assert.equal(instant.overtakes({ controls: { beta: 1.05, d: 64 } }), true);
  assert.equal(instant.overtakes({ controls: { beta: 1.05, d: 91, P: 8 } }), false);
  assert.equal(instant.moves.size, 0);
  assert.equal(instant.overtakes({ controls: {} }), false);
});

test("what no browser makes waits for the server", () => {
  const usual = { d: 64, P: 8, beta: 1, J: 4, m: 32, c: 0.05, s0: 0.05, B: 1, seed: 1, engine: "auto", normalisation: "paper", horizon: 1.5, steps: 0, mixture: "", later: 0 };
  const parameters = Object.entries(usual).map(([name, value]) => ({ name, default: name === "mixture" ? [] : value }));
  /** @param {object} moved */
  const made = (moved) => wanted({ ...usual, ...moved }, /** @type {any} */ ({ parameters }));
  assert.equal(made({})?.engine, "auto");
  assert.equal(made({ P: 32, m: 128, engine: "flow" })?.P, 32);
  for (const moved of [{ P: 33 }, { m: 129 }, { d: 4 }, { engine: "decoupled" }, { mixture: "3:1" }, { later: 1 }]) {
    assert.equal(made(moved), null, JSON.stringify(moved));
  }
});
