"""SGD on the correlation loss -E[f f*], directions only: deflation switched off (SCIENCE 6).

Without f in the error nothing that is learned takes its signal away, and no neuron knows of the
others. With z_k = vbar_k . x, averaged over a batch of samples:

    vbar_k <- unit vector along vbar_k + eta f*(x) sigma'(z_k) (x - z_k vbar_k).

While the student is small its error is -f*, so that online SGD at the same eta starts alike.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from emergence.engines.kernels.normals import FAST
from emergence.engines.kernels.sgd import _polynomial, fill_block, teacher_value

_F = np.float32


@njit(nogil=True, cache=True, error_model="numpy", fastmath=FAST)
def correlation_steps(V, X, drawn, a, sigma, slope, d, eta, k0, k1, t, steps, uniform, angle):
    """Take `steps` steps from step t, samples t B to t B + B - 1 each.

    Parameters (float32 unless said otherwise)
    ----------
    V : unit vectors vbar_k, shape (m, d'), d' being d padded; changed in place
    X : scratch for a batch, shape (B, d')
    drawn : scratch for a block of samples, shape (S, d'): sample q is row q mod S of block q div S
    a : teacher strengths, shape (P,)
    sigma, slope : monomial coefficients of sigma and sigma', lowest degree first
    d : dimension
    k0, k1, t : key (uint32) and step (int64), which determine every sample
    uniform, angle : scratch, shape (S d'/2,), float32 and int32
    """
    B, S = X.shape[0], drawn.shape[0]
    m, width = V.shape
    target = np.empty(B, dtype=np.float32)
    push = np.empty(B, dtype=np.float32)
    held = -1
    for step in range(t, t + steps):
        for b in range(B):
            block, row = divmod(step * B + b, S)
            if block != held:
                fill_block(drawn, d, uniform, angle, k0, k1, block)
                held = block
            X[b] = drawn[row]
            target[b] = eta * teacher_value(X[b], a, sigma) / _F(B)
        for k in range(m):
            scale = _F(1.0)
            for b in range(B):
                z = _F(0.0)
                for i in range(width):
                    z += V[k, i] * X[b, i]
                push[b] = target[b] * _polynomial(slope, z)
                scale -= push[b] * z
            for i in range(width):
                V[k, i] *= scale
            for b in range(B):
                for i in range(width):
                    V[k, i] += push[b] * X[b, i]
            square = _F(0.0)
            for i in range(width):
                square += V[k, i] * V[k, i]
            inverse = _F(1.0) / np.sqrt(max(square, _F(1e-30)))
            for i in range(width):
                V[k, i] *= inverse
