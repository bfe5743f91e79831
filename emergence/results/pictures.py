"""A run's six pictures, at its end, as the Live Lab has them."""

from __future__ import annotations

from html import escape

import emergence
from emergence.figures.lab.record import Figure, lab_figures
from emergence.runs.facts import Ending, Promise
from emergence.runs.result import Result
from emergence.runs.titles import titles

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="generator" content="emergence-lab {version}">
<meta name="viewport" content="width=device-width">
<style>body {{ font-family: sans-serif; margin: 1rem auto; max-width: 75rem }}</style>
</head><body><h1>Emergence Lab</h1><p>{caption}</p>
{pictures}
</body></html>
"""


def pictures(result: Result) -> dict[str, Figure]:
    """All six, by name."""
    record = result.record
    plan = record.plan
    figures = lab_figures(plan, record)
    if result.state != "unfinished":
        crossing = result.crossing * plan.experiment.eta
        ending = Ending.of(plan, record, crossing, result.state == "diverged")
        said = titles(Promise.of(plan), ending)
        for name, figure in figures.items():
            figure.layout.title.text = said[name]
    return figures


def caption(result: Result) -> str:
    """Of which run, by which software: a line of text."""
    query = result.experiment.to_query().replace("&", ", ").replace("=", " = ")
    return (
        f"{query}; {result.engine_used}, {result.state} at step {result.steps[-1]:,.0f}; "
        f"emergence-lab {emergence.__version__}"
    )


def standalone(result: Result) -> str:
    """One HTML page with all six, that needs no server and no network."""
    drawn: list[str] = []
    for figure in pictures(result).values():
        plotly = not drawn  # the first carries the library
        drawn.append(figure.to_html(full_html=False, include_plotlyjs=plotly, default_height=520))
    return PAGE.format(
        title=escape(f"Emergence Lab: {result.experiment.to_query()}"),
        version=emergence.__version__,
        caption=escape(caption(result)),
        pictures="\n".join(drawn),
    )
