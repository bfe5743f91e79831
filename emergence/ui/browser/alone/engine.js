// @ts-check
// Online SGD by the lab's own kernels, as WebAssembly (`emergence/browser`): `engines/online_sgd.py` without Python.

/** What `engines/online_sgd.py` says as well; `tests/unit/test_browser_kernels.py` holds the two together. */
export const NUMBERS = {
  DIVERGENCE_FACTOR: 100, FIRST_CALL: 16, NEURON_LANES: 16, LANES: 8, BLOCK_SAMPLES: 16,
  BLOCK_NUMBERS: 1 << 17, ONE_THREAD: 1 << 18, SAMPLES: 1, DEGREES: 9, MOST_NEURONS: 128,
};

/**
 * @typedef {object} Sizes of an experiment; eta = c d^(-J/2)
 * @property {number} d
 * @property {number} P
 * @property {number} m
 * @property {number} seed
 */

/**
 * @typedef {object} Run what else decides its steps
 * @property {number} J
 * @property {[degree: number, c: number][]} [mixture] empty for h_J
 * @property {number} B
 * @property {number} s0
 * @property {number} [eta] the plan's where not given
 * @property {string} [engine] "sgd-full" and "sgd-reduced" insist; others take what is faster
 */

/** @typedef {{a: ArrayLike<number>, eta: number}} Planned strengths and step size */
/** @typedef {{overlaps: Float64Array, n2: Float64Array, mse: number}} Measurement overlaps by rows of P */

/** The state left every bound; what was measured before stands. */
export class Diverged extends Error {}

/** @param {number} n @param {number} lanes */
const padded = (n, lanes) => Math.ceil(n / lanes) * lanes;

/** An instance of the kernels, with memory of its own: freed with it. */
class Instance {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.call = /** @type {Record<string, (...numbers: number[]) => number>} */ (
      /** @type {unknown} */ (new WebAssembly.Instance(module).exports));
    this._memory = /** @type {WebAssembly.Memory} */ (/** @type {unknown} */ (this.call.memory));
  }

  /** The address of so many zeros of 4 bytes. @param {number} count */
  floats(count) { return this.call.allocate(4 * count); }

  /** The address of so many zeros of 8 bytes. @param {number} count */
  doubles(count) { return this.call.allocate(8 * count); }

  // Views are made anew each time: memory that grows leaves old ones empty.
  /** @param {number} at @param {number} count */
  f32(at, count) { return new Float32Array(this._memory.buffer, at, count); }

  /** @param {number} at @param {number} count */
  f64(at, count) { return new Float64Array(this._memory.buffer, at, count); }

  /** @param {number} at @param {number} count */
  u32(at, count) { return new Uint32Array(this._memory.buffer, at, count); }

  get bytes() { return this._memory.buffer.byteLength; }
}

/** The compiled kernels. */
export class Kernels {
  /** @param {WebAssembly.Module} module */
  constructor(module) { this._module = module; }

  /** @param {Uint8Array<ArrayBuffer>} bytes of kernels.wasm */
  static async load(bytes) { return new Kernels(await WebAssembly.compile(bytes)); }

  instance() { return new Instance(this._module); }

  /** Overlaps of the start, by rows of P. @param {Sizes} e */
  start(e) {
    const { directions, width } = this.directions(e);
    const overlaps = new Float64Array(e.m * e.P);
    for (let k = 0; k < e.m; k++) {
      overlaps.set(directions.subarray(k * width, k * width + e.P), k * e.P);
    }
    return overlaps;
  }

  /** Unit directions of the start by rows, in `width` coordinates, the teachers' first. @param {Sizes} e */
  directions({ d, P, m, seed }) {
    const inside = this.instance();
    const width = P + Math.min(m, d - P);
    const at = inside.doubles(m * width);
    inside.call.start(at, m, width, d, P, seed);
    return { directions: inside.f64(at, m * width).slice(), width };
  }

  /** The key of a seed's random numbers for a purpose. @param {number} seed @param {number} purpose */
  key(seed, purpose) {
    const inside = this.instance();
    const at = inside.floats(2);
    inside.call.key(at, seed, purpose);
    return inside.u32(at, 2).slice();
  }

  /** The generator's words of the first counters of a block, two each. @param {ArrayLike<number>} key */
  words(key, /** @type {number} */ block, /** @type {number} */ count) {
    const inside = this.instance();
    const at = inside.floats(2 * count);
    inside.call.words(at, count, key[0], key[1], block);
    return inside.u32(at, 2 * count).slice();
  }
}

/**
 * Whether a run is computed in reduced coordinates.
 * @param {Pick<Sizes & Run, "d" | "P" | "m" | "B" | "engine">} e
 */
export const inReduced = ({ d, P, m, B, engine }) => B === 1 && engine !== "sgd-full" && (engine === "sgd-reduced" || P + 4 * m + 64 <= d);

