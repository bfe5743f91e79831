"""How a page is shown, in a window or a lecture hall, and its large picture: in the address."""

from __future__ import annotations

from collections.abc import Mapping

from emergence.figures.lab.record import PICTURES
from emergence.parameters import quote
from emergence.ui.address import Visit

LAB, LESSON = "view", "screen"
"""The name in the address, of the Live Lab and of lessons: some have a `view` of their own."""
PAGE, LECTURE = "page", "lecture"
"""With menu and controls around it, or one large picture that fills the window."""
PICTURE = "picture"
"""The name in the address of the Live Lab's large picture, one of `PICTURES`."""
OF_LAB = frozenset({LAB, PICTURE})
"""What the Live Lab's address may say beside its experiment."""


def view_of(visit: Visit, name: str = LAB) -> tuple[str, str]:
    """The view a visit's address asks for, and what was wrong with it ("" if nothing was).

    A wrong one leaves the address.
    """
    given = visit.said.get(name, PAGE)
    if given in (PAGE, LECTURE):
        return given, ""
    show_as(visit, PAGE, name)
    return PAGE, f"{name} = {quote(given)} is not one of {PAGE}, {LECTURE}: {PAGE} is taken."


def picture_of(visit: Visit) -> tuple[str, str]:
    """The large picture an address of the Live Lab asks for ("" for none), and what was wrong.

    A wrong one leaves the address.
    """
    given = visit.said.get(PICTURE, "")
    if PICTURE not in visit.said or given in PICTURES:
        return given, ""
    _say(visit, {PICTURE: ""})
    allowed = ", ".join(PICTURES)
    return "", f"{PICTURE} = {quote(given)} is not one of {allowed}: {PICTURES[0]} is taken."


def show_as(visit: Visit, view: str, name: str = LAB) -> None:
    """Have a visit's address ask for a view."""
    _say(visit, {name: view})


def show_lab(visit: Visit, view: str, picture: str) -> None:
    """Have an address of the Live Lab ask for a view and a large picture ("" for none)."""
    _say(visit, {LAB: view, PICTURE: picture})


def _say(visit: Visit, shown: Mapping[str, str]) -> None:
    for name, text in shown.items():
        visit.said.pop(name, None)
        if text not in ("", PAGE):
            visit.said[name] = text
    visit.publish()
