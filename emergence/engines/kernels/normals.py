"""Standard normals from a counter-based generator, in loops that LLVM turns into SIMD code.

Threefry-2x32 with 13 rounds (Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as
1, 2, 3*, SC 2011; their library knows of no statistical flaw from 13 rounds on, and its default of
20 makes a step 7 % slower), then Box-Muller with single-precision polynomials for log, sin and cos
(the coefficients of Cephes' logf, sinf and cosf). The normals of a block are a pure function
of (key, block): they do not depend on how a run is cut into chunks.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from emergence.engines.kernels.kept import kept

FAST = {"contract", "reassoc", "nsz", "arcp"}
"""Floating-point freedom given to the compiler; NaN and infinity keep their meaning."""

_U = np.uint32
_F = np.float32
PARITY = _U(0x1BD11BDA)
TWO_PI_OVER_2_32 = _F(2 * np.pi / 2**32)
UNIT = _F(2.0**-32)
LN2_HIGH = _F(0.693359375)
LN2_LOW = _F(-2.12194440e-4)
SQRT_HALF = _F(0.70710678)


class Stream(NamedTuple):
    """The random numbers of a block, and room to draw them.

    k0, k1 : the key, uint32
    block : number of the block
    uniform, angle : scratch, float32 and int32, half as long as the normals of a block
    """

    k0: Any
    k1: Any
    block: Any
    uniform: Any
    angle: Any


@njit(nogil=True, inline="always")
def _mix(a, b, left):
    """One round: add, rotate b to the left by `left` bits, exclusive or."""
    a = _U(a + b)
    b = _U(_U(b << _U(left)) | _U(b >> _U(32 - left)))
    return a, _U(b ^ a)


@njit(nogil=True, inline="always")
def threefry(k0, k1, a, b):
    """Threefry-2x32-13 of the counter (a, b) under the key (k0, k1), all uint32."""
    k2 = _U(PARITY ^ _U(k0 ^ k1))
    a = _U(a + k0)
    b = _U(b + k1)
    a, b = _mix(a, b, 13)
    a, b = _mix(a, b, 15)
    a, b = _mix(a, b, 26)
    a, b = _mix(a, b, 6)
    a = _U(a + k1)
    b = _U(b + k2 + _U(1))
    a, b = _mix(a, b, 17)
    a, b = _mix(a, b, 29)
    a, b = _mix(a, b, 16)
    a, b = _mix(a, b, 24)
    a = _U(a + k2)
    b = _U(b + k0 + _U(2))
    a, b = _mix(a, b, 13)
    a, b = _mix(a, b, 15)
    a, b = _mix(a, b, 26)
    a, b = _mix(a, b, 6)
    a = _U(a + k0)
    b = _U(b + k1 + _U(3))
    return _mix(a, b, 17)


@njit(nogil=True, inline="always")
def _stream_key(seed, purpose):
    """The key (k0, k1) of a seed's random numbers for one purpose; all below 2^32."""
    return threefry(_U(seed), _U(0), _U(purpose), _U(0))


stream_key = kept(_stream_key)


@njit(nogil=True, error_model="numpy", inline="always")
def normal_pair(k0, k1, block, counter):
    """Two normals in double precision: of Box and Muller, from one counter of a block."""
    a, b = threefry(k0, k1, _U(block & 0xFFFFFFFF), _U(_U(counter) | _U((block >> 32) << 24)))
    radius = math.sqrt(-2.0 * math.log((a + 0.5) / 4294967296.0))
    angle = 2.0 * math.pi * b / 4294967296.0
    return radius * math.cos(angle), radius * math.sin(angle)


@njit(nogil=True, error_model="numpy", fastmath=FAST, inline="always")
def _fill_normals(out, uniform, angle, k0, k1, block):
    """Fill `out` (even length n, float32) with the normals of a block under the key (k0, k1).

    The counter of a pair is (block, number of the pair); blocks below 2^40, pairs below 2^24.
    `uniform` (float32) and `angle` (int32), both of length n / 2, are scratch.
    """
    half = out.shape[0] // 2
    low = _U(block & 0xFFFFFFFF)
    high = _U((block >> 32) << 24)
    for i in range(half):
        a, b = threefry(k0, k1, low, _U(_U(i) | high))
        # (0, 1]: the logarithm stays finite, and the tail reaches sqrt(2 * 33 * ln 2) = 6.8.
        uniform[i] = (_F(a) + _F(0.5)) * UNIT
        angle[i] = np.int32(b)
    bits = uniform.view(np.int32)
    for i in range(half):
        # log(u) with u = mantissa * 2^exponent, mantissa in [sqrt(1/2), sqrt(2)).
        word = bits[i]
        exponent = _F(np.int32(word >> np.int32(23)) - np.int32(126))
        bits[i] = np.int32(np.int32(word & np.int32(0x007FFFFF)) | np.int32(0x3F000000))
        mantissa = uniform[i]
        small = mantissa < SQRT_HALF
        exponent = exponent - _F(1.0) if small else exponent
        z = mantissa + mantissa - _F(1.0) if small else mantissa - _F(1.0)
        poly = _F(7.0376836292e-2)
        poly = poly * z + _F(-1.1514610310e-1)
        poly = poly * z + _F(1.1676998740e-1)
        poly = poly * z + _F(-1.2420140846e-1)
        poly = poly * z + _F(1.4249322787e-1)
        poly = poly * z + _F(-1.6668057665e-1)
        poly = poly * z + _F(2.0000714765e-1)
        poly = poly * z + _F(-2.4999993993e-1)
        poly = poly * z + _F(3.3333331174e-1)
        squared = z * z
        log = z + (squared * z * poly + exponent * LN2_LOW - _F(0.5) * squared)
        log = log + exponent * LN2_HIGH
        radius = np.sqrt(max(_F(-2.0) * log, _F(0.0)))
        # The angle's top two bits choose the quadrant, the others lie in [-pi/4, pi/4).
        turned = np.int32(angle[i] + np.int32(0x20000000))
        quadrant = np.int32(turned >> np.int32(30))
        inside = np.int32(np.int32(turned & np.int32(0x3FFFFFFF)) - np.int32(0x20000000))
        phi = _F(inside) * TWO_PI_OVER_2_32
        square = phi * phi
        sine = _F(-1.9515295891e-4) * square + _F(8.3321608736e-3)
        sine = (sine * square + _F(-1.6666654611e-1)) * square * phi + phi
        cosine = _F(2.443315711809948e-5) * square + _F(-1.388731625493765e-3)
        cosine = (cosine * square + _F(4.166664568298827e-2)) * square * square
        cosine = cosine - _F(0.5) * square + _F(1.0)
        odd = (quadrant & np.int32(1)) != 0
        first = -sine if odd else cosine
        second = cosine if odd else sine
        back = quadrant < np.int32(0)
        out[i] = -radius * first if back else radius * first
        out[half + i] = -radius * second if back else radius * second


fill_normals = kept(_fill_normals)
