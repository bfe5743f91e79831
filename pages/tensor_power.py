"""Lesson 15: Li, Ma and Zhang's network: power method, deflation, and joint training."""

from typing import NamedTuple

import streamlit as st

from emergence.lessons.tensor_power.chain import Plane
from emergence.lessons.tensor_power.figure import (
    hermite_sums,
    needed,
    on_circle,
    one_round,
    stages,
    three_ways,
)
from emergence.lessons.tensor_power.model import abs_coefficient, higher_share, share_interval
from emergence.lessons.tensor_power.study import (
    FLOW,
    HIGHER,
    HORIZON,
    KAPPAS,
    S0,
    SGD,
    STARTS,
    TRAININGS,
    TRIALS,
    C,
    Grid,
    Joint,
    Needed,
    Teacher,
    ThreeWays,
    as_text,
    middle,
    power_needed,
    widths,
)
from emergence.ui.fields import segmented_control, select_slider, selectbox, slider
from emergence.ui.formatting import scientific
from emergence.ui.guess import guess_choice, guess_number, guess_size
from emergence.ui.lesson import Column, Places, begin, finish, lesson_link, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.task import Task
from emergence.ui.watch import watch
from emergence.words import plural

THREE, NEEDED, STAGES = VIEWS = ("Three ways", "Needed", "Two stages")
HOW = {
    FLOW: "Population flow, kernels in closed form.",
    SGD: rf"Online SGD, one fresh sample a step, $\eta = {C:g}/(d\sum_p a_p)$.",
    HIGHER: "Population flow of the loss without degrees 0, 1 and 2, in closed form.",
}
DRAWN_KAPPA = 4
"""Of the chain's pictures: with more, all that happens is at one end."""
STOPS = (4, 6, 8, 10, 12, 16, 24, 32, 48, 64, 100, 300, 1_000, 10_000, 1_000_000, 1_000_000_000)
SOURCE = (
    "\n\n:small[Y. Li, T. Ma, H. R. Zhang, [*Learning over-parametrized two-layer neural networks "
    "beyond NTK*](https://arxiv.org/abs/2007.04596), COLT 2020. Gradient flow on tensors "
    "deflates, too: R. Ge, Y. Ren, X. Wang, M. Zhou, [*Understanding deflation process in "
    "over-parametrized tensor decomposition*](https://arxiv.org/abs/2106.06573), NeurIPS 2021.]"
)


class Chosen(NamedTuple):
    """What the controls say."""

    teacher: Teacher
    m: int
    seed: int
    training: str


def choose(place: Column, view: str) -> Chosen:
    """The teacher and the start."""
    with place, st.container(horizontal=True):
        P = select_slider("P · directions", [8, 12, 16], 8, key="P")
        d = select_slider("d · dimension", [16, 32, 64], 16, key="d")
        kappa = select_slider("κ · condition number", list(KAPPAS), 64, key="kappa")
        m = select_slider("m · neurons", [8, 12, 16, 24, 32, 48, 64], 16, key="m")
        seed = 1 if view == NEEDED else slider("seed", 1, 20, 1, key="seed")
        trainings = (FLOW, HIGHER) if view == NEEDED else TRAININGS
        training = selectbox("joint training", trainings, key="training")
    return Chosen(Teacher(P, d, kappa), m, seed, training)


