"""Lesson 14: what a budget buys, wider or longer; and what a fit of a short range says of it."""

import streamlit as st

from emergence.lessons.budget.figure import curves, ranges, with_interval
from emergence.lessons.budget.iso import complement
from emergence.lessons.budget.model import CONDITION, ONE, RULES, STABLE, Law
from emergence.lessons.budget.study import (
    DIRECTIONS,
    DRAWS,
    EQUAL,
    FIRST,
    FLOW,
    HIGHEST,
    LOWEST,
    RANDOM,
    RANGES,
    SEEDS,
    SOURCES,
    Bought,
    Buying,
    Fitted,
    Ranges,
    runs_of,
)
from emergence.ui.fields import select_slider, selectbox, slider
from emergence.ui.guess import guess_choice, guess_number
from emergence.ui.lesson import Places, begin, choice, finish, lesson_link, open_in_lab, part
from emergence.ui.picture import picture
from emergence.ui.table import table
from emergence.ui.task import Task
from emergence.ui.watch import watch
from emergence.words import plural

HOFFMANN = (
    "J. Hoffmann et al., [*Training compute-optimal large language models*]"
    "(https://arxiv.org/abs/2203.15556), 2022"
)
BESIROGLU = (
    "T. Besiroglu, E. Erdil, M. Barnett, J. You, [*Chinchilla scaling: a replication attempt*]"
    "(https://arxiv.org/abs/2404.10102), 2024"
)
SOURCES_CITED = f":small[{HOFFMANN}. {BESIROGLU}.]"
HOLDS, TOO_SMALL, TOO_LARGE = "it does", "no, all of it is too small", "no, all of it is too large"
NO_FLOOR = 0.01
"""Share of the least loss below which a fitted floor is none."""
WHY = {
    ONE: r"One η: $T_p \propto p^\beta$ samples, so $C = m\,t \sim m^{1+\beta}$",
    CONDITION: r"To hear direction $p$ above the noise of single samples takes $\eta \lesssim "
    r"a_p$, so $T_p \propto p^{2\beta}$ samples and $C \sim m^{1+2\beta}$",
    STABLE: r"Stable is $\eta \lesssim 1/\big(d\,J\,(93\,a_1 + \sum_{1<q\le p} a_q)\big)$ (93: "
    r"kurtosis of $\sigma'$ at $J = 4$), and the sum grows like $p^{1-\beta}$ if $\beta < 1$. So "
    r"$T_p \propto p^{\max(\beta, 1)}$ in the end, and $C \sim m^{1+\max(\beta, 1)}$",
}


def law_of(source: str = EQUAL) -> Law:
    """The teacher, and how step sizes are chosen; a flow has no noise, and one step size."""
    beta = slider("β · how fast strengths fall", 0.6, 1.5, 0.8, 0.1, key="beta")
    rule = selectbox(
        "step size", RULES, key="rule", disabled=source == FLOW,
        help="One η for all runs; or the largest for what a run can reach: by the theorem's "
        "condition η ∝ aₚ, or by the stability of a fitted student (in the mean square).",
    )  # fmt: skip
    return Law(beta, ONE if source == FLOW else rule)


