"""Lesson 5: many neurons at once, with and without a sharp transition."""

from collections.abc import Callable

import streamlit as st

from emergence.experiment import Experiment
from emergence.lessons.many_neurons.claims.figure import decoupling
from emergence.lessons.many_neurons.claims.model import Coupled, Summary, summaries
from emergence.lessons.many_neurons.claims.study import Decoupling
from emergence.lessons.many_neurons.figure import GUESSES, acts, in_words, over_d
from emergence.lessons.many_neurons.model import (
    IrrelevantOverlaps,
    grown,
    growth_exponent,
    order,
    unfound,
)
from emergence.lessons.many_neurons.study import (
    FirstCrossings,
    Trajectories,
    Trajectory,
    at_start,
)
from emergence.runs.plan import Plan
from emergence.ui.fields import segmented_control, select_slider, slider
from emergence.ui.formatting import scientific
from emergence.ui.guess import guess_choice
from emergence.ui.lesson import Column, Places, begin, finish, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.table import table
from emergence.ui.task import Task
from emergence.ui.watch import watch
from emergence.words import plural

P, m, S0 = 8, 32, 0.02
ACTS = {
    "Drift": "Every neuron turns a little towards what pulls it hardest.",
    "Found": (
        r"First is the pair whose $T_p$ is smallest: a strong direction and a neuron that started "
        "near it. The transition is sharp, so that until this moment the irrelevant overlaps have "
        "had little time to grow (dashed: $1/d$)."
    ),
    "Signal gone": (
        r"That neuron's norm grows until $|v|^2$ fits $a_p$. The error no longer has that part: of "
        "this direction's signal hardly anything is left."
    ),
    "The rest turn": (
        "The other neurons are pulled to what is left of the signal, and one of them finds the "
        "next direction. And so on."
    ),
}
"""The story of the first direction and of those after it (`Trajectory.acts`)."""


def choose(experiment: Column) -> tuple[Trajectories, str]:
    """The same start with J = 4 and with J = 2, and the act that is looked at."""
    with experiment, st.container(horizontal=True, vertical_alignment="bottom"):
        d = select_slider("d · dimension", [64, 256, 1024, 4096, 16384, 65536], value=1024, key="d")
        seed = slider("another start", 1, 20, 1, key="start")
        act = segmented_control("act of the story", list(ACTS), default="Drift", key="act")
    sharp = Experiment(d=d, P=P, m=m, s0=S0, seed=seed, engine="flow", horizon=1.3)
    return Trajectories((sharp, sharp.replace(J=2, horizon=6.0))), act


def story(runs: Trajectories, name: str, place: Places) -> bool:
    """The four acts; returns whether the answer to its question is shown."""
    sharp, act = runs.experiments[0], list(ACTS).index(name)
    with place.words:
        st.markdown(
            f"{m} neurons start at random, and all {P} directions pull at each of them. "
            f"{hardest_at_start(runs.plans()[0])} Why are others learned too? With J = 4 the "
            "story has four acts; choose one at the picture."
        )
        st.markdown(f"**{act + 1}. {name}.** {ACTS[name]}")
        guess = guess_choice(
            "many_neurons",
            "With J = 2 no transition is sharp. From the same start, how large has the largest "
            "irrelevant overlap $u$ become when the first direction is found?", list(GUESSES),
        )  # fmt: skip
    with place.answer:
        counts = st.empty()
        if guess.revealed:
            st.caption(
                r"Irrelevant: pairs that $\iota$ does not match, with directions still to come. "
                r"With J = 2 the student is $\sum_k ((v_k \cdot x)^2 - |v_k|^2)/\sqrt 2$: only the "
                r"matrix $\sum_k v_k v_k^\top$ counts, and many neurons may share a direction."
            )
        open_in_lab(sharp, "This start with J = 4, in the Live Lab")

    def draw(trajectories: tuple[Trajectory, ...] | None) -> None:
        picture(acts(runs.plans(), trajectories, act, guess.value), key="many_neurons_picture",
                revealed=guess.revealed)  # fmt: skip
        counts.markdown(counted_table(trajectories, name) if trajectories else "")
        if trajectories and len(trajectories[1].acts) > 1:
            smooth = trajectories[1]
            largest, d = smooth.irrelevant_overlaps(smooth.acts[1]).largest, sharp.d
            guess.among(in_words(largest, d), f"it is ${largest:.3g}/d$, with $d = {d:,}$")
        else:
            guess.wait()

    with place.experiment:
        watch(runs, "many_neurons", draw, guess.revealed)
    return guess.revealed