def three(chosen: Chosen, place: Places) -> None:
    """The same neurons in three ways."""
    teacher, P, m = chosen.teacher, chosen.teacher.P, chosen.m
    ways = ThreeWays(teacher, m, chosen.seed, chosen.training)
    with place.words:
        st.markdown(
            "Li, Ma and Zhang learn absolute values with ReLUs, the second layer tied to the first:"
        )
        st.latex(
            r"\begin{aligned}f^* &= \sum_{p=1}^P a_p\,|\langle e_p, x\rangle|,\\ "
            r"f &= \sum_{k=1}^m |w_k|\,\mathrm{ReLU}(\langle w_k, x\rangle)\end{aligned}"
        )
        st.markdown(
            r"Degree 4 of the teacher is the tensor $T = \sum_p a_p e_p^{\otimes 4}$. Left to "
            r"itself, a neuron runs the **power method** on it, $v \leftarrow T(I,v,v,v)/|\cdot|$, "
            r"and ends at $\arg\max_p a_p v_p^2$. **Deflation** takes out of $T$ what is found, "
            "before the next neuron starts. **Joint training** is gradient flow, or SGD, on "
            r"$\tfrac12\mathbb E(f-f^*)^2$: nothing is taken out by hand."
        )
        guess = guess_number(
            "tensor_power", f"{plural(P, 'direction')}, κ = {teacher.kappa}. From one start of "
            f"{plural(m, 'neuron')} the power method finds {ways.found_alone}: "
            f"{together(ways)}. Trained jointly, how many do the same {m} find?",
            0, P, 1,
        )  # fmt: skip
    with place.answer:
        answer = st.empty()
        open_in_lab(teacher.nearest_in_lab(m, chosen.seed),
                    "|z|, cut after degree 8, in the Live Lab")  # fmt: skip

    def draw(joint: Joint | None) -> None:
        drawn = three_ways(ways, joint, guess.value, guess.revealed)
        picture(drawn, key="ways_picture", view=True, revealed=guess.revealed)
        if joint is not None and joint.over:
            guess.near(joint.found, 1, f"so many have $R_p > \\frac12$ at the end, of {P}")
            answer.markdown(found(ways, joint) + SOURCE)
        else:
            guess.wait()
            answer.markdown("")

    with place.experiment:
        watch(ways, "ways", draw, guess.revealed)


def together(ways: ThreeWays) -> str:
    """Why the power method finds no more than it does."""
    if ways.found_alone == ways.teacher.P:
        return "all of them"
    return "several neurons go to the same" if ways.found_alone < ways.m else "each another one"


def found(ways: ThreeWays, joint: Joint) -> str:
    """What the three ways have found, and where joint training differs from the first."""
    m, alone, same = ways.m, ways.found_alone, ways.as_alone(joint)
    more = joint.found > alone
    said = "**Training deflates by itself.**" if more else "**Here joint training finds no more.**"
    said += (
        f" The power method finds **{alone}**, with deflation **{len(ways.deflated()[2])}**, "
        f"joint training **{joint.found}**, from the same start."
    )
    if more:
        said += " Where a direction is fitted its error is gone, and with it the pull."
    said += (
        f"\n\nOf {plural(m, 'jointly trained neuron')} **{same}** end where the power method "
        "would take them ($u > \\frac12$)"
    )
    said += ": they do not run it." if same < m / 2 else "."
    if ways.training == HIGHER:
        said += " Degrees 0, 1 and 2 are left out of the loss here: they need not be fitted."
    else:
        said += (
            f" Degree 2 turns them first: at $s = 1/\\sqrt d$ only "
            f"{ways.teacher.higher_at_start:.1%} of a direction's pull is of degree 4 and up. "
            f"*{STAGES}* shows it; joint training of *{HIGHER}* leaves out the rest."
        )
    return said + (
        f"\n\n:small[$R_p = \\sum_k |w_k|^2 v_{{kp}}^4/2a_p$: the student's share of entry "
        f"$(p,p,p,p)$ of $T$. {HOW[ways.training]} $|w_k| = {S0:g}$ at the start, until "
        f"${HORIZON:g}/a_P$; all of these sizes are ours.]"
    )


