"""Lesson 2: link functions, their Hermite series, and why the correlation starts flat."""

import streamlit as st

from emergence.lessons.link_functions import model as links
from emergence.lessons.link_functions.figure import landscape, series
from emergence.lessons.link_functions.model import (
    DEGREE,
    MIXTURE,
    NAMES,
    TOLERANCE,
    HermiteSeries,
    first_coefficient,
)
from emergence.ui.fields import select_slider, selectbox, slider
from emergence.ui.formatting import scientific
from emergence.ui.guess import guess_number
from emergence.ui.lesson import Places, begin, choice, finish, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task
from emergence.words import plural

OTHER_NAMES = (
    r"A teacher $\sigma(w\cdot x)$ is a **single-index model**, as statistics calls a function of "
    "one projection. The same thing is\n"
    "- a *generalised linear model*, where σ is known (its inverse is called the link there);\n"
    "- a *single neuron*, or a *perceptron* with activation σ; trained on a teacher's answers, a "
    "*teacher–student perceptron* (statistical physics);\n"
    "- a *ridge function* (approximation theory), and in *projection pursuit* a term of the sum;\n"
    r"- *phase retrieval* for $\sigma = z^2$ or $|z|$, that is $J = 2$: the sign of $w\cdot x$ is "
    "lost;\n"
    "- *one-bit compressed sensing* for $\\sigma$ = sign, that is $J = 1$, and a sparse $w$.\n\n"
    r"With several directions, $g(w_1\cdot x, \ldots, w_P\cdot x)$, it is a *multi-index model*; "
    "where they add up, as here later, an *additive model*."
)


def computed(link: HermiteSeries) -> str:
    """How the coefficients were found, and how well."""
    change = (
        "half as many change no $c_i$ by more than "
        rf"${scientific(link.change)}\,\sqrt{{\mathbb E\sigma^2}}$"
    )
    if not link.link.kink:
        return f"Gauss–Hermite quadrature, {plural(link.nodes, 'node')}; {change}."
    return (
        f"σ has a kink at 0. Gauss–Hermite with {plural(link.nodes, 'node')} would miss a $c_i$ by "
        f"${scientific(link.plain)}$; so each side has {link.nodes // 2} Gauss–Legendre nodes of "
        f"its own: {change}."
    )


def choose_link() -> HermiteSeries:
    """The link function, by its name or as a mixture."""
    name = selectbox("σ · link function", NAMES, index=NAMES.index("|z|"), key="link")
    mixed = tuple(
        (i, slider(f"c{'₀₁₂₃'[i]}", -1.0, 1.0, start, 0.05, key=f"c{i}"))
        for i, start in ((1, 0.0), (2, 0.0), (3, 0.6))
        if name == MIXTURE
    )
    return links.expand(name, mixed)


def hermite_series(place: Places) -> HermiteSeries:
    """The series of a link function, and its information exponent."""
    with place.experiment, st.container(horizontal=True):
        link = choose_link()
        degree = slider("terms up to degree", 0, DEGREE, 4, key="degree")
    name = link.link.name
    shown = "this mixture (with $c_4 = 1$)" if name == MIXTURE else name
    with place.words:
        st.markdown(
            "A neuron sees a sample only through $z = w\\cdot x$, a standard normal number. So its "
            "link function σ is a sum of *normalised Hermite polynomials*, orthonormal under the "
            "Gaussian:"
        )
        st.latex(
            r"\sigma = \sum_i c_i h_i,\; c_i = \mathbb E[\sigma(z) h_i(z)],\; "
            r"h_i = \mathrm{He}_i/\sqrt{i!}"
        )
        st.markdown(
            r"The **information exponent** $J = \min\{i > 0 : c_i \ne 0\}$ is the lowest degree "
            "present. It will decide how long learning waits."
        )
        with st.expander("Other names of this model"):
            st.markdown(OTHER_NAMES)
        guess = guess_number("exponent", f"What is the information exponent of {shown}?", 1, 8, 1)
        guess.near(link.J, 0, f"$c_{link.J}$ is the first coefficient that is not zero")
    with place.answer:
        if guess.revealed:
            below = rf" (below $J$ all are within ${scientific(link.below)}$)" if link.J > 1 else ""
            st.markdown(
                rf"$J = {link.J}$: $c_{link.J} = {link.c[link.J]:.4f}$ is the first that is not "
                rf"zero, where $|c_i| \le {scientific(TOLERANCE)}\sqrt{{\mathbb E\sigma^2}}$ "
                f"counts as zero{below}. Terms up to degree {degree} hold "
                rf"**{link.held(degree):.2%}** of $\mathbb E\sigma^2 = {link.power:.3f}$, "
                f"all up to {DEGREE} hold {link.held(DEGREE):.2%}.\n\n:small[{computed(link)}]"
            )
    with place.experiment:
        picture(series(link, degree, guess.value, guess.revealed), key="series_picture", view=True,
                revealed=guess.revealed)  # fmt: skip
    return link


