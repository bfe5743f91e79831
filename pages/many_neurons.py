"""Lesson 5: many neurons at once, with and without a sharp transition."""

from collections.abc import Callable

import streamlit as st

from emergence.experiment import Experiment
from emergence.lessons.many_neurons.claims.figure import decoupling
from emergence.lessons.many_neurons.claims.study import Coupled, Decoupling, Summary, summaries
from emergence.lessons.many_neurons.figure import GUESSES, acts, in_words, over_d
from emergence.lessons.many_neurons.study import (
    ACTS,
    Film,
    Films,
    Moved,
    Movements,
    at_start,
    growth,
    order,
    unfound,
)
from emergence.runs.plan import Plan
from emergence.ui.fields import segmented_control, select_slider, slider
from emergence.ui.formatting import scientific
from emergence.ui.guess import guess_choice
from emergence.ui.lesson import begin, columns, open_in_lab
from emergence.ui.picture import picture
from emergence.ui.table import table
from emergence.ui.watch import watch
from emergence.words import plural

P, m, S0 = 8, 32, 0.02
TOLD = (
    "Every neuron turns a little towards what pulls it hardest.",
    r"First is the pair whose $T_p$ is smallest: a strong direction and a neuron that started near "
    "it. The transition is sharp, so that until this moment the irrelevant overlaps have had "
    "little time to grow (dashed: $1/d$).",
    r"That neuron's norm grows until $|v|^2$ fits $a_p$. The error no longer has that part: of "
    "this direction's signal hardly anything is left.",
    "The other neurons are pulled to what is left of the signal, and one of them finds the next "
    "direction. And so on.",
)


def counted_table(films: tuple[Film, ...], act: int) -> str:
    """What is counted at an act of the story and at the end, for both runs."""
    counted: dict[str, tuple[set[int], Callable[[Film, int, int, int], str]]] = {
        "the first direction is": ({0}, lambda film, at, p, q: f"{p + 1}"),
        "neurons it pulls hardest": ({0, 2}, lambda film, at, p, q: f"{film.pulled(at)[p]}"),
        "neurons the next pulls hardest": (
            {0, 2, 3}, lambda film, at, p, q: f"{film.pulled(at)[q]}",
        ),
        "others turned to the first ($u>0.1$)": (
            {1}, lambda film, at, p, q: f"{film.turned(at)} of {m - 1}",
        ),
        "irrelevant $u$, at the start: median": (
            {1, 3}, lambda film, at, p, q: f"{film.moved(0).median:.2g}$/d$",
        ),
        "irrelevant $u$, at the start: largest": (
            {1, 3}, lambda film, at, p, q: f"{film.moved(0).largest:.3g}$/d$",
        ),
        "irrelevant $u$: median": (
            {1, 3}, lambda film, at, p, q: f"{film.moved(at).median:.2g}$/d$",
        ),
        "irrelevant $u$: largest": (
            {1, 3}, lambda film, at, p, q: f"{film.moved(at).largest:.3g}$/d$",
        ),
        "signal of the first left": (
            {2}, lambda film, at, p, q: f"{1 - film.capture[at, p]:.0%}",
        ),
    }  # fmt: skip
    ended: dict[str, Callable[[Film, int], str]] = {
        "in the end with the first ($u>1/2$)": lambda film, p: f"{film.ended[p]}",
        "largest share one of them has": lambda film, p: f"{film.share[-1, p]:.0%}",
        "directions learned in the end": lambda film, p: f"{film.learned} of {P}",
    }
    lines = [
        [name, *(count(film, film.acts[act], *order(film.plan)) if len(film.acts) > act
                 else "not reached" if film.finished else "…" for film in films)]
        for name, (shown, count) in counted.items() if act in shown
    ]  # fmt: skip
    lines += [
        [name, *(count(film, order(film.plan)[0]) if film.finished else "…" for film in films)]
        for name, count in ended.items()
    ]
    return table((ACTS[act], "J = 4", "J = 2"), lines, "lrr")


def hardest_at_start(plan: Plan) -> str:
    """At how many neurons the strongest direction pulls hardest, and whether that is most."""
    first, *others = at_start(plan)
    most = max(others)
    rank = "more than any other" if first > most else f"another at {most}"
    return f"At this start, with J = 4, the strongest pulls hardest at {first} of them, {rank}."


begin("many_neurons")
words, experiment = columns()
with experiment, st.container(horizontal=True, vertical_alignment="bottom"):
    d = select_slider("d · dimension", [64, 256, 1024, 4096, 16384, 65536], value=1024, key="d")
    seed = slider("another start", 1, 20, 1, key="start")
    name = segmented_control("act of the story", ACTS, default=ACTS[0], key="act")
act = ACTS.index(name)
sharp = Experiment(d=d, P=P, m=m, s0=S0, seed=seed, engine="flow", horizon=1.3)
films = Films((sharp, sharp.replace(J=2, horizon=6.0)))
with words:
    st.markdown(
        f"{m} neurons start at random, and all {P} directions pull at each of them. "
        f"{hardest_at_start(films.plans()[0])} Why are others learned too? With J = 4 the "
        "story has four acts; choose one above the picture."
    )
    st.markdown(f"**{act + 1}. {name}.** {TOLD[act]}")
    guess = guess_choice(
        "many_neurons",
        "With J = 2 no transition is sharp. From the same start, how large has the largest "
        "irrelevant overlap $u$ become when the first direction is found?", list(GUESSES),
    )  # fmt: skip
    counts = st.empty()
    if guess.revealed:
        st.caption(
            r"Irrelevant: pairs that $\iota$ does not match, with directions still to come. With "
            r"J = 2 the student is $\sum_k ((v_k \cdot x)^2 - |v_k|^2)/\sqrt 2$: only the matrix "
            r"$\sum_k v_k v_k^\top$ counts, and many neurons may share a direction."
        )
    open_in_lab(sharp, "This start with J = 4, in the Live Lab")