def how_many(chosen: Chosen, place: Places) -> None:
    """Directions found over m and neurons needed over kappa."""
    teacher, P, kappa = chosen.teacher, chosen.teacher.P, chosen.teacher.kappa
    study = Needed(P, teacher.d, kappa, chosen.training)
    with place.words:
        st.markdown(
            "Li, Ma and Zhang prove that a wide enough network learns the teacher by gradient "
            "descent, in a time and with samples polynomial in $d$. How their width depends on κ "
            r"we have from the talk: $m = e^{\kappa}\,\mathrm{poly}(d)$, "
            r"$\kappa = \max a_p / \min a_p$. That is enough. Is it needed?"
        )
        guess = guess_size(
            "tensor_power_needed", f"{plural(P, 'direction')}, d = {teacher.d}, κ = {kappa}: with "
            "how many neurons does joint training find all of them from half of the starts?",
            STOPS, " neurons",
        )  # fmt: skip
    with place.answer:
        answer = st.empty()
        open_in_lab(teacher.nearest_in_lab(chosen.m, 1), "|z|, cut after degree 8, in the Live Lab")

    def draw(grid: Grid | None) -> None:
        drawn = needed(study, grid, chosen.m, guess.value, guess.revealed)
        picture(drawn, key="needed_picture", view=True, revealed=guess.revealed)
        needs = grid.needed(kappa) if grid else None
        if grid is not None and needs is not None:
            median = float(middle(needs)[1])
            if median <= widths(P)[-1]:
                guess.about(median, 1.5, f"the median over {STARTS} starts, of the widths tried")
            else:
                guess.wait(f"The median of {STARTS} starts: {as_text(median, P)}.")
            answer.markdown(widths_needed(study, grid) + SOURCE)
        else:
            guess.wait()
            answer.markdown("")

    with place.experiment:
        watch(study, "needed", draw, guess.revealed)


def widths_needed(study: Needed, grid: Grid) -> str:
    """What was needed, beside what is promised."""
    P, kappa = study.P, study.kappa
    alone = middle(power_needed(P, kappa)[:, -1])
    promised = Teacher(P, study.d, kappa).promised
    said = (
        f"**Promised:** $e^{{{kappa}}} \\approx {scientific(promised, 1)}$ times a power of $d$. "
        f"**Needed:** the power method {alone[1]:,.0f} (middle 80% of {TRIALS} draws: "
        f"{alone[0]:,.0f} to {alone[2]:,.0f}), deflation {P}, joint training "
    )
    needs = grid.needed(kappa)
    if needs is not None:
        low, centre, high = middle(needs)
        said += (
            f"**{as_text(centre, P)}** ({as_text(low, P)} to {as_text(high, P)} in the middle 80% "
            f"of {STARTS} starts), until ${HORIZON:g}/a_P$."
        )
    double = grid.all_found(kappa, 2 * P)
    if double is not None:
        low, high = share_interval(double, STARTS)
        said += (
            f" With $m = 2P$ = {2 * P} all are found from {double} of {STARTS} starts (so from "
            f"{low:.0%} to {high:.0%} of all starts, 95%)."
        )
    return said + (
        "\n\nThis contradicts no theorem: theirs says what is enough, for every large $d$, by "
        "gradient descent with samples. But most of the growth with $\\kappa$ belongs to neurons "
        "that do not know of one another, and even theirs is far slower than $e^\\kappa$. Two "
        "neurons make one absolute value, $|z| = \\mathrm{ReLU}(z) + "
        "\\mathrm{ReLU}(-z)$; a direction found with fewer than $2P$ neurons has "
        f"$R_p > \\frac12$ without being fitted exactly.\n\n:small[Widths tried: "
        f"{', '.join(map(str, widths(P)))}. Bars above: least and most of {STARTS} starts; below: "
        "the middle 80%. A start that never finds all is above the picture.]"
    )


def two_stages(chosen: Chosen, place: Places) -> None:
    """The loss by degrees."""
    teacher = chosen.teacher
    ways = ThreeWays(teacher, chosen.m, chosen.seed, chosen.training)
    with place.words:
        st.markdown(
            r"$|z|$ has the degrees 0, 2, 4, …, a ReLU has degree 1, too. Degree $i$ of the loss: "
            r"$|\sum_k r_i|w_k|^2v_k^{\otimes i} - \sum_p c_ia_pe_p^{\otimes i}|^2$: an infinite "
            "sum of tensor problems. In Li, Ma and Zhang's **first stage** degrees 0 and 2 fall, "
            "their **second** finds the directions by degree 4 and up. We take nothing away and "
            "wait for nothing: one flow on the whole loss."
        )
        options = ["degree 0", "degree 2", "degree 4"]
        guess = guess_choice(
            "tensor_power_stages", "Which of them is the last to lose nine tenths of its loss?",
            options,
        )  # fmt: skip
    with place.answer:
        answer = st.empty()
        open_in_lab(teacher.nearest_in_lab(chosen.m, chosen.seed),
                    "|z|, cut after degree 8, in the Live Lab")  # fmt: skip

    def draw(joint: Joint | None) -> None:
        picture(stages(teacher, joint), key="stages_picture", view=True, revealed=guess.revealed)
        if joint is not None and joint.over:
            times, last = joint.tenths, joint.slowest
            guess.among(f"degree {last}", f"at time {times[last]:,.3g}")
            answer.markdown(by_degree(times, chosen.training) + SOURCE)
        else:
            guess.wait()
            answer.markdown("")

    with place.experiment:
        watch(ways, "stages", draw, guess.revealed)


