"""How a page is shown, in a window or in a lecture hall: in its address."""

from __future__ import annotations

from emergence.parameters import quote
from emergence.ui.address import Visit

LAB, LESSON = "view", "screen"
"""The name in the address, of the Live Lab and of lessons: some have a `view` of their own."""
PAGE, LECTURE = "page", "lecture"
"""With menu and controls around it, or one large picture that fills the window."""


def view_of(visit: Visit, name: str = LAB) -> tuple[str, str]:
    """The view a visit's address asks for, and what was wrong with it ("" if nothing was).

    A wrong one leaves the address.
    """
    given = visit.said.get(name, PAGE)
    if given in (PAGE, LECTURE):
        return given, ""
    show_as(visit, PAGE, name)
    return PAGE, f"{name} = {quote(given)} is not one of {PAGE}, {LECTURE}: {PAGE} is taken."


def show_as(visit: Visit, view: str, name: str = LAB) -> None:
    """Have a visit's address ask for a view."""
    visit.said.pop(name, None)
    if view != PAGE:
        visit.said[name] = view
    visit.publish()
