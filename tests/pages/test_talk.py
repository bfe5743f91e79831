"""What the talk says, on the pages: claims, recursion, search, reasons, chain, collapse."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from emergence.lessons.one_neuron.model import share_left
from emergence.lessons.one_neuron.recursion.model import Recursion
from emergence.lessons.one_neuron.recursion.study import DecomposedSearch, NoiseSizes
from emergence.lessons.one_neuron.study import Search
from emergence.lessons.why_not_exp_kappa.chain.study import Chain
from emergence.lessons.why_not_exp_kappa.model import PowerMethod
from tests.pages.drawn import drawn, names, wait_until
from tests.pages.opened import open_lesson


def words(app: AppTest) -> str:
    said = [*app.main.markdown, *app.main.latex, *app.main.caption]
    return "\n".join(each.value for each in said)


@pytest.mark.parametrize(
    ("slug", "cited"),
    [
        ("puzzle", {"2202.07785", "2206.07682", "2001.08361", "2203.15556", "2303.13506",
                    "2404.17563"}),
        ("takeaways", {"2504.19983", "2202.07785", "2402.07043", "2303.13506", "2404.17563"}),
    ],
)  # fmt: skip
def test_the_motivation_s_references_are_named(slug: str, cited: set[str]) -> None:
    text = words(open_lesson(slug))
    assert cited <= set(re.findall(r"arxiv\.org/abs/([\d.]+)", text))


def test_the_puzzle_says_that_others_mean_the_frequency_of_data() -> None:
    text = words(open_lesson("puzzle"))
    assert "Michaud et al. 2023" in text
    assert "because the *data* rarely ask for it" in text
    assert "*weak* in the teacher" in text


def test_single_index_models_have_other_names() -> None:
    text = words(open_lesson("link_functions"))
    for name in ("single-index model", "generalised linear model", "perceptron", "ridge function",
                 "phase retrieval"):  # fmt: skip
        assert name in text


@pytest.mark.parametrize(("J", "d", "c"), [(2, 64, 0.016), (3, 32, 0.004)])
def test_the_recursion_stands_beside_its_ode_and_its_books_balance(
    J: int, d: int, c: float
) -> None:
    app = open_lesson("one_neuron", J=f"{J}", d=f"{d}", c=f"{c}", view="Signal and noise",
                      guess_noise="its drift")  # fmt: skip
    *_, last = DecomposedSearch(Search(J, d, c)).results()
    books = last.value
    one, sizes = books.middle, Recursion(J, d, c).sizes
    whole = f"in {books.steps[-1]:,.0f} steps"
    wait_until(app, lambda: whole in words(app))
    text = words(app)
    assert r"u_{t+1} &= u_t + \eta\, " in text
    said = {"drift": "its drift", "martingale": "its martingale", "both": "both about the same"}
    assert f"it is **{said[sizes.larger]}**" in text
    for name in ("signal", "drift", "martingale"):
        assert f"{name} {getattr(books, name)[-1, one]:+.3g}" in text
    assert {"flow (ODE), without noise", "ζ: drift", "ζ: martingale"} <= set(
        names(app, "noise_picture")
    )


def test_eta_has_to_be_of_order_d_to_the_minus_2() -> None:
    app = open_lesson("one_neuron", view="How small is η?", guess_step_size="-1.0")
    wait_until(app, lambda: "measured, d = 1024" in names(app, "size_picture"))
    assert f"You said **-1**; it is **{NoiseSizes(4).power.value:.3g}**" in words(app)
    assert r"the talk's $\tilde O(d^{-2})$" in words(app)
    shown = drawn(app, "size_picture")["data"]
    assert sum(trace.get("marker", {}).get("symbol") == "diamond" for trace in shown) == 4


@pytest.mark.parametrize("delta", [0.05, 0.3])
def test_search_is_the_stretch_up_to_delta(delta: float) -> None:
    app = open_lesson("one_neuron", view="Search and rest", delta=f"{delta}", guess_left="0.0")
    truth = 100 * float(share_left(4, 1e6, delta))
    assert f"it is **{float(f'{truth:.3g}'):g}" in words(app)
    assert r"\tilde\Theta(d^{k-1})" in words(app)
    assert r"o(d^{k-1})" in words(app)
    line = next(n for n in names(app, "left_picture") if n.startswith("J = 4: as"))
    assert line == f"J = 4: as d^−{2 * delta:.2g}"


def test_both_claims_are_stated_and_the_first_is_measured() -> None:
    app = open_lesson("many_neurons", guess="none")
    for claim in (r"**Claim 1.** If all irrelevant overlaps are $u = \tilde O(1/d)$, the dynamics "
                  "decouple", "**Claim 2.** If transitions are sharp ($J > 2$)"):  # fmt: skip
        assert claim in words(app)
    said = re.compile(r"- \$J = 2\$, \$d = 128\$: median \*\*never\*\*, (\d+) of 24")
    wait_until(app, lambda: said.search(words(app)) is not None, 120)
    number = said.search(words(app))
    assert number is not None
    assert int(number[1]) > 12


def test_the_three_reasons_have_this_teacher_s_numbers() -> None:
    app = open_lesson("why_not_exp_kappa", P="32", beta="1.5", guess="none")
    text = words(app)
    theory = PowerMethod(32, 1.5)
    assert f"10^{{{theory.log10_exp_kappa:,.0f}}}$ neurons against" in text
    assert theory.log10_exp_kappa == pytest.approx(78.6, abs=0.1), "32^1.5 / log 10"
    for reason in ("1. **", "2. **", "3. **"):
        assert reason in text


def test_the_chain_is_drawn_at_the_page_s_teacher() -> None:
    app = open_lesson("why_not_exp_kappa", beta="1.5", J="6")
    chain = Chain(1.5, 6)
    assert drawn(app, "tensor_picture")["data"][0]["name"] == "T(v, …, v)"
    paths, border = chain.iterations()
    assert f"watershed {border:.0f}°" in names(app, "power_picture")
    assert len(drawn(app, "power_picture")["data"]) == paths.shape[1] + 1
    assert r"\langle w, v\rangle^6" in words(app)


def test_the_takeaways_have_model_collapse_and_the_second_question_is_there() -> None:
    app = open_lesson("takeaways")
    assert "*model collapse*" in words(app)
    assert "author knows 32" in names(app, "collapse_picture")
    assert "Which assumption matters most?" in words(app)
    app = open_lesson("sharp_transitions", step="Depth: open questions")
    assert "necessary for a scaling law" in words(app)
