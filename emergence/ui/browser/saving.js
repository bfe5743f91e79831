// @ts-check
// From a picture, or an answer of the server, to a file in the reader's folder.

import { reason } from "./feed.js";
import { PROJECTOR } from "./framing.js";
import { at } from "./root.js";
import { SOFTWARE } from "./software.js";
import { joined, stampPng, stampSvg } from "./stamped.js";

/** @typedef {import("./types.js").Figure} Figure */
/** @typedef {import("./types.js").Plotly} Plotly */
/** @typedef {"svg" | "png"} Format */

/** What a picture is called: its title, its parameters, and the address it is at. @typedef {{title: string, description: string}} About */

/**
 * A name for a file, as the server makes it of a query.
 * @param {string} text
 */
export function fileName(text) {
  const joined = text.replaceAll("−", "-").replace(/=(?!-)/g, "");
  const plain = joined.replace(/([^A-Za-z0-9.]+-(?=[.0-9]))|[^A-Za-z0-9.]+/g, (_, minus) => (minus ? "_-" : "-"));
  return `emergence-${plain.replace(/^[-._]+|[-._]+$/g, "").slice(0, 120)}`;
}

/**
 * Hand a file to the reader.
 * @param {BlobPart} content
 * @param {string} type
 * @param {string} name
 */
export function download(content, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Where the picture is found again. */
const source = () => (window.location.protocol.startsWith("http") ? window.location.href : "");

/**
 * What a file says of itself.
 * @param {About} about
 * @returns {import("./stamped.js").Said}
 */
export const saidOf = ({ title, description }) => ({ Title: title, Description: description, Software: SOFTWARE, Source: source() });

/**
 * A figure as a file: its bytes, with what it shows.
 * @param {Plotly} Plotly
 * @param {object} figure
 * @param {Format} format
 * @param {About} about
 * @param {import("./framing.js").Size} [size]
 */
export async function pictured(Plotly, figure, format, about, { width, height } = PROJECTOR) {
  const said = saidOf(about);
  const made = await Plotly.toImage(figure, { format, width, height, scale: 1 });
  const body = made.slice(made.indexOf(",") + 1);
  if (format === "svg") return joined([new TextEncoder().encode(stampSvg(decodeURIComponent(body), said))]);
  return stampPng(Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0)), said);
}

/** @type {Record<Format, string>} */
export const TYPES = { svg: "image/svg+xml", png: "image/png" };

/**
 * A file that the server makes. Throws an error with its sentence where it does not.
 * @param {string} address below the server's
 * @param {Record<string, string>} query
 * @param {string} [figure] JSON that it is made of
 */
export async function fetchFile(address, query, figure) {
  const init = figure === undefined ? {} : { method: "POST", body: figure, headers: { "content-type": "application/json" } };
  const response = await fetch(`${at(address)}?${new URLSearchParams(query)}`, init);
  if (!response.ok) {
    const { message } = await response.json().catch(() => ({ message: `the server answers ${response.status}` }));
    throw new Error(message);
  }
  const [, name = fileName("run")] = /filename="([^"]*)"/.exec(response.headers.get("content-disposition") ?? "") ?? [];
  download(await response.arrayBuffer(), response.headers.get("content-type") ?? "", name);
  return name;
}

/**
 * Do what a button is for, and say what came of it.
 * @param {HTMLElement} place of the sentence
 * @param {() => Promise<string>} work which returns the name of a file
 */
export async function report(place, work) {
  place.textContent = "…";
  try {
    place.textContent = `Saved ${await work()}`;
  } catch (error) {
    place.textContent = `This could not be saved: ${reason(error)}.`;
  }
}
