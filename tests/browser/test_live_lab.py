"""The Live Lab in a real browser: it animates, obeys, and its URL restores the run."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from emergence import engines
from emergence.experiment import Experiment
from emergence.figures.lab.neuron_map import Places
from emergence.runs.plan import make_plan
from emergence.runs.record import Record
from emergence.ui.bundle import bundle, constant
from tests.browser.lab import QUICK, STATE, finish, lab, open_lab

pytestmark = pytest.mark.browser

SLOW = "/?d=64&P=8&m=32&c=0.01&seed=3&engine=sgd"


LINE = """[
    ...[...document.querySelectorAll(`[data-figure=${name}] .js-line`)]
        .map(path => path.getAttribute('d')),
    ...[...document.querySelectorAll(`[data-tile=${name}] canvas`)].map(it => it.toDataURL()),
].join('|')"""
"""What is on the screen of a figure's lines: Plotly's paths and what is on the canvases."""


COUNTED = f"""(steps) => {{
    {bundle("numbers.js")}
    return {constant("numbers.js")}.counted(steps, document.querySelector('.lab').lab.data.whole);
}}"""


def line(page: Page, figure: str) -> str:
    """The lines of a figure as they are on the screen."""
    return str(page.evaluate(f"name => {LINE}", figure))


def test_the_default_run_starts_by_itself_and_every_picture_moves(page: Page) -> None:
    open_lab(page, "/?P=8")
    pictures = ("overlaps", "loss", "norms")
    before = {name: line(page, name) for name in pictures}
    expect(page.locator(".lab-status")).to_contain_text("running")
    for name in pictures:  # fails where one stands still
        page.locator(f"[data-figure={name}]").scroll_into_view_if_needed()
        page.wait_for_function(f"([name, before]) => {LINE} !== before", arg=[name, before[name]])
    expect(page.locator(".lab-summary")).to_contain_text(
        re.compile(r"[1-8] of 8 directions learned")
    )
    expect(page.locator(STATE.format("finished"))).to_be_visible(timeout=30_000)
    page.locator("[data-figure=matching]").scroll_into_view_if_needed()
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")
    assert lab(page, "Math.max(...div('heatmap').data[0].z.flatMap(row => [...row])) > 0.5")
    shares = lab(page, "div('matching').data[0].y")
    assert len(shares) == 8
    assert max(shares) > 0.5


def test_updates_do_not_remount_the_figures(page: Page) -> None:
    open_lab(page, SLOW)
    page.evaluate("document.querySelector('[data-figure=loss]').mark = 'same'")
    painted = int(page.locator(".lab").get_attribute("data-painted") or 0)
    page.wait_for_function(
        f"Number(document.querySelector('.lab').dataset.painted) > {painted + 20}"
    )
    page.get_by_role("slider", name="Decay of strengths").press("ArrowRight")
    page.wait_for_function("document.querySelector('.lab').lab.data.query.includes('beta=1.05')")
    assert page.evaluate("document.querySelector('[data-figure=loss]').mark") == "same"


def test_transport_pauses_steps_resets_scrubs_and_runs_to_the_end(page: Page) -> None:
    open_lab(page, SLOW)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator(STATE.format("paused"))).to_be_visible()
    position = lab(page, "L.playback.position")
    drawn = line(page, "loss")
    page.wait_for_timeout(500)
    assert lab(page, "L.playback.position") == position
    assert line(page, "loss") == drawn
    page.get_by_role("button", name="Next snapshot").click()
    page.wait_for_function(f"document.querySelector('.lab').lab.playback.position > {position}")
    stepped = lab(page, "L.playback.position")
    assert stepped in lab(page, "L.data.snapshots")
    page.get_by_role("slider", name="Time scrubber").fill("300")
    back = lab(page, "L.playback.position")
    assert 0 < back < stepped
    page.get_by_role("button", name="Reset", exact=True).click()
    assert lab(page, "L.playback.position") == 0
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(STATE.format("running"))).to_be_visible()
    page.get_by_role("slider", name="Speed").fill("100")
    assert lab(page, "L.playback.speed") < lab(page, "L.data.end") / 300
    page.get_by_role("button", name="Run to the end").click()
    expect(page.locator(STATE.format("finished"))).to_be_visible(timeout=60_000)
    assert lab(page, "L.playback.position") == pytest.approx(lab(page, "L.data.end"))


def test_after_reset_the_start_s_dots_stand_where_the_axis_begins(page: Page) -> None:
    """In every picture with curves: at the run's first values, seen with nothing moving."""
    page.set_viewport_size({"width": 1280, "height": 1500})  # all of them are in sight
    open_lab(page, QUICK)
    finish(page)
    page.get_by_role("button", name="Reset", exact=True).click()
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")
    drawn = lab(page, """Object.fromEntries(Object.entries(
        { overlaps: 'heads', norms: 'heads', loss: 'head' }).map(([name, role]) => {
            const { x, y } = div(name).data[roles(name, role)[0][0]];
            return [name, [[...x], [...y], 10 ** div(name)._fullLayout.xaxis.range[0]]];
        }))""")  # fmt: skip
    plan = make_plan(Experiment.from_query(QUICK.lstrip("/?")))
    row = Record(plan)
    row.append(0.0, engines.build(plan.experiment, plan.overlaps, plan.iota).measure())
    u, n2, k = row.get("u")[0], row.get("n2")[0], plan.iota
    place = [list(plan.neurons).index(neuron) for neuron in k]
    expected = {
        "overlaps": u[place, range(4)], "norms": n2[k] / plan.a, "loss": row.get("mse"),
    }  # fmt: skip
    for name, (x, y, begin) in drawn.items():
        np.testing.assert_allclose(y, expected[name], rtol=1e-5)
        np.testing.assert_allclose(x, begin, rtol=1e-6)


