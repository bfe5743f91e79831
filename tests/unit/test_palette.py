"""Directions are told apart by colour, as another space than the palette's measures it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from emergence import Experiment, simulate
from emergence.arrays import Array
from emergence.figures import style
from emergence.figures.lab.record import lab_figures
from emergence.figures.palette import letters_on
from emergence.runs.plan import make_plan
from emergence.runs.record import Record

LIGHT, DARK = "#FFFFFF", "#0E1117"
"""The page."""
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
"""Linear sRGB as dichromats see it (Machado, Oliveira, Fernandes 2009)."""
XYZ = np.array([
    [0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]
])  # fmt: skip
"""Linear sRGB to CIE XYZ, white at D65."""


def linear(codes: list[str]) -> Array:
    share = np.array([[int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)] for code in codes])
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(rgb: Array) -> Array:
    """CIE L*a*b* of linear sRGB, (n, 3)."""
    t = rgb @ XYZ.T / XYZ.sum(axis=1)
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def nearest(rgb: Array) -> float:
    """Least distance of two colours: about 2.3 is seen side by side."""
    place = lab(rgb)
    apart = np.linalg.norm(place[:, None] - place, axis=-1)
    return float(apart[np.triu_indices(len(place), 1)].min())


@pytest.mark.parametrize(("P", "least"), [(8, 25), (16, 20), (32, 15), (64, 10)])
def test_directions_are_as_far_apart_as_there_is_room(P: int, least: float) -> None:
    codes = [style.colour(p) for p in range(P)]
    assert nearest(linear([*codes, style.UNUSED])) > least


def test_of_one_dash_they_are_farther_apart() -> None:
    """A line has its colour and its dash."""
    looks: dict[str, list[str]] = {}
    for p in range(64):
        looks.setdefault(style.dash(p), []).append(style.colour(p))
    assert len(looks) == 4
    for codes in looks.values():
        assert nearest(linear(codes)) > 11


def test_no_two_directions_of_any_experiment_have_the_same_colour() -> None:
    codes = [style.colour(p) for p in range(1024)]
    assert len(set(codes)) == 1024
    assert style.UNUSED not in codes


@pytest.mark.parametrize("kind", BLINDNESS)
def test_colour_blind_readers_tell_the_first_eight(kind: str) -> None:
    codes = [style.colour(p) for p in range(8)]
    seen = np.clip(linear(codes) @ np.array(BLINDNESS[kind]).T, 0, 1)
    assert nearest(seen) > 11


@pytest.mark.parametrize(("ground", "least"), [(LIGHT, 2.0), (DARK, 2.8)])
def test_every_colour_shows_on_both_pages(ground: str, least: float) -> None:
    Y = linear([style.colour(p) for p in range(64)]) @ XYZ[1]
    other = float((linear([ground]) @ XYZ[1])[0])
    contrast = (np.maximum(Y, other) + 0.05) / (np.minimum(Y, other) + 0.05)
    assert contrast.min() > least


def test_numbers_on_bars_are_read_on_every_colour() -> None:
    """Bars cover the page, light or dark: only their own colour counts. WCAG asks for 4.5."""
    plan = make_plan(Experiment(d=32, P=8, m=16))
    codes = [style.colour(p) for p in range(1024)]
    inks = {"black": 0.0, "white": 1.0}
    Y = linear(codes) @ XYZ[1]
    other = np.array([inks[letters_on(code)] for code in codes])
    assert ((np.maximum(Y, other) + 0.05) / (np.minimum(Y, other) + 0.05)).min() >= 4.5
    bars = lab_figures(plan, Record(plan))["matching"].data[0]
    assert list(bars.textfont.color) == [letters_on(code) for code in bars.marker.color]
    assert {"black", "white"} == set(bars.textfont.color)


def coloured(figure: dict[str, Any]) -> list[tuple[int, str]]:
    """(direction, colour) of everything in a picture that is of one direction."""
    pairs: list[tuple[int, str]] = []
    for trace in figure["data"]:
        meta = trace.get("meta") or {}
        if "p" in meta and isinstance(meta["p"], int):
            pairs.append((meta["p"], trace["line"]["color"]))
        elif meta.get("role") == "names":
            pairs += zip(meta["p"], trace["textfont"]["color"], strict=True)
        elif meta.get("role") == "heads":
            pairs += zip(meta["directions"], trace["marker"]["color"], strict=True)
        elif meta.get("role") in ("winner", "shared"):
            pairs += enumerate(trace["marker"]["color"])
    return pairs


def test_a_direction_has_its_colour_in_every_picture_and_no_other_has_it() -> None:
    experiment = Experiment(d=64, P=24, m=32, engine="flow", seed=1)
    figures = lab_figures(make_plan(experiment), simulate(experiment).record)
    kinds = 0
    for figure in figures.values():
        pairs = coloured(json.loads(figure.to_json()))
        kinds += bool(pairs)
        assert all(code == style.colour(p) for p, code in pairs)
    assert kinds == 4, "overlaps, norms, neuron map, matching"
    assert len({style.colour(p) for p in range(24)}) == 24