/** How many coordinates and samples a run keeps, as `OnlineSGD.__init__`. @param {Sizes & Run} e */
function layout({ d, P, m, B, engine }) {
  const { BLOCK_NUMBERS, BLOCK_SAMPLES, LANES } = NUMBERS;
  const reduced = inReduced({ d, P, m, B, engine });
  if (reduced) {
    const size = Math.min(BLOCK_SAMPLES, d - P - m - 2);
    const turn = Math.max(1, Math.floor(m / size));
    return { size, basis: P + m, turn, width: P + m + turn * size };
  }
  const few = Math.floor(Math.floor(BLOCK_NUMBERS / d) / LANES) * LANES;
  return { size: B > 1 ? B : Math.min(Math.max(few, LANES), BLOCK_SAMPLES), basis: 0, turn: 0, width: d };
}

/** Online SGD on 1/2 (f - f*)^2, batch size B: sample t is a function of the seed and t alone. */
export class OnlineSGD {
  /** @param {Kernels} kernels @param {Sizes & Run} e @param {Planned} plan */
  constructor(kernels, e, plan) {
    const { DEGREES, DIVERGENCE_FACTOR, FIRST_CALL, LANES, MOST_NEURONS, NEURON_LANES, ONE_THREAD } = NUMBERS;
    if (e.m > MOST_NEURONS) throw new RangeError(`m = ${e.m}: here are at most ${MOST_NEURONS} neurons`);
    this.step = 0;
    this._eta = plan.eta ?? e.eta;
    this._e = e;
    const { d, P, m, B } = e;
    const { size, basis, turn, width } = layout(e);
    const rows = padded(width, LANES), neurons = padded(m, NEURON_LANES), samples = padded(size, LANES);
    const pieces = Math.min(rows, Math.max(1, Math.floor(ONE_THREAD / (samples * neurons))));
    const at = this._at = kernels.instance();
    const batch = B > 1 ? 1 : 0;

    const V = at.floats(rows * neurons), alpha = at.floats(neurons), n2 = at.floats(neurons);
    this._state = [
      V, at.floats(rows * samples), at.floats((samples + 1) * neurons), at.floats((samples + 1) * samples),
      at.floats(samples), at.floats(samples * neurons), alpha, n2, rows, neurons, samples, batch,
    ];
    const half = Math.floor(rows * samples / 2);
    this._scratch = [
      at.floats(half), at.floats(half), at.floats(pieces * neurons), pieces, at.floats(neurons), at.floats(neurons),
    ];
    const a = at.floats(P), a64 = at.doubles(P), sigma = at.floats(DEGREES), squares = at.doubles(DEGREES);
    at.f32(a, P).set(plan.a);
    at.f64(a64, P).set(plan.a);
    const c = at.doubles(DEGREES);
    for (const [degree, value] of e.mixture?.length ? e.mixture : [[e.J, 1]]) at.f64(c, DEGREES)[degree] = value;
    at.call.link(c, sigma, squares);

    const { directions, width: drawn } = kernels.directions(e);
    const start = at.f32(V, rows * neurons), lengths = at.f32(n2, neurons);
    for (let k = 0; k < m; k++) {
      for (let i = 0; i < drawn; i++) {
        const v = start[i * neurons + k] = e.s0 * directions[k * drawn + i];
        lengths[k] += v * v;
      }
    }
    at.f32(alpha, neurons).fill(1);

    const total = Array.from(plan.a).reduce((sum, each) => sum + each, 0);
    const limit = DIVERGENCE_FACTOR * (total + m * e.s0 ** 2);
    this._problem = [a, sigma, d, size, basis, turn, this._eta, limit, P];
    this._key = [...kernels.key(e.seed, NUMBERS.SAMPLES)];
    this._pace = FIRST_CALL;
    this._overlaps = at.doubles(m * P);
    this._measured = [a64, squares, m, P, at.doubles(m * rows), this._overlaps, at.doubles(m)];
  }

  get tau() { return this.step * this._eta; }

  /** Bytes that the run has taken. */
  get bytes() { return this._at.bytes; }

  /**
   * Move on to a step, or less far when the time is up. Throws Diverged.
   * @param {number} target
   * @param {number} milliseconds
   */
  advance(target, milliseconds) {
    const started = performance.now();
    for (let now = started; this.step < target && now - started < milliseconds;) {
      const asked = Math.min(target - this.step, this._pace);
      const taken = this._at.call.steps(
        ...this._state, ...this._problem, ...this._key, this.step, asked, ...this._scratch);
      this.step += taken;
      if (taken < asked) throw new Diverged(`diverged after ${this.step} steps`);
      const spent = performance.now() - now;
      now += spent;
      // Calls grow towards the budget, so that calling takes no share of the time.
      if (asked === this._pace && spent < milliseconds / 4 && this._pace < 2 ** 30) this._pace *= 2;
      else if (spent > milliseconds && this._pace > 1) this._pace = Math.floor(this._pace / 2);
    }
  }

  /** Overlaps at this step, by rows of P: asked for a thousand times a run. */
  overlaps() {
    const { m, P } = this._e;
    this._at.call.overlaps(...this._state, m, P, this._overlaps);
    return this._at.f64(this._overlaps, m * P).slice();
  }

  /** @returns {Measurement} all order parameters at this step */
  measure() {
    const { m, P } = this._e;
    const mse = this._at.call.measure(...this._state, ...this._measured);
    return {
      overlaps: this._at.f64(this._overlaps, m * P).slice(),
      n2: this._at.f64(this._measured[6], m).slice(),
      mse,
    };
  }
}