def test_at_the_frontier_the_next_snapshot_is_computed(page: Page) -> None:
    open_lab(page, "/?d=64&P=8&m=32&c=0.004&seed=7&engine=sgd")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("slider", name="Time scrubber").fill("1000")
    for _ in range(6):
        before = lab(page, "L.playback.position")
        page.get_by_role("button", name="Next snapshot").click()
        page.wait_for_function(f"document.querySelector('.lab').lab.playback.position > {before}")
    assert lab(page, "L.playback.stepping") is False
    assert lab(page, "L.playback.position") < lab(page, "L.data.end") / 2


@pytest.mark.parametrize("engine", ["sgd", "flow"])
def test_the_next_snapshot_is_as_far_as_its_button_says(page: Page, engine: str) -> None:
    open_lab(page, f"/?d=64&P=8&m=32&c=0.004&seed=7&engine={engine}")
    page.get_by_role("button", name="Pause", exact=True).click()
    button = page.get_by_role("button", name="Next snapshot")
    for share in ("0", "300", "700"):
        page.get_by_role("slider", name="Time scrubber").fill(share)
        expect(page.locator(STATE.format("paused"))).to_be_visible()
        page.wait_for_function("!document.querySelector('.lab').lab.dirty")
        before, said = lab(page, "L.playback.position"), button.get_attribute("title") or ""
        button.click()
        page.wait_for_function(f"document.querySelector('.lab').lab.playback.position > {before}")
        page.wait_for_function("!document.querySelector('.lab').lab.dirty")
        moved = lab(page, "L.playback.position") - before
        steps = page.evaluate(COUNTED, moved)
        assert said == f"Next snapshot: {steps} on (→)"
        expect(page.locator(".lab-status")).to_contain_text(f"(+{steps})")


def test_the_speed_reached_stands_below_the_speed_wished_for(page: Page) -> None:
    open_lab(page, "/?d=64&P=8&m=32&c=0.0005&seed=3&engine=sgd")
    page.get_by_role("slider", name="Speed").fill("940")
    expect(page.locator(".lab-speed output")).to_have_text(re.compile("^≤ .* steps/s$"))
    expect(page.locator(".lab-speed small")).to_have_text(re.compile("^now "))
    page.wait_for_timeout(2000)
    before = lab(page, "[performance.now(), L.playback.position]")
    page.wait_for_timeout(1500)
    after = lab(
        page, "[performance.now(), L.playback.position, L.playback.reached.value, L.playback.speed]"
    )
    moved = 1000 * (after[1] - before[1]) / (after[0] - before[0])
    assert after[2] == pytest.approx(moved, rel=0.5)
    assert after[2] < after[3] / 10, "this run cannot be that fast"
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator(".lab-speed small")).to_be_empty()


