import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.window = globalThis;
const { askEarly, takeEarly } = await import("../../emergence/ui/browser/early.js");

const given = (query) => JSON.stringify({
  query, module: "lab.js", plotly: "p.js", run: "lab/run", figures: "lab/figures", controls: { d: 2 }, opening: null,
}).replaceAll('":', '": ').replaceAll(',"', ', "');
const message = (query) => `\x12\x00emergence_live_lab${given(query)}\x18 {"other": 1}`;

// What is asked for while `act` runs; the figures have come, the numbers too.
function asked(act) {
  const urls = [];
  globalThis.fetch = async (url) => {
    urls.push(new URL(url));
    return { ok: true, url, json: async () => ({ P: 8 }), arrayBuffer: async () => new ArrayBuffer(4) };
  };
  act();
  return urls;
}

test("what the server names is asked for at once, and handed out once", async () => {
  const urls = asked(() => askEarly(message("d=16&P=2")));
  assert.deepEqual(urls.map(({ pathname, searchParams }) => [pathname.split("/").at(-1), searchParams.get("query")]), [
    ["figures", "d=16&P=2"], ["run", "d=16&P=2"],
  ]);
  const early = takeEarly("d=16&P=2");
  assert.deepEqual(await early.figures, { P: 8, query: "d=16&P=2" });
  assert.equal((await early.rows).byteLength, 4);
  assert.equal(early.here, await early.rows);
  assert.equal(urls[1].searchParams.get("viewer"), early.viewer);
  assert.equal(takeEarly("d=16&P=2"), null);
});

test("nothing is asked for where nothing is named", () => {
  assert.deepEqual(asked(() => askEarly("emergence_live_lab")), []);
  assert.equal(takeEarly("d=16&P=2"), null);
});

test("what was asked for another experiment is nobody's", () => {
  asked(() => askEarly(message("d=16&P=2")));
  assert.equal(takeEarly("d=16&P=3"), null);
  assert.equal(takeEarly("d=16&P=2"), null);
});

test("what does not come is left to those who ask again", async () => {
  globalThis.fetch = async () => { throw new Error("no server"); };
  askEarly(message("d=16&P=2"));
  const early = takeEarly("d=16&P=2");
  await assert.rejects(early.figures, /no server/);
  assert.equal(await early.rows, null);
});