def draw(known: tuple[Film, ...] | None) -> None:
    picture(acts(films.plans(), known, act, guess.value), key="many_neurons_picture")
    counts.markdown(counted_table(known, act) if known else "")
    if known and len(known[1].acts) > 1:
        largest = known[1].moved(known[1].acts[1]).largest
        guess.among(in_words(largest, d), f"it is ${largest:.3g}/d$, with $d = {d:,}$")
    else:
        guess.wait()


with experiment:
    if guess.revealed:
        watch(films, "many_neurons", draw)
    else:
        draw(None)

st.subheader("Two claims, tested as d grows", anchor=False)
words, experiment = columns()
with words:
    with st.container(border=True):
        st.markdown(
            r"**Claim 1.** If all irrelevant overlaps are $u = \tilde O(1/d)$, the dynamics "
            r"decouple: every $u_{\iota(p)p}$ moves as if it were alone, "
            r"$\frac{du}{d\tau} = 2J a_p u^{J/2}(1-u)$."
        )
    st.markdown(
        f"Test: the coupled flow of all {m} neurons, and for each direction the time of $u > "
        r"\frac12$ over that of its own ODE, less 1. With $J = 4$ the difference vanishes; with "
        "$J = 2$ the premise fails, and so does the conclusion. (The flow itself is right to about "
        "$10^{-5}$.)"
    )
    decoupled = st.empty()
claimed = Decoupling(
    tuple(
        Experiment(d=dimension, P=P, m=m, s0=S0, seed=start, engine="flow", J=J)
        for start in (1, 2, 3)
        for dimension in (128, 512, 2048, 8192, 65536, 1000000)
        for J in (4, 2)
    )
)


def draw_claim(known: tuple[Coupled, ...] | None) -> None:
    """How far the coupled times are off, and how large the premise's overlaps were."""
    picture(decoupling(known or ()), key="claim_picture", height="low")
    told = {J: summaries(known or (), J) for J in (4, 2)}
    decoupled.markdown(
        "\n".join(f"- $J = {J}$, {at_each_end(each)}" for J, each in told.items() if len(each) > 1)
    )


def at_each_end(said: tuple[Summary, ...]) -> str:
    """The smallest and the largest dimension measured so far, in words."""
    return "; ".join(
        f"$d = {each.d:,}$: "
        + (
            f"median difference **${scientific(each.median, 2)}$**"
            if each.never * 2 < each.directions
            else "median **never**"
        )
        + f", {each.never} of {each.directions} never found, irrelevant overlaps up to "
        f"${scientific(each.grown, 2)}/d$ at any transition"
        for each in (said[0], said[-1])
    )


with experiment:
    if guess.revealed:
        watch(claimed, "claim", draw_claim)
    else:
        draw_claim(None)

words, experiment = columns()
with words:
    with st.container(border=True):
        st.markdown(
            r"**Claim 2.** If transitions are sharp ($J > 2$), the irrelevant overlaps stay "
            r"$\tilde O(1/d)$ until the transition."
        )
    st.markdown(
        "The same moment, the first direction found, in more and more dimensions and for several "
        "starts. By then the time $T_1$ has passed, and an overlap with direction 2 has grown\n"
        "- with $J = 4$ from $u_0$ to $u_0/(1 - 8 a_2 u_0 T_1)$: by a factor that does not know "
        "of $d$;\n"
        "- with $J = 2$ from $u_0$ to $u_0\\,e^{4 a_2 T_1}$, and $e^{4 a_1 T_1} \\sim d$: by "
        "the factor $d^{\\,a_2/a_1}$."
    )
    slopes = st.empty()
experiments = tuple(
    Experiment(d=dimension, P=P, m=m, s0=S0, seed=start, engine="flow", J=J)
    for start in (1, 2, 3)
    for dimension in (64, 256, 1024, 4096, 16384, 65536, 262144, 1000000)
    for J in (4, 2)
)


exponent = films.ratio


def draw_growth(known: tuple[Moved, ...] | None) -> None:
    picture(over_d(known or (), exponent), key="many_neurons_growth", height="low")
    measured = {J: growth(known or (), J) for J in (4, 2)}
    lost = unfound(known or ())
    slopes.markdown(
        ""
        if None in measured.values()
        else (
            f"Measured for the largest: $d^{{{measured[4]:z.2f}}}$ with J = 4 (theory 0), "
            f"$d^{{{measured[2]:.2f}}}$ with J = 2 (theory $a_2/a_1 = {exponent:.2f}$), over "
            f"{plural(len(known or ()), 'run')}"
            + (f"; {lost} of them found no first direction and are left out." if lost else ".")
        )
    )


with experiment:
    if guess.revealed:
        watch(Movements(experiments), "many_neurons_growth", draw_growth)
    else:
        draw_growth(None)
