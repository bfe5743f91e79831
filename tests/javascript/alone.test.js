import assert from "node:assert/strict";
import { test } from "node:test";

import { fragment, said } from "../../emergence/ui/browser/alone/address.js";
import { inflated } from "../../emergence/ui/browser/alone/packed.js";
import { rowsOf } from "../../emergence/ui/browser/alone/recorded.js";
import { encoded, since } from "../../emergence/ui/browser/alone/wire.js";
import { Store } from "../../emergence/ui/browser/store.js";

const NAMES = { view: "view", picture: "picture" };
const HEADER = { from: 0, rows: 3, steps: [0, 10, 1e15 + 1, 1e15 + 3], tip: true, width: 2, state: "running", message: "β" };
const ROWS = [[0, 1], [0.25, 2], [0.5, 3], [0.75, 4]];

test("an answer is what the server's would be: a store takes it in", () => {
  const store = new Store({ fields: {} });
  store.take(encoded(HEADER, ROWS));
  assert.equal(store.rows.length, 3);
  assert.equal(store.header.message, "β");
  assert.deepEqual([...store.row(3)], [1e15 + 3, 4]);
});

test("who has some rows is sent the others, who claims too many all of them", () => {
  const store = new Store({ fields: {} });
  store.take(encoded({ ...HEADER, rows: 1, steps: [0], tip: false }, ROWS.slice(0, 1)));
  store.take(since(HEADER, ROWS, 1));
  assert.deepEqual(store.rows.map((row) => [...row]), [[0, 1], [10, 2], [1e15 + 1, 3]]);
  store.take(since(HEADER, ROWS, 3));
  assert.equal(store.rows.length, 3);
  assert.equal(store.count, 4);
  store.take(since(HEADER, ROWS, 7));
  assert.equal(store.rows.length, 3);
});

test("rows that lie column by column, by the place of their bytes, come back", () => {
  const rows = [[1.5, -2, Math.fround(0.1)], [3e-20, 4e8, NaN]];
  const bytes = new Uint8Array(24);
  for (const [i, row] of rows.entries()) {
    for (const [j, number] of row.entries()) {
      const four = new Uint8Array(new Float32Array([number]).buffer);
      for (let place = 0; place < 4; place += 1) bytes[(place * 3 + j) * 2 + i] = four[place];
    }
  }
  assert.deepEqual(rowsOf(bytes, 3).map((row) => [...row]), rows.map((row) => row.map(Math.fround)));
});

test("deflated bytes come back", async () => {
  const deflated = await new Response(new Blob(["What is packed"]).stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer();
  const text = btoa(String.fromCharCode(...new Uint8Array(deflated)));
  assert.equal(new TextDecoder().decode(await inflated(`\n${text}\n`)), "What is packed");
});

test("what stands behind the # wins over what stands before it, and comes back", () => {
  const given = { search: "?d=32", hash: "#d=64&mixture=3%3A0.6%2C4%3A0.8&view=lecture&picture=loss" };
  const first = said(given, NAMES);
  assert.equal(first.stage, "lecture");
  assert.equal(first.picture, "loss");
  assert.equal(new URLSearchParams(first.query).get("mixture"), "3:0.6,4:0.8");
  assert.deepEqual(said({ search: "", hash: fragment(first, NAMES) }, NAMES), first);
  assert.equal(said({ search: "?d=32&embed=true", hash: "" }, NAMES).query, "d=32");
  assert.equal(said({ search: "?embed=true", hash: "#" }, NAMES).stage, "embed");
  assert.equal(fragment({ query: "", stage: "page", picture: "" }, NAMES), "");
});
