"""The routes of the lecturer's desk: its page, the plan, the remote control, "eyes up here".

All but the page itself, which says nothing, are for those with the room's secret.
"""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emergence.ui.server.asked import answer, html, of_host, refusing, told
from emergence.ui.talk import LESSONS

ORDER = ("", *(lesson.slug for lesson in LESSONS), "scaling_lab")
"""The pages, as a lecture goes through them."""
PLANS: dict[str, dict[str, object]] = {
    "": {"title": "Live Lab"},
    "scaling_lab": {"title": "Scaling Lab"},
    **{
        lesson.slug: {"number": number, "title": lesson.title, **asdict(lesson.plan)}
        for number, lesson in enumerate(LESSONS, 1)
    },
}
"""What a lecturer knows of each page; its names are those of `Planned` in `browser/types.js`."""
TITLES = {
    page: {name: plan[name] for name in ("title", "number") if name in plan}
    for page, plan in PLANS.items()
}
"""What everybody may know of them."""
ACTS = ("previous", "next", "go", "play", "pause", "reveal")
OUTCOMES = ("done", "nothing")
"""Of a wish: carried out, or there is nothing to do, as where a page has no question left."""


@refusing
async def wish(request: Request) -> Response:
    """Have the browser that leads do something: code, secret, viewer, act; page, where it goes.

    Answers when that is done, with the outcome, or null where nothing was heard of it.
    """
    room, _, given = await of_host(request)
    act, page = given.get("act"), given.get("page")
    if act not in ACTS:
        raise ValueError(f"act must be one of {', '.join(ACTS)}")
    pages = ORDER if act != "go" else tuple(each for each in ORDER if each == page)
    if not pages:
        raise ValueError("page must be one of this app's")
    return answer({"outcome": await room.desk.outcome(room.wish(act, pages))})


@refusing
async def done(request: Request) -> Response:
    """What came of a wish: code, secret, viewer, number, outcome."""
    room, _, given = await of_host(request)
    number, outcome = given.get("number"), given.get("outcome")
    if not isinstance(number, int) or outcome not in OUTCOMES:
        raise ValueError(f"send a number, and as outcome one of {', '.join(OUTCOMES)}")
    room.desk.done(number, outcome)
    return answer({})


@refusing
async def freeze(request: Request) -> Response:
    """Ask the class to look up, or no longer: code, secret, viewer, frozen."""
    room, viewer, given = await of_host(request)
    if not isinstance(given.get("frozen"), bool):
        raise ValueError("frozen must be true or false")
    room.freeze(given["frozen"])
    return told(room, viewer)


@refusing
async def plan(request: Request) -> Response:
    """The lecture's plan: code, secret, viewer."""
    await of_host(request)
    return answer([{"page": page, **PLANS[page]} for page in ORDER])


@refusing
async def summary(request: Request) -> Response:
    """The votes of the lecture until now, counted: code, secret, viewer. See `Poll.record`."""
    room, _, _ = await of_host(request)
    return answer({"polls": room.histograms()})


async def summary_page(request: Request) -> Response:
    """The page of the summary: its script asks the room, or has it from the tab."""
    return html(request, "summary", "votes", titles=TITLES)


async def desk(request: Request) -> Response:
    """The page of the desk: its script knows the room from the tab that has opened it."""
    return html(request, "desk", "votes")


ROUTES = [
    Route("/class/wish", wish, methods=["POST"]),
    Route("/class/done", done, methods=["POST"]),
    Route("/class/freeze", freeze, methods=["POST"]),
    Route("/class/plan", plan, methods=["POST"]),
    Route("/class/summary", summary, methods=["POST"]),
    Route("/class/desk", desk),
    Route("/class/summary", summary_page, methods=["GET"]),
]
