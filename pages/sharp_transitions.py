"""Lesson 9: toy losses that jump or do not, how long they wait, and what depth does."""

import streamlit as st

from emergence.experiment import Experiment
from emergence.lessons.sharp_transitions.figure import (
    depth,
    escape_times,
    formula,
    guessed_jump,
    jumps,
)
from emergence.lessons.sharp_transitions.model import (
    Jumps,
    Layers,
    escape_curves,
    escape_of_fourth_power,
)
from emergence.lessons.sharp_transitions.study import LARGEST, NOTHING, EscapeTimes, MeasuredEscapes
from emergence.ui.fields import select_slider
from emergence.ui.formatting import scientific
from emergence.ui.guess import guess_number
from emergence.ui.lesson import Places, begin, choice, finish, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task
from emergence.ui.watch import watch

SIZES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3]


def the_jump(place: Places) -> None:
    """Which losses jump, seen at half the time that it takes to learn half."""
    with place.experiment, st.container(horizontal=True):
        k = select_slider("k · power of the last loss", [3, 4, 6, 8], 4, key="k")
        w0 = select_slider("w₀ · start", SIZES, 0.05, key="w0")
    model = Jumps(k, w0)
    losses, flows = model.losses, model.flows
    with place.words:
        st.markdown(
            "Where do the jumps come from? Take all neurons away: a few numbers $w$ try to "
            "make $w^*\\!=1$ by gradient flow, from a small start $w_0$:"
        )
        st.latex(r"L = (w^* - w^k)^2,\quad \dot w = 2k\,w^{k-1}(w^* - w^k)")
        st.markdown(
            "with $k = 1, 2, \\dots$ factors; $(w^*\\!-w_1w_2w_3)^2$ has three different ones, and "
            "from an equal start flows like $k = 3$, three times slower. Let $T$ be the time in "
            "which a loss has learned half of $w^*$."
        )
        guess = guess_number(
            "jump", f"How much has $(w^* - w^{k})^2$ learned at $T/2$? (In per cent.)",
            0, 100, 1, " %",
        )  # fmt: skip
        guess.near(100 * flows[-1].half[0], 5, "so much of $w^*$ is there at half the time")
    with place.answer:
        if guess.revealed:
            star = r"\*"  # no emphasis
            shares = ", ".join(
                f"{formula(loss).replace('*', star)} **{100 * flow.half[0]:.2g}%**"
                for loss, flow in zip(losses, flows, strict=True)
            )
            st.markdown(
                f"At $T/2$ (dots): {shares}. Near 0 the slope is "
                r"$\propto w^{k-1}$. One factor: full slope at once. Two: it grows with $w$, so "
                r"$w$ grows exponentially. $k\ge3$: the start is **flat**, and then $w$ rises as "
                "if to infinity in finite time. Of the time to learn 90%, "
                f"{flows[-1].waiting:.2%} passes before 10% are there; with one factor it is "
                f"{flows[0].waiting:.2%}. Near 0 the overlap of a neuron with $J=k$ "
                "obeys the same equation, half as fast."
            )
        open_in_lab(Experiment(P=1, J=k, m=4, engine="flow", horizon=3.0),
                    f"One neuron's jump at J = {k}, in the Live Lab")  # fmt: skip
    with place.experiment, st.container():  # as deep as a study's
        picture(
            jumps(model, guess.share, guess.revealed),
            key="jump_picture",
            view=True,
            revealed=guess.revealed,
            marker=guess.marker(guessed_jump(guess.stops)),
        )