def by_degree(times: dict[int, float], training: str) -> str:
    """When each degree has lost nine tenths."""
    each = ", ".join(
        f"degree {degree}: **{time:,.3g}**" if time < float("inf") else f"degree {degree}: never"
        for degree, time in times.items() if degree != 1
    )  # fmt: skip
    said = f"Nine tenths are gone at these times: {each}."
    if training == HIGHER:
        return said + " Degrees 0, 1 and 2 are not trained here: what they do is a side effect."
    return said + (
        " With $\\kappa = 1$ there are two stages as in the proof. With a large $\\kappa$ they "
        "overlap: degree 2 is a matrix, its strong eigenvectors are learned first, one after the "
        "other, and degree 4 parts neurons within what degree 2 has found. Degree 1, which "
        "$|z|$ does not have, begins small and must be cancelled: neurons come in pairs, "
        "$+e_p$ and $-e_p$."
    )


def chain(kappa: int) -> None:
    """|z|, Hermite polynomials, the tensor, the power method."""
    st.subheader("One chain: |z| → Hermite → 4th-order tensor → power method", anchor=False)
    plane, chosen = Plane(DRAWN_KAPPA), Plane(kappa)
    hermite, tensor, power = st.columns(3)
    with hermite:
        st.markdown(
            r"**1. Hermite polynomials.** $|z| = \sqrt{2/\pi}\,(1 + h_2/\sqrt2 - h_4/\sqrt{24} "
            rf"+ \dots)$: $c_2 = {abs_coefficient(2):.3f}$, $c_4 = {abs_coefficient(4):.3f}$."
        )
        picture(hermite_sums(), key="hermite_picture", height="low")
    with tensor:
        st.markdown(
            r"**→ 2. A tensor of order 4.** Of the teacher, $h_4(\langle v,x\rangle)$ sees "
            r"$\mathbb E[f^* h_4] = c_4\,T(v,v,v,v)$, $T = \sum_p a_pe_p^{\otimes4}$. $c_4$ is "
            "negative in student and teacher alike: it cancels."
        )
        picture(on_circle(plane), key="tensor_picture", height="low")
    with power:
        st.markdown(
            r"**→ 3. The power method.** A round cubes: $v_p \leftarrow a_pv_p^3$. From "
            f"$u > 1/(1+\\kappa)$ = {plane.watershed:.2g} a neuron ends at $e_1$; at the weak "
            f"$e_2$ ends {plane.weak_probability:.0%} of random ones (κ = {kappa}: "
            f"{chosen.weak_probability:.0%})."
        )
        picture(one_round(plane), key="round_picture", height="low")
    st.caption(
        f"Two directions in a plane, strengths 1 and 1/κ = 1/{DRAWN_KAPPA}. Lines: formulas. "
        "Circles: integrals over x, by quadrature."
    )


DRAWN = {THREE: three, NEEDED: how_many, STAGES: two_stages}

TASK = Task(
    r"A neuron at overlap $s$ with $e_p$ is pulled by all degrees in proportion to $\arcsin s$, by "
    "degree 2 alone to $s$. Find the $s$ at which a tenth of the pull is of degree 4 and up.",
    0.01, 0.999, lambda s: 100 * higher_share(s), (9.8, 10.2), "it is {} %",
)  # fmt: skip

begin("tensor_power")
place = part()
with place.words:
    view = segmented_control(
        "View", list(VIEWS), default=THREE, key="view", label_visibility="collapsed"
    )
chosen = choose(place.experiment, view)
DRAWN[view](chosen, place)
chain(chosen.teacher.kappa)
lesson_link("why_not_exp_kappa")
finish("tensor_power", TASK)
