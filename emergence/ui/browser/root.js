// @ts-check
// Where the server is, as this browser sees it: our scripts are at lab/scripts/VERSION/ below it. A proxy may have put it under a path that the server knows nothing of.

/** The server's address, with a slash at its end. */
export const ROOT = new URL("../../../", import.meta.url);

/** Its path, without that slash. */
export const BASE = ROOT.pathname.slice(0, -1);

/**
 * The whole address of what is at a path of the server.
 * @param {string} path without a slash at its beginning
 */
export const at = (path) => new URL(path, ROOT).href;