def wider_or_longer(place: Places) -> None:
    """IsoFLOP curves, and where their minima go."""
    with place.experiment, st.container(horizontal=True):
        source = selectbox(
            "students", SOURCES, 1, key="source",
            help="Equal starts: closed form, infinitely many directions. Random starts: "
            f"{plural(DIRECTIONS[RANDOM], 'direction')}, {plural(SEEDS[RANDOM], 'seed')}, matched "
            f"by ι, d → ∞. Gradient flow: all neurons coupled, "
            f"{plural(DIRECTIONS[FLOW], 'direction')}, {plural(SEEDS[FLOW], 'seed')}, integrated "
            "now. It has no noise, so there is no step size to tune: one η.",
        )  # fmt: skip
        law = law_of(source)
    study = Buying(law, source)
    with place.words:
        st.markdown(
            "A sample costs a student of $m$ neurons about $4\\,m\\,d$ operations. With $d$ fixed "
            "a budget is $C = m\\,t$: **neurons times samples**. Too narrow a student is used up "
            "early, too wide a one runs out of samples: each curve of equal budget (*IsoFLOP*) "
            "has a lowest point."
        )
        st.latex(r"L \sim m^{1-2\beta} \vee p(t)^{1-2\beta}")
        st.latex(r"m_{\rm opt} \sim C^a,\ t_{\rm opt} \sim C^b,\ L_{\rm opt} \sim C^{-c}")
        guess = guess_number(
            "budget", "Your budget grows: wider or longer? Guess $a$, the power of $C$ with which "
            f"the best width grows, at β = {law.beta:g}, {law.rule}. (1: all goes into neurons, 0: "
            "all into samples, 0.5: into both alike.)", 0.0, 1.0, 0.05,
        )  # fmt: skip
        guess.near(law.a, 0.05, f"by theory; so b = {1 - law.a:.3g}, c = {law.c:.3g}")
    with place.answer:
        answer = st.empty()
        lab = Buying(Law(law.beta), FLOW).experiment(8, 1)
        open_in_lab(lab, f"8 neurons, {plural(DIRECTIONS[FLOW], 'direction')} in the Live Lab")

    def draw(bought: Bought | None) -> None:
        picture(curves(law, study.m, study.C, bought, guess.value), key="budget_picture", view=True,
                revealed=guess.revealed)  # fmt: skip
        answer.markdown(exponents(law, source, bought) if bought else SOURCES_CITED)

    with place.experiment:
        watch(study, "budget", draw, guess.revealed)


def exponents(law: Law, source: str, bought: Bought) -> str:
    """Theory's, those of the minima, and those of Hoffmann's form."""
    a, c = bought.iso.width_slope, bought.iso.loss_slope
    rows = [
        ("a: width", f"{law.a:.3f}", with_interval(a), with_interval(bought.form_a)),
        (
            "b: time",
            f"{1 - law.a:.3f}",
            with_interval(complement(a)),
            with_interval(complement(bought.form_a)),
        ),
        ("c: loss", f"{law.c:.3f}", with_interval(c, -1), with_interval(bought.form_c)),
    ]
    text = (
        f"{WHY[law.rule]}: $a = {law.a:.3f}$. All the minimum needs is $p(t) = m$: neurons and "
        "samples are up together."
        "\n\n" + table(("", "theory", "IsoFLOP minima", "Hoffmann's form"), rows) + "\n\n"
    )
    if law.rule == STABLE:
        text += (
            f"“In the end” is far away: the stable η of 64 directions is still "
            f"{float(law.step_size(64)):.0%} of that of one. Here, at C = 10,000, theory's own $a$ "
            f"is {law.local_a(1e4):.3f}. "
        )
    if source == EQUAL:
        text += (
            "Nothing is random here: what differs from theory does so because $m$ is finite, and "
            "because a sum of two powers is not their maximum. "
        )
    elif source == RANDOM:
        text += (
            "Of $m$ random starts the best overlap grows like $\\sqrt{2\\log m}$: wide students "
            "are faster than theory's, and any finite range shows larger exponents than the limit. "
        )
    else:
        alone = bought.predicted.width_slope if bought.predicted else None
        text += (
            f"ι says $a$ = {with_interval(alone)} of the same starts. The flow follows it; a range "
            "of widths as short as this one says little of the limit. "
        )
    seeds = SEEDS[source]
    over = (
        f" 95% intervals over {plural(seeds, 'seed')} (of the minima: jackknife)."
        if seeds > 1
        else ""
    )
    return text + (
        f"\n\n:small[Parabolas: log L over log m, within a factor 8 of the least, mean over the "
        f"seeds. Budgets whose best width is {LOWEST[source]:g} to {HIGHEST[source]:g} with equal "
        f"starts.{over}]\n\n" + SOURCES_CITED
    )


