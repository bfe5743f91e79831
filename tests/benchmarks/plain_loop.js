// Online SGD as a reader would write it well in JavaScript: typed arrays, no allocation in a step.

/** f = sum_k |v_k|^2 h_4(v_k.x / |v_k|), f* = sum_p a_p h_4(x_p); h_4(z) = (z^4 - 6 z^2 + 3) / sqrt(24). */
export class PlainLoop {
  constructor({ d, m, P, s0 }, a, eta) {
    Object.assign(this, { d, m, P, eta, a: Float32Array.from(a), step: 0 });
    this.V = Float32Array.from({ length: m * d }, () => s0 * gaussian() / Math.sqrt(d));
    this.x = new Float32Array(d);
    this.z = new Float32Array(m);
    this.n = new Float32Array(m);
  }

  advance(target) {
    const { d, m, P, eta, a, V, x, z, n } = this;
    const scale = 1 / Math.sqrt(24);
    for (; this.step < target; this.step++) {
      for (let i = 0; i < d; i += 2) {
        const radius = Math.sqrt(-2 * Math.log(1 - Math.random())), angle = 2 * Math.PI * Math.random();
        x[i] = radius * Math.cos(angle);
        x[i + 1] = radius * Math.sin(angle);
      }
      let error = 0;
      for (let p = 0; p < P; p++) {
        const s = x[p] * x[p];
        error -= a[p] * ((s - 6) * s + 3) * scale;
      }
      for (let k = 0; k < m; k++) {
        let inner = 0, square = 0;
        for (let i = 0, at = k * d; i < d; i++, at++) {
          inner += V[at] * x[i];
          square += V[at] * V[at];
        }
        n[k] = Math.sqrt(square);
        z[k] = inner / n[k];
        const s = z[k] * z[k];
        error += square * ((s - 6) * s + 3) * scale;
      }
      for (let k = 0; k < m; k++) {
        const s = z[k] * z[k];
        const value = ((s - 6) * s + 3) * scale, slope = (4 * s - 12) * z[k] * scale;
        const keep = 1 - eta * error * (2 * value - slope * z[k]), push = -eta * error * n[k] * slope;
        for (let i = 0, at = k * d; i < d; i++, at++) V[at] = keep * V[at] + push * x[i];
      }
    }
  }
}

function gaussian() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
