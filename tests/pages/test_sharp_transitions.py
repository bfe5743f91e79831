"""Lesson 9 as a script: the jump, the escape times as they are integrated, and depth."""

from __future__ import annotations

import pytest

from emergence.lessons.sharp_transitions.figure import formula
from emergence.lessons.sharp_transitions.model import toy_losses
from tests.pages.drawn import names, wait_until
from tests.pages.opened import open_lesson, reveal

ESCAPE, DEPTH = "Escape time", "Depth: open questions"


def test_the_jump_is_hidden_until_the_guess() -> None:
    app = open_lesson("sharp_transitions")
    before = names(app, "jump_picture")
    reveal(app)
    after = names(app, "jump_picture")
    losses = [name for name in before if name.startswith("(w*")]
    assert len(losses) == 4
    assert [after.count(name) for name in losses] == [2, 2, 2, 2]


def test_every_loss_is_named_with_its_share() -> None:
    """The legend lies: nothing is at its top or its bottom."""
    app = reveal(open_lesson("sharp_transitions", k="4"))
    text = "\n".join(each.value for each in app.main.markdown).replace("\\*", "*")
    for loss in toy_losses(4):
        assert f"{formula(loss)} **{100 * loss.flow(0.05).half[0]:.2g}%**" in text


@pytest.mark.parametrize("k", ["3", "8"])
def test_escape_times_are_integrated_and_fitted(k: str) -> None:
    app = open_lesson("sharp_transitions", step=ESCAPE, k=k, smallest="0.02")
    assert len(names(app, "escape_picture")) == 1, "nothing but where it starts"
    app.select_slider(key="escape_guess").set_value("2").run()
    assert names(app, "escape_picture")[1:] == ["your guess"]
    reveal(app)

    def fits() -> list[str]:
        return [name for name in {*names(app, "escape_picture")} if "theory" in name]

    wait_until(app, lambda: all(button.key != "escapes_toggle" for button in app.button))
    assert len(fits()) == 3
    assert any(f"theory {2 - int(k)}" in text for text in fits())
    assert not app.error


@pytest.mark.parametrize("imbalance", ["1", "10000"])
def test_depth_at_its_ends(imbalance: str) -> None:
    app = open_lesson("sharp_transitions", step=DEPTH, L="8", w0="0.3", imbalance=imbalance)
    assert app.session_state["imbalance"] == int(imbalance)
    assert not any("largest layer" in name for name in names(app, "depth_picture"))
    reveal(app)
    assert any("largest layer" in name for name in names(app, "depth_picture"))
    for L in (2, 3, 8):
        for w0 in (0.01, 0.3):
            app.select_slider(key="L").set_value(L)
            app.select_slider(key="w0").set_value(w0).run()
            assert not app.exception
