"""Where sharp transitions come from, for teachers."""

from __future__ import annotations

from collections.abc import Mapping

from emergence.classroom.teaching import Exercise, Guide, Misconception
from emergence.lessons.sharp_transitions.model import Jumps, Layers, ToyLoss

K, W0 = 4, 0.05


def _learned() -> Mapping[str, float]:
    names = ("one", "two", "three", "four")
    flows = Jumps(K, W0).flows
    return {name: 100 * flow.half[0] for name, flow in zip(names, flows, strict=True)}


def _escape() -> Mapping[str, float]:
    four, two = ToyLoss(power=K), ToyLoss(power=2)
    return {
        "leading": float(four.leading_escape(W0)),
        "exact": four.flow(W0).escape,
        "longer": four.tenfold,
        "added": two.flow(W0 / 10).escape - two.flow(W0).escape,
    }


def _depth() -> Mapping[str, float]:
    layers = Layers(3, W0, 1000)
    return {
        "even": 100 * layers.even.waiting,
        "uneven": 100 * layers.uneven.waiting,
        "sooner": layers.even.escape / layers.uneven.escape,
    }


GUIDE = Guide(
    "To find the least that jumps: one number $w$ and a loss with three or more small factors. "
    "Where the slope at the start goes to zero faster than $w$, gradient flow waits and jumps.",
    (
        Misconception(
            "A plateau means that the optimiser is stuck in a local minimum or at a saddle.",
            "At $w = 0$ the slope vanishes, but that is no minimum, and the start is not there. "
            "The flow never stops: its speed is $w^{k-1}$, a power of something small.",
        ),
        Misconception(
            "With two factors it jumps as well, only less.",
            "With two factors $w$ grows *exponentially* from the start: the same factor in equal "
            "times, and a wait that grows like $\\log(1/w_0)$ only. There is no blow-up; that "
            "begins with three.",
        ),
    ),
    (
        Exercise(
            "Four losses start at $w_0 = 0.05$. Take from the dots: how much of $w^* = 1$ has "
            "each of them learned in half of the time in which it learns half?",
            {"k": "4", "w0": "0.05", "guess_jump": "none"},
            "One factor «one:.2g» %, the square «two:.2g» %, three factors «three:.2g» %, the "
            "fourth power «four:.2g» %. The more factors, the emptier the first half: a plateau, "
            "then a jump.",
            _learned,
        ),
        Exercise(
            "How long does $(1 - w^4)^2$ take from $w_0 = 0.05$ until half is learned? Leave out "
            "the factor $1 - w^4$ and integrate $\\dot w = 8w^3$ from $w_0$ to infinity; compare "
            "with the picture. And how much longer is it from a start ten times smaller, also for "
            "$(1 - w^2)^2$?",
            {"step": "Escape time", "k": "4", "guess_escape": "none"},
            "$T \\approx \\int_{w_0}^\\infty dw/(8w^3) = w_0^{-2}/16$ = «leading:g»; the exact "
            "integral up to half is «exact:.2f». Ten times smaller is «longer:g» times longer. "
            "With the square it takes only «added:.3f» more, $\\log(10)/4$, each time.",
            _escape,
            6,
        ),
        Exercise(
            "Three layers with the same product, so the same loss at the start: once all equal, "
            "once the largest a thousand times the smallest. How much of the time to learn 90 % "
            "does each spend below 10 %? Why does the second wait less?",
            {
                "step": "Depth: open questions",
                "L": "3",
                "w0": "0.05",
                "imbalance": "1000",
                "guess_depth": "none",
            },
            "Equal layers spend «even:.1f» % of the time to learn 90 % below 10 %, these "
            "«uneven:.1f» %, and learn half «sooner:.0f» times as soon. Each layer's speed has "
            "the *other* layers as factors. A large layer is a large factor from the start (and "
            "$w_i^2 - w_j^2$ is conserved, so that it stays large); only the small ones have to "
            "grow, and a product of few small factors waits less. It is not depth that counts but "
            "how many factors are small together.",
            _depth,
            6,
        ),
    ),
)