def escape_time(place: Places) -> None:
    """How long the wait is, over the size of the start."""
    with place.experiment, st.container(horizontal=True):
        k = select_slider("k · power of the last loss", [3, 4, 6, 8], 4, key="k")
        smallest = select_slider("smallest start w₀", [0.01, 0.02, 0.05], key="smallest")
    curves = escape_curves(k, LARGEST, smallest)
    with place.words:
        st.markdown(
            "How long is the wait? Until half is learned, $w$ has to leave its start behind:"
        )
        st.latex(r"T = \int_{w_0}^{w_{1/2}} \frac{dw}{2k\,w^{k-1}(w^*-w^k)}")
        st.markdown(
            r"For $k\ge2$ the denominator is smallest at the start, and the smaller $w_0$, the "
            "longer it stays so."
        )
        guess = guess_number(
            "escape", "The start is made ten times smaller. By which power of ten does the "
            f"escape time of $(w^*-w^{k})^2$ grow?", 0.0, 7.0, 0.5,
        )  # fmt: skip
        loss = curves.losses[-1]
        guess.near(loss.tenfold_power, 0.25, f"${scientific(loss.tenfold)}$ times longer")
    with place.answer:
        if guess.revealed:
            st.markdown(
                "Where most of the integral lies decides. One factor: no matter how small $w_0$, "
                r"$T$ stays put. Two: $\int dw/w$, so $T$ grows by the **same amount** each time, "
                r"like $\log(1/w_0)$. $k\ge3$: $\int dw/w^{k-1}$ is all at its lower end, "
                rf"$T \approx \frac{{w_0^{{2-k}}}}{{2k(k-2)}}$: ten times smaller is "
                f"**${scientific(loss.tenfold)}$ times** longer. A neuron with $J = k$ "
                r"whose overlap starts at $w_0 = 1/\sqrt d$ takes twice as long, "
                r"$d^{J/2-1}/(J(J-2))$, for its loss has a factor $\frac12$."
                "\n\n"
                ":small[Lines: the exact integral. Circles: gradient flow, integrated now; slopes "
                "are of all of them, and of the two smallest starts. Theory is the limit of small "
                "starts.]"
            )
        open_in_lab(Experiment(P=1, J=k, m=4, engine="flow", horizon=3.0),
                    f"One neuron's wait at J = {k}, in the Live Lab")  # fmt: skip

    def draw(measured: MeasuredEscapes | None) -> None:
        drawn = escape_times(curves, measured or NOTHING, guess.value, guess.revealed)
        picture(drawn, key="escape_picture", view=True, revealed=guess.revealed)

    with place.experiment:
        watch(EscapeTimes(k, smallest), "escapes", draw, guess.revealed)


def open_questions(place: Places) -> None:
    """What the talk leaves open, and what depth does to a jump."""
    with place.experiment, st.container(horizontal=True):
        L = select_slider("L · depth", [2, 3, 4, 6, 8], 3, key="L")
        w0 = select_slider("w₀ · start", SIZES, 0.05, key="w0")
        imbalance = select_slider(
            "largest layer / smallest", [1, 3, 10, 100, 1000, 10_000], 1000, key="imbalance"
        )
    layers = Layers(L, w0, imbalance)
    even, uneven = layers.even, layers.uneven
    with place.words:
        st.markdown(
            "The talk leaves two questions open. In our words:\n\n"
            "**1. Do sharp transitions come from depth, too?** A product $w_1w_2\\cdots w_L$ of "
            "small layers jumps from $L = 3$ on, without any information exponent. Are the jumps "
            "of large networks of this kind?\n\n"
            "**2. Which other losses and architectures have sharp transitions, and are they "
            "necessary for a scaling law?** In this model jumps keep skills apart: while one is "
            "learned, the others wait. Whether smooth transitions can do without is open."
        )
        guess = guess_number(
            "depth", f"{L} equal layers spend {even.waiting:.1%} of the time to learn 90% below "
            f"10%. Let the largest be {imbalance:,} times the smallest, with the same product and "
            "so the same loss at the start. Which share now? (In per cent.)", 0, 100, 1, " %",
        )  # fmt: skip
        guess.near(100 * uneven.waiting, 10, "so much of the time passes below 10%")
    with place.answer:
        if guess.revealed:
            st.markdown(
                f"**{uneven.waiting:.1%}**; half is learned at $T = {scientific(uneven.escape, 2)}$"
                + (
                    f" instead of ${scientific(even.escape, 2)}$. A large layer hands its slope on "
                    "to the small ones: what counts is how many factors are *small together*, not "
                    "how deep the product is"
                    if imbalance > 1 else ": nothing has changed"
                )
                + ". Equal layers wait like a neuron with $J = L$ (crosses)."
            )  # fmt: skip
        open_in_lab(Experiment(P=1, J=L, m=4, engine="flow", horizon=3.0),
                    f"A neuron with J = {L}, in the Live Lab")  # fmt: skip
    with place.experiment, st.container():  # as deep as a study's
        picture(
            depth(layers, guess.share, guess.revealed),
            key="depth_picture",
            view=True,
            revealed=guess.revealed,
        )


VIEWS = {
    "The jump": the_jump,
    "Escape time": escape_time,
    "Depth: open questions": open_questions,
}

TASK = Task(
    r"Find the start $w_0$ from which $(1 - w^4)^2$ takes the time 1000 to learn half.",
    1e-4, 0.8, escape_of_fourth_power, (950.0, 1050.0), "it takes {}",
)  # fmt: skip

begin("sharp_transitions")
place = part()
choice(VIEWS, place.words, "Step", "step")(place)
with place.answer:
    finish("sharp_transitions", TASK)