def correlation_landscape(place: Places) -> HermiteSeries:
    """The correlation over the overlap, flat at a random start."""
    with place.experiment, st.container(horizontal=True):
        link = choose_link()
        d = select_slider("d · dimension", [4**i for i in range(2, 11)], 1024, key="d")
    start = links.typical_overlap(d)
    share = float(link.risen(start))
    with place.words:
        st.markdown(
            r"The student's neuron $w$ knows of the teacher's $w^*$ only their correlation. As "
            r"$\mathbb E[h_i(w^*\!\cdot x)\,h_j(w\cdot x)] = 1\{i=j\}\,\langle w, w^*\rangle^i$, "
            "it is a power series in the overlap $s = \\langle w, w^*\\rangle$:"
        )
        st.latex(r"\mathbb E[\sigma(w^*\!\cdot x)\,\sigma(w\cdot x)] = K(s) = \sum_i c_i^2 s^i")
        guess = guess_number(
            "rise", rf"A random $w$ in $d = {d}$ dimensions has an overlap of about "
            rf"$1/\sqrt d = {start:.3g}$. Of the whole rise $K(1) - K(0)$, which share does it "
            "have already? Give the power of ten (−2: a hundredth).", -12.0, 0.0, 0.5,
        )  # fmt: skip
        guess.near(link.risen_power(d), 0.5, f"the share is ${scientific(share, 2)}$ of the rise")
    with place.answer:
        if guess.revealed:
            wait = f", here ${scientific(link.search(d))}$" if link.J > 2 else ""
            st.markdown(
                rf"It is ${scientific(share, 2)}$. The lowest degree is $J = {link.J}$, so near 0 "
                r"$K(s) - K(0) \approx c_J^2 s^J$. What pulls the neuron is the "
                rf"slope $K'(s)$: at $1/\sqrt d$ it is ${scientific(link.pull(start), 2)}$ times "
                "the whole rise.\n\n"
                "$J=1$: the slope is there from the start. $J=2$: it grows with $s$, so $s$ grows "
                r"exponentially. $J\ge3$: $K$ is **flat** near 0, and the neuron searches for a "
                rf"time of order $d^{{(J-2)/2}}${wait}. Then it jumps."
            )
    with place.experiment:
        picture(landscape(link, d, guess.value, guess.revealed), key="landscape_picture", view=True,
                revealed=guess.revealed)  # fmt: skip
    return link


def open_link_in_lab(link: HermiteSeries) -> None:
    """A run with this link, or with the nearest that the Live Lab has."""
    run = link.experiment()
    if run.J == link.J:
        open_in_lab(run, "A run with this link function, in the Live Lab")
    else:
        open_in_lab(run, f"The lab has no {link.link.name}: a run with J = {run.J} there")


VIEWS = {"Hermite series": hermite_series, "Correlation landscape": correlation_landscape}

TASK = Task(
    r"$\sigma(z) = z^3 - b z$ has the information exponent 1 for nearly every $b$. Find the one "
    "with which it is 3.",
    -10.0, 10.0, first_coefficient, (-1e-9, 1e-9), "$c_1$ is {}",
)  # fmt: skip

begin("link_functions")
place = part()
link = choice(VIEWS, place.words, "Step", "step")(place)
with place.answer:
    open_link_in_lab(link)
with place.answer:
    finish("link_functions", TASK)