def test_the_scrubber_shows_that_it_is_logarithmic(page: Page) -> None:
    open_lab(page, SLOW)
    ticks = page.locator(".lab-ticks span").all_inner_texts()
    assert ticks[0] == "0"
    exponents = [int(tick.replace("10", "", 1)) for tick in ticks[1:]]
    assert len(exponents) > 1
    places = [lab(page, f"L.timeline.shareOf(1e{n})") for n in exponents]
    assert len({round(b - a, 6) for a, b in itertools.pairwise(places)}) == 1
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator(".lab-status")).to_contain_text("step 0 of")


def test_titles_say_first_what_is_predicted_and_then_what_was_found(page: Page) -> None:
    open_lab(page, "/?d=64&P=8&m=32&c=0.01&seed=3&engine=sgd")
    title = page.locator("[data-tile=overlaps] h2")
    expect(title).to_have_text("Overlaps: theory predicts jumps at ▼")
    open_lab(page, QUICK)
    page.get_by_role("button", name="Run to the end").click()
    expect(title).to_contain_text(re.compile(r"\d skills (learned|found)"), timeout=60_000)
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(title).to_contain_text("predict")


def test_a_figure_scrolled_into_sight_is_drawn(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_lab(page, QUICK)
    finish(page)
    page.locator("[data-figure=matching]").scroll_into_view_if_needed()
    page.wait_for_function("""() => {
        const { y } = document.querySelector('.lab').lab.painter.sheets.matching.div.data[0];
        return Array.isArray(y) && Math.max(...y) > 0.5;
    }""")


def test_a_page_without_a_picture_keeps_its_controls(page: Page) -> None:
    page.goto("/?J=2&P=1&d=8")
    expect(page.locator(".lab-bar")).to_be_visible()
    expect(page.get_by_role("slider", name="Dimension")).to_be_visible()


def test_a_pause_really_rests_the_computation(page: Page) -> None:
    open_lab(page, "/?d=64&P=8&m=32&c=0.003&seed=5&engine=sgd")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_timeout(1500)
    reached = lab(page, "L.store.header.step")
    page.wait_for_timeout(1000)
    assert lab(page, "L.store.header.step") == reached < lab(page, "L.data.end")


def test_the_url_restores_the_run_elsewhere(page: Page, browser: Browser) -> None:
    open_lab(page, "/?P=8")
    page.get_by_role("slider", name="Decay of strengths").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.lab').lab.data.query.includes('beta=1.05')")
    query = lab(page, "L.data.query")
    assert "beta=1.05" in page.url
    other = browser.new_page()
    open_lab(other, page.url)
    assert lab(other, "L.data.query") == query
    assert lab(other, "[...L.data.T]") == lab(page, "[...L.data.T]")
    other.close()


def test_zoom_survives_updates(page: Page) -> None:
    open_lab(page, SLOW)
    page.evaluate("""() => {
        const { painter } = document.querySelector('.lab').lab;
        painter.Plotly.relayout(painter.sheets.overlaps.div, { 'yaxis.range': [0, 0.5] });
    }""")
    page.wait_for_timeout(1500)
    assert lab(page, "div('overlaps').layout.yaxis.range") == [0, 0.5]


def test_a_key_a_tab_or_a_title_makes_a_picture_the_large_one(page: Page) -> None:
    open_lab(page, QUICK)
    page.keyboard.press("3")
    assert_large(page, "map")
    page.locator(".lab-tabs [data-hero=loss]").click()
    assert_large(page, "loss")
    page.locator("[data-tile=norms] h2").click()
    assert_large(page, "norms")
    page.get_by_test_id("stSidebar").get_by_role("slider").first.focus()
    page.keyboard.press("4")  # a slider has arrows only
    assert_large(page, "heatmap")


def assert_large(page: Page, name: str) -> None:
    """The picture `name` is the only large one, and fills its place."""
    large = page.locator(f".lab-hero[data-tile={name}]")
    expect(large).to_be_visible()
    assert page.locator(".lab-hero").count() == 1
    page.wait_for_function(
        f"document.querySelector('.lab').lab.painter.sheets.{name}.div._fullLayout.width > 500"
    )
    box = large.bounding_box()
    assert box is not None
    assert lab(page, f"div('{name}')._fullLayout.width") == pytest.approx(box["width"], abs=2)


def test_what_moves_is_drawn_where_plotly_puts_it(page: Page) -> None:
    """The canvas has the colour of each matched line at that line's own points."""
    open_lab(page, QUICK)
    finish(page)
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")
    met, points = lab(page, """(() => {
        const sheet = L.painter.sheets.overlaps;
        const [{ xaxis, yaxis }, { brush }] = [sheet.div._fullLayout, sheet];
        const traces = roles('overlaps', 'matched').map(([index]) => sheet.div.data[index]);
        brush.paint(L.painter.scene(sheet), L.store.moment(L.playback.position, L.data.first));
        const { fresh, ratio } = brush.ink;
        let [met, points] = [0, 0];
        for (const { x, y, line } of traces) {
            for (let i = 0; i < x.length; i += 1) {
                const at = [xaxis._offset + xaxis.c2p(x[i]), yaxis._offset + yaxis.c2p(y[i])];
                const [r, g, b] = fresh.getImageData(at[0] * ratio, at[1] * ratio, 1, 1).data;
                const wanted = [1, 3, 5].map(j => parseInt(line.color.slice(j, j + 2), 16));
                points += 1;
                met += [r, g, b].every((part, j) => Math.abs(part - wanted[j]) < 8);
            }
        }
        return [met, points];
    })()""")  # fmt: skip
    assert points > 40
    assert met > 0.7 * points  # lines of other directions cover some


def test_the_neuron_map_is_the_one_python_builds(page: Page) -> None:
    open_lab(page, QUICK)
    finish(page)
    page.keyboard.press("3")
    page.wait_for_function("!document.querySelector('.lab').lab.dirty")
    u, a, x, y = lab(page, """(() => {
        const { store, data } = L;
        const rows = store.part(store.row(store.count - 1), 'u');
        const { x, y } = div('map').data[roles('map', 'dots')[0][0]];
        return [[...rows], data.a, [...x], [...y]];
    })()""")  # fmt: skip
    places = Places.of(np.array(a), len(x))
    expected = places.of_neurons(np.array(u).reshape(len(x), len(a)))
    np.testing.assert_allclose([x, y], expected, atol=1e-6)


def test_pointing_at_a_direction_shows_it_in_every_picture(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 2200})  # all pictures and the table
    open_lab(page, QUICK)
    finish(page)
    page.locator(".lab-scores tbody tr").nth(1).hover()
    page.wait_for_function("document.querySelector('.lab').lab.pointed?.p === 1")
    dimmed = lab(page, "roles('overlaps', 'matched').map(([i]) => div('overlaps').data[i].opacity)")
    assert dimmed == [0.15, 1, 0.15, 0.15]
    frames = "div('heatmap').layout.shapes.filter(s => s.name === 'frame').length"
    assert lab(page, frames) == 2
    mark = "div('loss').data[roles('loss', 'highlight')[0][0]].x[0]"
    assert lab(page, mark) == lab(page, "L.data.T[1]")
    lit = "roles('matching', 'neurons')[0][1].order.indexOf(L.data.iota[1])"
    widths = "div('matching').data[2].marker.line.width"
    assert lab(page, f"{widths}[{lit}]") == 3
    page.mouse.move(5, 5)
    page.wait_for_function("document.querySelector('.lab').lab.pointed === null")
    assert lab(page, frames) == 0


