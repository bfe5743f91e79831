import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.matchMedia = () => ({ matches: true });
const { pictureIn } = await import("../../emergence/ui/browser/early.js");

const bytes = (text) => Uint8Array.from(text, (each) => each.charCodeAt(0)).buffer;

test("what is sent of a picture is found among Streamlit's own", () => {
  const sent = { figure: '{"layout": {"place": "here"}}', film: [], revealed: true, place: "links_picture" };
  const text = JSON.stringify(sent).replaceAll('":', '": ');
  assert.deepEqual(pictureIn(bytes(`\x0a\x90\x02emergence_picture R\xb1\x04${text}:\x02{"}\xff`)), JSON.parse(text));
});

test("anything else is left to Streamlit", () => {
  for (const each of [bytes("emergence_picture"), bytes('{"figure": "{}", "key": 1}'), "text", undefined]) assert.equal(pictureIn(each), null);
});
