// @ts-check
// What the browser asks of the server: an experiment's figures once, its numbers as they are computed.

import { Full, elsewhere, reason } from "./feed.js";
import { loadPlotly } from "./plot.js";
import { at } from "./root.js";

/** @typedef {import("./types.js").Given} Given */
/** @typedef {import("./types.js").Source} Source */

/**
 * What an answer says in JSON. Throws an error with a sentence where it is another's: a proxy's, say.
 * @param {Response} response
 */
async function read(response) {
  try {
    return await response.json();
  } catch {
    const [address] = response.url.split("?");
    throw new Error(`${address} answers ${response.status}, and not as this server would`);
  }
}

/**
 * Experiments that the server prepares and computes.
 * @param {Pick<Given, "figures" | "run" | "plotly">} given the addresses to ask, below the server's
 * @returns {Source}
 */
const server = ({ figures, run, plotly }) => ({
  async figures(query) {
    const response = await fetch(`${at(figures)}?${new URLSearchParams({ query })}`);
    const answer = await read(response);
    if (!response.ok) throw new Full(answer.message, answer.alone ?? "");
    return { ...answer, query };
  },

  async rows(question) {
    try {
      const response = await fetch(`${at(run)}?${new URLSearchParams(question)}`);
      if (response.ok) return await response.arrayBuffer();
      const { message, alone = "" } = await read(response);
      throw new Full(message, alone);
    } catch (error) {
      throw new Full(`The server does not answer (${reason(error)}).`, elsewhere(error));
    }
  },

  plotly: () => loadPlotly(plotly),
});

/**
 * Where a page's experiments come from: the server, or what the page has of its own.
 * @param {Given & {source?: Source}} given
 */
export const sourceOf = (given) => given.source ?? server(given);
