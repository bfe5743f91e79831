"""What the Live Lab and the lessons save, as files."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pyarrow import parquet

import emergence
from emergence import load
from tests.browser.conftest import settle
from tests.saved import of_csv

pytestmark = pytest.mark.browser

FILM = """async (film) => {
  const video = document.createElement("video");
  video.src = URL.createObjectURL(new Blob([Uint8Array.from(film)], { type: "video/webm" }));
  await new Promise((there, fail) => { video.onloadeddata = there; video.onerror = fail; });
  const { duration, videoWidth: width, videoHeight: height } = video;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0);
  const { data } = pen.getImageData(0, height - 70, width - 200, 70);
  const dark = data.filter((value, i) => i % 4 === 1 && value < 100).length;
  return [duration, width, height, dark];
}"""
"""Length and size of a film, and how many dark points are below its picture, where words are."""


def taken(page: Page, button: str, folder: Path) -> Path:
    """The file that a button of an open Save gives."""
    with page.expect_download(timeout=60_000) as download:
        page.locator(f"dialog[open] [data-save={button}]").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def said_in_svg(path: Path) -> tuple[str, str, str]:
    """Its description, its metadata and all that is written in it."""
    root = ElementTree.fromstring(path.read_text())
    assert (root.get("width"), root.get("height")) == ("1920", "1080")
    place = "{http://www.w3.org/2000/svg}"
    description, metadata = root.findtext(f"{place}desc"), root.findtext(f"{place}metadata")
    written = " ".join("".join(each.itertext()) for each in root.iter(f"{place}text"))
    return description or "", metadata or "", written


def test_the_live_lab_saves_its_run_its_pictures_and_a_film(page: Page, tmp_path: Path) -> None:
    page.goto("/?d=32&P=4&beta=1.0&J=4&m=8&c=0.05&s0=0.05&seed=3&engine=flow")
    page.wait_for_function("document.querySelector('.lab')?.dataset.painted > 2")
    page.locator("[data-act=end]").click()
    page.wait_for_function("document.querySelector('.lab').lab.playback.done")
    page.keyboard.press("s")
    expect(page.locator(".lab-save-state")).to_have_text("It is finished.")
    result = load(taken(page, "npz", tmp_path))
    assert (result.state, result.experiment.seed) == ("finished", 3)
    page.locator(".lab-save [name=table]").select_option("directions")
    about, rows = of_csv(taken(page, "csv", tmp_path).read_text())
    assert [float(row["T"]) for row in rows] == result.T.tolist()
    assert about["query"] == result.experiment.to_query()
    read = parquet.read_table(taken(page, "parquet", tmp_path))
    assert read["crossing"].to_pylist() == pytest.approx(result.crossing.tolist(), nan_ok=True)
    for name in ("overlaps", "heatmap", "map"):
        page.locator(".lab-save [name=picture]").select_option(name)
        path = taken(page, "png", tmp_path)
        assert path.name.startswith("emergence-d32-P4-beta1.0-J4-m8-c0.05-s00.05-seed3-engineflow")
        assert path.name.endswith(f"-{name}.png")
        picture = Image.open(io.BytesIO(path.read_bytes()))
        assert picture.size == (1920, 1080)
        assert "seed = 3" in picture.info["Description"]
        assert picture.info["Software"] == f"emergence-lab {emergence.__version__}"
        assert picture.info["Source"] == page.url
        pixels = np.asarray(picture.convert("RGB"))
        assert (pixels[:4] == 255).all(), "white around"
        coloured = pixels.max(axis=2).astype(int) - pixels.min(axis=2) > 60
        assert coloured[100:950].sum() > 2000, f"{name} has something in it"
        assert (pixels[1000:].max(axis=2) < 60).sum() > 500, "and words below, in black"
    page.locator(".lab-save [name=picture]").select_option("loss")
    description, metadata, written = said_in_svg(taken(page, "svg", tmp_path))
    for text in (description, written):
        assert "seed = 3" in text
        assert f"emergence-lab {emergence.__version__}" in text
    assert f"Software: emergence-lab {emergence.__version__}" in metadata
    assert "skills learned" in written
    page.locator(".lab-save [name=picture]").select_option("overlaps")
    page.locator(".lab-save [name=seconds]").fill("2")
    path = taken(page, "webm", tmp_path)
    assert "-c0.05-s00.05-seed3-engineflow" in path.name
    film = path.read_bytes()
    assert film[:4] == b"\x1a\x45\xdf\xa3"
    duration, width, height, dark = page.evaluate(FILM, list(film))
    assert duration > 1
    assert (width, height) == (1280, 720)
    assert dark > 500, "the caption is in the frames"
    for said in ("seed = 3", f"emergence-lab {emergence.__version__}", page.url):
        assert said.encode() in film, "and in the file"
    page.locator(".lab-save [name=seconds]").fill("60")
    page.locator("[data-save=webm]").click()
    page.locator("[data-save=stop]").click()
    expect(page.locator(".lab-saved")).to_have_text("Saved nothing: the film was stopped")
    page.keyboard.press("Escape")
    expect(page.locator(".lab-save")).to_be_hidden()
    assert page.locator(".lab-studio").count() == 0
    page.keyboard.press("l")
    expect(page.locator("[data-act=save]")).to_be_hidden()
    page.keyboard.press("s")
    expect(page.locator(".lab-save")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("l")


def test_a_lesson_s_picture_and_its_numbers_are_saved(page: Page, tmp_path: Path) -> None:
    page.goto("/scaling_law?view=step+size&guess_step=-0.4")
    settle(page)
    expect(page.locator(".picture-key > span").first).to_be_visible()
    names = page.locator(".picture-names span, .picture-key > span").all_inner_texts()
    said = "Scaling law: view = step size, beta = 0.8, J = 4"
    page.get_by_role("button", name="Save: One step size, or one for each budget").press("Enter")
    path = taken(page, "png", tmp_path)
    assert path.stem.endswith("-One-step-size-or-one-for-each-budget")
    picture = Image.open(io.BytesIO(path.read_bytes()))
    assert picture.size == (1920, 1080)
    assert picture.info["Description"].startswith(said)
    assert f"emergence-lab {emergence.__version__}" in picture.info["Description"]
    description, _, written = said_in_svg(taken(page, "svg", tmp_path))
    assert description.startswith(said)
    for text in (said, *(line for name in names for line in name.split("\n"))):
        assert text in written
    about, rows = of_csv(taken(page, "csv", tmp_path).read_text())
    assert about["about"].startswith(said)
    assert about["about"].endswith("; One step size, or one for each budget")
    assert {row["name"] for row in rows} >= {"your guess, slope -0.4"}
    assert {row["y_axis"] for row in rows} == {"loss"}
    read = parquet.read_table(taken(page, "parquet", tmp_path))
    assert read["y"].to_pylist() == [float(row["y"]) for row in rows]
    page.keyboard.press("Escape")
    expect(page.locator(".picture-saving")).to_have_count(0)
    assert page.locator(".picture-slide").count() == 0
