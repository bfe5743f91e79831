// What the engine in the browser makes of experiments, for Node and for a worker: plain objects in and out.

/** Steps at which each direction's largest squared overlap passed 1/2, null for never: linear between two looks. */
function runOne({ Kernels, OnlineSGD, Diverged }, kernels, { e, a, eta, looks }) {
  const engine = new OnlineSGD(kernels, e, { a, eta });
  const crossing = Array(e.P).fill(null);
  let before = null, diverged = false;
  try {
    for (const look of looks) {
      engine.advance(look, Infinity);
      const overlaps = engine.overlaps();
      const u = crossing.map((_, p) => Math.max(...Array.from({ length: e.m }, (_, k) => overlaps[k * e.P + p] ** 2)));
      u.forEach((now, p) => {
        if (crossing[p] !== null || now < 0.5) return;
        crossing[p] = before ? before.look + (look - before.look) * (0.5 - before.u[p]) / (now - before.u[p]) : look;
      });
      before = { look, u };
    }
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    diverged = true;
  }
  const { overlaps, n2, mse } = engine.measure();
  return {
    start: Array.from(kernels.start(e)), key: Array.from(kernels.key(e.seed, 1)),
    words: Array.from(kernels.words(kernels.key(e.seed, 1), 2 ** 32 + e.seed, 64)),
    crossing, diverged, step: engine.step, kept: Array.from(engine.overlaps()),
    overlaps: Array.from(overlaps), n2: Array.from(n2), mse, bytes: engine.bytes,
  };
}

export async function runAll(engine, bytes, cases) {
  const kernels = await engine.Kernels.load(bytes);
  return cases.map((each) => runOne(engine, kernels, each));
}