def short_range(place: Places) -> None:
    """Hoffmann's form fitted to short and long ranges of budgets."""
    with place.experiment, st.container(horizontal=True):
        law = law_of()
        last = RANGES[select_slider("runs up to C = 10ⁿ, n", list(RANGES), key="range")]
    with place.words:
        st.markdown(
            "Large runs are planned by a curve through small ones. Here the truth is known: equal "
            "starts, infinitely many directions, no noise, and a loss that falls to **zero**. "
            "Hoffmann et al. fit"
        )
        st.latex(r"L = E + A\,m^{-\alpha_m} + B\,t^{-\alpha_t},\qquad "
                 r"a = \frac{\alpha_t}{\alpha_m + \alpha_t}")  # fmt: skip
        st.markdown(
            "to all their runs, by the least Huber loss of $\\log L$. (They write $N, D, \\alpha, "
            "\\beta$.)"
        )
        guess = guess_choice(
            "budget_range", f"Fitted to {plural(len(runs_of(law, last).m), 'run')} with budgets "
            f"from {FIRST:g} to {last:,.0f}, β = {law.beta:g}, {law.rule}. Does its 80% interval "
            "hold the true $a$?", [HOLDS, TOO_SMALL, TOO_LARGE],
        )  # fmt: skip
    with place.answer:
        answer = st.empty()

    def draw(fits: tuple[Fitted, ...] | None) -> None:
        picture(
            ranges(law, last, fits or ()), key="range_picture", view=True, revealed=guess.revealed
        )
        fitted = next((each for each in fits or () if each.last == last), None)
        if fitted:
            truth = law.local_a(last)
            low, high = fitted.interval
            guess.among(
                HOLDS if fitted.holds(truth) else TOO_SMALL if high < truth else TOO_LARGE,
                f"a = {fitted.form.a:.3f} ({low:.3f} to {high:.3f}), in truth {truth:.3f}",
            )
        else:
            guess.wait()
        answer.markdown(of_the_fit(law, fitted) if fitted else SOURCES_CITED)

    with place.experiment:
        watch(Ranges(law), "range", draw, guess.revealed)


def of_the_fit(law: Law, fitted: Fitted) -> str:
    """What one fit says, and whose pitfalls these are."""
    form, early = fitted.form, fitted.early
    share = form.E / float(law.frontier(fitted.last))
    floor = (
        f"{share:.0%} of the least loss of these budgets: a floor that does not exist (the truth "
        "is 0). In a short range nobody can tell a floor from a curve that still falls."
        if share > NO_FLOOR
        else "next to nothing, as in truth (0)."
    )
    return (
        f"E = **{form.E:.2g}**, {floor} $\\alpha_m$ = {form.width:.3f}, $\\alpha_t$ = "
        f"{form.time:.3f}; in truth {2 * law.beta - 1:.3f} and {law.c / (1 - law.a):.3f} for "
        "large budgets. The interval (draw the runs anew, fit again, "
        f"{DRAWS} times) knows how the runs scatter, and **not that the form is not the law**: "
        "ours is a maximum of two powers, theirs a sum. Move the slider: in long ranges the "
        "exponents come near the truth."
        "\n\n"
        "**A solver that stops early.** Besiroglu et al. fitted Hoffmann's data again: the "
        "published fit disagrees with their other two methods, its intervals would take “over "
        "600,000 experiments, while they likely only ran fewer than 500”, and its optimiser "
        "“stopped before convergence due to a poor choice of loss scale”. Crosses: the same runs, "
        f"the objective averaged instead of summed, L-BFGS-B as it is delivered: E = "
        f"{early.E:.2g}, a = {early.a:.3f}."
        "\n\n"
        "Language models: [Kaplan et al.](https://arxiv.org/abs/2001.08361) (2020) found a = "
        "0.73, Hoffmann et al. 0.50 (dashed). Named as causes: parameters counted without the "
        "embedding, and small runs ([Pearce, Song](https://arxiv.org/abs/2406.12907), 2024); the "
        "last layer's cost, long warm-ups, tuning by size "
        "([Porian et al.](https://arxiv.org/abs/2406.19146), 2024)."
        "\n\n" + SOURCES_CITED
    )


VIEWS = {"Wider or longer": wider_or_longer, "Too short a range": short_range}

TASK = Task(
    r"One η for all runs. At which $\beta$ does a budget ten times as large buy a best student "
    "that is four times as wide?",
    0.51, 3.0, lambda beta: 10 ** Law(beta).a, (3.98, 4.02), "it is {} times as wide",
)  # fmt: skip

begin("budget")
place = part()
choice(VIEWS, place.words)(place)
with place.answer:
    lesson_link("scaling_law")
    finish("budget", TASK)