def test_divergence_is_explained_and_keeps_its_pictures(page: Page) -> None:
    open_lab(page, "/?d=32&P=8&m=32&c=3&engine=sgd")
    expect(page.locator(".lab-note")).to_contain_text("Try c = ")
    expect(page.locator(STATE.format("diverged"))).to_be_visible()
    assert line(page, "loss")


def test_a_run_that_has_diverged_is_mended_by_one_press(page: Page) -> None:
    open_lab(page, "/?d=32&P=8&m=32&c=3&engine=sgd")
    mend = page.locator(".lab-note").get_by_role("button", name="c = ")
    smaller = (mend.text_content() or "").removeprefix("c = ").split(":")[0]
    mend.click()
    expect(page.locator(".lab-note")).to_be_hidden()
    expect(page).to_have_url(re.compile(rf"[?&]c={re.escape(smaller)}(&|$)"))


def test_a_hostile_url_is_answered_with_notices(page: Page) -> None:
    page.goto("/?d=<script>alert(1)</script>&P=1e99&J=5&engine=../../etc")
    expect(page.get_by_test_id("stAlert").first).to_be_visible()
    expect(page.locator(".lab-bar")).to_be_visible()


@pytest.mark.parametrize("width", [1920, 1280, 390])
def test_nothing_is_cut_off(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    open_lab(page, QUICK)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
    for name in ("overlaps", "loss", "map", "heatmap", "norms", "matching"):
        box = page.locator(f"[data-figure={name}]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
