"""Single steps of the SGD engine from students and of sizes that a test chooses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from emergence.arrays import Array
from emergence.engines.online_sgd import OnlineSGD
from emergence.theory.hermite import LinkFunction
from tests.unit.conftest import with_link

KEY = (0x13198A2E, 0x03707344)
A = np.array([0.8, 0.5])


def run(
    V: Array, link: LinkFunction, etas: Sequence[float], B: int = 1, key: tuple[int, int] = KEY
) -> Array:
    """Students after the engine's steps of these sizes from the students V, shape (m, d)."""
    m, d = V.shape
    engine = OnlineSGD(with_link(link, d=d, m=m, P=2, B=B, engine="sgd-full"))
    engine._key = np.array(key, dtype=np.uint32)
    engine._block.V[:] = 0.0
    engine._block.V[:d, :m] = V.T
    engine._block.n2[:] = (engine._block.V**2).sum(axis=0)
    for eta, alike in itertools.groupby(etas):
        count = len(list(alike))
        engine._problem = engine._problem._replace(
            a=A.astype(np.float32), eta=np.float32(eta), limit=np.float32(1e30)
        )
        assert engine._take(count) == count
        engine.step += count
    after = engine.students()
    assert not after[:, d:].any()
    # |v_k|^2 is carried along by a recursion, which a violent step must not spoil.
    np.testing.assert_allclose(engine._block.n2[:m], (after**2).sum(axis=1), rtol=1e-3)
    return after[:, :d]