def hardest_at_start(plan: Plan) -> str:
    """At how many neurons the strongest direction pulls hardest, and whether that is most."""
    first, *others = at_start(plan)
    most = max(others)
    rank = "more than any other" if first > most else f"another at {most}"
    return f"At this start, with J = 4, the strongest pulls hardest at {first} of them, {rank}."


def counted_table(trajectories: tuple[Trajectory, ...], name: str) -> str:
    """What is counted at an act of the story and at the end, for both runs."""
    act = list(ACTS).index(name)
    counted: dict[str, tuple[set[int], Callable[[Trajectory, int, int, int], str]]] = {
        "the first direction is": ({0}, lambda run, at, p, q: f"{p + 1}"),
        "neurons it pulls hardest": ({0, 2}, lambda run, at, p, q: f"{run.pulled(at)[p]}"),
        "neurons the next pulls hardest": (
            {0, 2, 3}, lambda run, at, p, q: f"{run.pulled(at)[q]}",
        ),
        "others turned to the first ($u>0.1$)": (
            {1}, lambda run, at, p, q: f"{run.turned(at)} of {m - 1}",
        ),
        "irrelevant $u$, at the start: median": (
            {1, 3}, lambda run, at, p, q: f"{run.irrelevant_overlaps(0).median:.2g}$/d$",
        ),
        "irrelevant $u$, at the start: largest": (
            {1, 3}, lambda run, at, p, q: f"{run.irrelevant_overlaps(0).largest:.3g}$/d$",
        ),
        "irrelevant $u$: median": (
            {1, 3}, lambda run, at, p, q: f"{run.irrelevant_overlaps(at).median:.2g}$/d$",
        ),
        "irrelevant $u$: largest": (
            {1, 3}, lambda run, at, p, q: f"{run.irrelevant_overlaps(at).largest:.3g}$/d$",
        ),
        "signal of the first left": (
            {2}, lambda run, at, p, q: f"{run.uncaptured(at, p):.0%}",
        ),
    }  # fmt: skip
    at_the_end: dict[str, Callable[[Trajectory, int], str]] = {
        "in the end with the first ($u>1/2$)": lambda run, p: f"{run.ended[p]}",
        "largest share one of them has": lambda run, p: f"{run.share[-1, p]:.0%}",
        "directions learned in the end": lambda run, p: f"{run.learned} of {P}",
    }
    lines = [
        [title, *(count(run, run.acts[act], *order(run.plan.T)) if len(run.acts) > act
                  else "not reached" if run.finished else "…" for run in trajectories)]
        for title, (shown, count) in counted.items() if act in shown
    ]  # fmt: skip
    lines += [
        [title, *(last(run, order(run.plan.T)[0]) if run.finished else "…" for run in trajectories)]
        for title, last in at_the_end.items()
    ]
    return table((name, "J = 4", "J = 2"), lines, "lrr")


def starts_over(dimensions: tuple[int, ...]) -> tuple[Experiment, ...]:
    """Three starts in each of these dimensions, with J = 4 and with J = 2."""
    return tuple(
        Experiment(d=d, P=P, m=m, s0=S0, seed=seed, engine="flow", J=J)
        for seed in (1, 2, 3)
        for d in dimensions
        for J in (4, 2)
    )


