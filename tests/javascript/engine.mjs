// The cases of engine_cases.py in Node: engine.mjs CASES.json KERNELS.wasm

import { readFileSync } from "node:fs";

import * as engine from "../../emergence/ui/browser/alone/engine.js";
import { runAll } from "./engine_run.js";

const [cases, wasm] = process.argv.slice(2);
const made = await runAll(engine, new Uint8Array(readFileSync(wasm)), JSON.parse(readFileSync(cases, "utf8")));
process.stdout.write(JSON.stringify(made));
