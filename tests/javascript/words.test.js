import assert from "node:assert/strict";
import test from "node:test";

import { some, someNeurons } from "../../emergence/ui/browser/network.js";
import { meanings, pieces } from "../../emergence/ui/browser/words.js";

const WORDS = { u: "overlap", wₚ: "direction", "v̄ₖ": "neuron", "|vₖ|²": "weight", vₖ: "neuron", p: "number" };
const symbols = (text) => pieces(text, WORDS).filter(({ symbol }) => symbol).map((each) => each.text);

test("symbols are found where they stand alone", () => {
  assert.deepEqual(symbols("u = ⟨v̄ₖ, wₚ⟩²"), ["u", "v̄ₖ", "wₚ"]);
  assert.deepEqual(symbols("|vₖ|² of p"), ["|vₖ|²", "p"]);
  assert.deepEqual(symbols("unused up, population, T_p"), []);
});

test("no letter of a text is lost", () => {
  for (const text of ["u = ⟨v̄ₖ, wₚ⟩²", "", "p", "Norms: used grow to aₚ"]) {
    assert.equal(pieces(text, WORDS).map((piece) => piece.text).join(""), text);
  }
});

test("each symbol is explained once", () => {
  assert.deepEqual(meanings("u over u of p", WORDS), ["u: overlap", "p: number"]);
});

test("a layer shows few nodes, the last one among them", () => {
  const all = Array.from({ length: 64 }, (_, i) => i);
  assert.deepEqual(some(all), [0, 1, 2, 3, 4, 5, 6, 63]);
  assert.deepEqual(some([0, 1]), [0, 1]);
});

test("the neurons shown are those of the directions shown, and others", () => {
  assert.deepEqual(someNeurons({ iota: [5, null, 2], m: 7 }, [0, 1, 2]), [0, 1, 2, 3, 4, 5, 6]);
  assert.ok(someNeurons({ iota: [40, 30], m: 64 }, [0, 1]).includes(40));
  assert.deepEqual(someNeurons({ iota: [0], m: 1 }, [0]), [0]);
});