def decoupling_claim(revealed: bool, place: Places) -> None:
    """Claim 1: small irrelevant overlaps decouple the dynamics."""
    with place.words:
        with st.container(border=True):
            st.markdown(
                r"**Claim 1.** If all irrelevant overlaps are $u = \tilde O(1/d)$, the dynamics "
                r"decouple: every $u_{\iota(p)p}$ moves as if it were alone, "
                r"$\frac{du}{d\tau} = 2J a_p u^{J/2}(1-u)$."
            )
        st.markdown(
            f"Test: the coupled flow of all {m} neurons, and for each direction the time of $u > "
            r"\frac12$ over that of its own ODE, less 1. With $J = 4$ the difference vanishes; "
            "with $J = 2$ the premise fails, and so does the conclusion. (The flow itself is right "
            "to about $10^{-5}$.)"
        )
        answer = st.empty()

    def draw(coupled: tuple[Coupled, ...] | None) -> None:
        picture(decoupling(coupled or ()), key="claim_picture", height="low")
        by_exponent = {J: summaries(coupled or (), J) for J in (4, 2)}
        answer.markdown(
            "\n".join(f"- $J = {J}$, {at_each_end(each)}"
                      for J, each in by_exponent.items() if len(each) > 1)
        )  # fmt: skip

    with place.experiment:
        study = Decoupling(starts_over((128, 512, 2048, 8192, 65536, 1000000)))
        watch(study, "claim", draw, revealed)


def at_each_end(by_dimension: tuple[Summary, ...]) -> str:
    """The smallest and the largest dimension measured so far, in words."""
    return "; ".join(
        f"$d = {each.d:,}$: "
        + (
            f"median difference **${scientific(each.median, 2)}$**"
            if each.median < float("inf")
            else "median **never**"
        )
        + f", {each.never} of {each.directions} never found, irrelevant overlaps up to "
        f"${scientific(each.grown, 2)}/d$ at any transition"
        for each in (by_dimension[0], by_dimension[-1])
    )


def growth_claim(ratio: float, revealed: bool, place: Places) -> None:
    """Claim 2: sharp transitions keep the irrelevant overlaps small; `ratio` is a_2 / a_1."""
    with place.words:
        with st.container(border=True):
            st.markdown(
                r"**Claim 2.** If transitions are sharp ($J > 2$), the irrelevant overlaps stay "
                r"$\tilde O(1/d)$ until the transition."
            )
        st.markdown(
            "The same moment, the first direction found, in more and more dimensions and for "
            "several starts. By then the time $T_1$ has passed, and an overlap with direction 2 "
            "has grown\n"
            "- with $J = 4$ from $u_0$ to $u_0/(1 - 8 a_2 u_0 T_1)$: by a factor that does not "
            "know of $d$;\n"
            "- with $J = 2$ from $u_0$ to $u_0\\,e^{4 a_2 T_1}$, and $e^{4 a_1 T_1} \\sim d$: by "
            "the factor $d^{\\,a_2/a_1}$."
        )
        answer = st.empty()

    def draw(overlaps: tuple[IrrelevantOverlaps, ...] | None) -> None:
        picture(over_d(overlaps or (), ratio), key="many_neurons_growth", height="low")
        answer.markdown(growth_exponents(overlaps or (), ratio))

    with place.experiment:
        study = FirstCrossings(starts_over((64, 256, 1024, 4096, 16384, 65536, 262144, 1000000)))
        watch(study, "many_neurons_growth", draw, revealed)


def growth_exponents(overlaps: tuple[IrrelevantOverlaps, ...], ratio: float) -> str:
    """The measured exponents of d beside theory's; empty until both are known."""
    many, two = (growth_exponent(overlaps, J) for J in (4, 2))
    if not many or not two:
        return ""
    lost = unfound(overlaps)
    return (
        f"Measured for the largest: $d^{{{many.value:z.2f}}}$ with J = 4 (theory 0), "
        f"$d^{{{two.value:.2f}}}$ with J = 2 (theory $a_2/a_1 = {ratio:.2f}$), over "
        f"{plural(len(overlaps), 'run')}"
        + (f"; {lost} of them found no first direction and are left out." if lost else ".")
    )


TASK = Task(
    r"$J = 4$; one neuron has the same small overlap with directions 1 and 2, and "
    r"$a_p = p^{-\beta}$. Find the β with which its overlap with direction 2 has tripled at $T_1$.",
    0.05, 5.0, grown, (2.9, 3.1), "it has grown by a factor {}",
)  # fmt: skip

begin("many_neurons")
place = part()
runs, act = choose(place.experiment)
revealed = story(runs, act, place)
st.subheader("Two claims, tested as d grows", anchor=False)
decoupling_claim(revealed, part("decoupling"))
growth_claim(runs.ratio, revealed, part("growth"))
finish("many_neurons", TASK)
