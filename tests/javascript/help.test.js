import assert from "node:assert/strict";
import { test } from "node:test";

import { iframe } from "../../emergence/ui/browser/help.js";

test("the line for a slide says the experiment and the picture that is large, and no view", () => {
  const names = { view: "view", picture: "picture" };
  const line = iframe("http://a.b:1/x/?P=8&mixture=3%3A0.6%2C4%3A0.8&view=lecture&picture=loss#top", names, "map");
  const src = /src="([^"]*)"/.exec(line)?.[1].replaceAll("&amp;", "&");
  const url = new URL(src ?? "");
  assert.equal(url.origin + url.pathname + url.hash, "http://a.b:1/x/");
  assert.deepEqual(Object.fromEntries(url.searchParams), { P: "8", mixture: "3:0.6,4:0.8", picture: "map", embed: "true" });
});

test("without a server the experiment stands behind the #, and goes along", () => {
  const line = iframe("file:///a/lab.html#d=32&view=lecture", { view: "view", picture: "picture" }, "loss");
  assert.equal(/src="([^"]*)"/.exec(line)?.[1], "file:///a/lab.html?d=32&amp;picture=loss&amp;embed=true");
});
