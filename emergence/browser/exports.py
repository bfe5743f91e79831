"""What a browser calls of the kernels: C functions over addresses and numbers.

Sizes are int32 and steps double, which JavaScript has; a shape is given by its numbers. Imported
by `build` alone: importing it compiles.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numba import carray, cfunc, types

from emergence.engines.kernels.measure import (
    fill_link,
    measure_students,
    present_overlaps,
    write_students,
)
from emergence.engines.kernels.normals import _stream_key, threefry
from emergence.engines.kernels.sgd import (
    Block,
    Clock,
    Problem,
    Scratch,
    sgd_batch_steps,
    sgd_steps,
)
from emergence.engines.kernels.start import fill_start

I, U, F, D = nb.int32, nb.uint32, nb.float32, nb.float64  # noqa: E741
IS, US, FS, DS = (types.CPointer(each) for each in (I, U, F, D))
_STATE = (FS,) * 8
_SIZES = (I,) * 4
_PROBLEM = (FS, FS, I, I, I, I, F, F, I)
_CLOCK = (U, U, D, I)
_SCRATCH = (FS, IS, FS, I, FS, FS)


@nb.njit(inline="always")
def _block(V, X, Y, G, y, gamma, alpha, n2, rows, neurons, samples, batch):
    """A `Block` at these addresses: `rows` are d', `neurons` m', `samples` S."""
    return Block(
        carray(V, (rows, neurons)),
        carray(X, (rows, samples)),
        carray(Y, (samples + 1, neurons)),
        carray(G, (samples + 1, 0 if batch else samples)),
        carray(y, (samples,)),
        carray(gamma, (samples, neurons)),
        carray(alpha, (neurons,)),
        carray(n2, (neurons,)),
    )


@cfunc(I(*_STATE, *_SIZES, *_PROBLEM, *_CLOCK, *_SCRATCH))
def steps(
    V, X, Y, G, y, gamma, alpha, n2, rows, neurons, samples, batch,
    a, sigma, d, size, basis, turn, eta, limit, P,
    k0, k1, t, count,
    uniform, angle, piece, pieces, A, C,
):  # fmt: skip
    """`sgd_steps`, or of batches `sgd_batch_steps`: the number of steps taken."""
    width, m, S = np.int64(rows), np.int64(neurons), np.int64(samples)
    block = _block(V, X, Y, G, y, gamma, alpha, n2, width, m, S, batch)
    problem = Problem(
        carray(a, (np.int64(P),)), carray(sigma, (9,)), np.int64(d), np.int64(size),
        np.int64(basis), np.int64(turn), eta, limit,
    )  # fmt: skip
    clock = Clock(k0, k1, np.int64(t), np.int64(count))
    half = width * S // 2
    scratch = Scratch(
        carray(uniform, (half,)), carray(angle, (half,)), carray(piece, (np.int64(pieces), m)),
        carray(A, (m,)), carray(C, (m,)),
    )  # fmt: skip
    if batch:
        return sgd_batch_steps(block, problem, clock, scratch)
    return sgd_steps(block, problem, clock, scratch)


@cfunc(D(*_STATE, *_SIZES, DS, DS, I, I, DS, DS, DS))
def measure(
    V, X, Y, G, y, gamma, alpha, n2, rows, neurons, samples, batch,
    a, squares, m, P, students, found, norms,
):  # fmt: skip
    """Overlaps (m, P) and |v_k|^2 (m,) at this step; returns the MSE. `students`: (m, d')."""
    width, many = np.int64(rows), np.int64(m)
    block = _block(
        V, X, Y, G, y, gamma, alpha, n2, width, np.int64(neurons), np.int64(samples), batch
    )
    V64 = carray(students, (many, width))
    write_students(block, batch != 0, V64)
    O = carray(found, (many, np.int64(P)))  # noqa: E741
    strengths, c2 = carray(a, (np.int64(P),)), carray(squares, (9,))
    return measure_students(V64, strengths, c2, O, carray(norms, (many,)))


@cfunc(types.void(*_STATE, *_SIZES, I, I, DS))
def overlaps(V, X, Y, G, y, gamma, alpha, n2, rows, neurons, samples, batch, m, P, out):
    """Overlaps (m, P) at this step, by the lengths that the steps keep."""
    block = _block(
        V, X, Y, G, y, gamma, alpha, n2,
        np.int64(rows), np.int64(neurons), np.int64(samples), batch,
    )  # fmt: skip
    present_overlaps(block, batch != 0, carray(out, (np.int64(m), np.int64(P))))


@cfunc(types.void(DS, FS, DS))
def link(c, sigma, squares):
    """The link function's monomial coefficients and c_i^2 of its Hermite coefficients, (9,)."""
    fill_link(carray(c, (9,)), carray(sigma, (9,)), carray(squares, (9,)))


@cfunc(types.void(DS, I, I, I, I, U))
def start(out, m, width, d, P, seed):
    """`fill_start` of zeros, shape (m, width)."""
    shape = (np.int64(m), np.int64(width))
    fill_start(carray(out, shape), np.int64(d), np.int64(P), np.int64(seed))


@cfunc(types.void(US, U, U))
def key(out, seed, purpose):
    """`_stream_key`: two words."""
    words = carray(out, (2,))
    words[0], words[1] = _stream_key(np.int64(seed), np.int64(purpose))


@cfunc(types.void(US, I, U, U, D))
def words(out, count, k0, k1, block):
    """The generator's two words of each counter below `count` of a block, shape (count, 2)."""
    pairs = carray(out, (np.int64(count), 2))
    number = np.int64(block)
    low, high = np.uint32(number & 0xFFFFFFFF), np.uint32((number >> 32) << 24)
    for i in range(count):
        pairs[i, 0], pairs[i, 1] = threefry(k0, k1, low, np.uint32(np.uint32(i) | high))


EXPORTS = {
    each.__name__: each for each in (steps, measure, overlaps, link, start, key, words)
}  # fmt: skip
