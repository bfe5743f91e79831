"""The routes of a class's votes: asking, voting, going on to the answer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emergence.classroom.codes import spelled
from emergence.classroom.poll import Poll, read_poll
from emergence.classroom.question import read_question
from emergence.ui.server import asked
from emergence.ui.server.alias import PAGES
from emergence.ui.server.asked import answer, body, of_host, refusing, told
from emergence.ui.server.viewers import VIEWER, viewer_name

VOTER_COOKIE = "voter"
"""All tabs of a browser have one; it ends with the browser's session."""


def voter(request: Request) -> str:
    """What a browser votes as; "" where it says nothing that could be it."""
    said = request.cookies.get(VOTER_COOKIE, "")
    return said if VIEWER.fullmatch(said) else ""


def kept_polls(given: object) -> list[Poll]:
    """What a lecturer's browser has kept over a restart. Raises ValueError."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise ValueError("polls must be a list")
    return [read_poll(each, PAGES.values()) for each in given]


@refusing
async def ask(request: Request) -> Response:
    """Open a vote on a question: code, secret, viewer, question.

    With `again`, anew where it is over.
    """
    room, viewer, given = await of_host(request)
    room.ask(read_question(given.get("question"), PAGES.values()), given.get("again") is True)
    return told(room, viewer)


@refusing
async def lead_poll(request: Request) -> Response:
    """Go on with a vote: code, secret, viewer, poll, act.

    The act is one of show, hide, again, close, reveal, judge; the last with right, bound, answer.
    """
    room, viewer, given = await of_host(request)
    poll, act = str(given.get("poll")), given.get("act")
    if act in ("show", "hide"):
        room.show_votes(poll, act == "show")
    elif act == "again":
        room.vote_again(poll)
    elif act == "close":
        room.close(poll)
    elif act == "reveal":
        room.reveal(poll)
    elif act == "judge":
        room.judge(poll, given.get("right"), given.get("bound"), given.get("answer"))
    else:
        raise ValueError("act must be one of show, hide, again, close, reveal, judge")
    return told(room, viewer)


@refusing
async def vote(request: Request) -> Response:
    """Take a vote: code, viewer, poll, and the numbers round and option."""
    given = await body(request, "code", "viewer", "poll")
    option, of_round = given.get("option"), given.get("round")
    if type(option) is not int or type(of_round) is not int:
        raise ValueError("round and option must be whole numbers")
    room = asked.rooms().find(spelled(given["code"]))
    viewer = room.admit(viewer_name(given["viewer"]), None, voter(request))
    poll = room.vote(viewer, given["poll"], option, of_round)
    return answer({"poll": poll.told(viewer.voter)})


ROUTES = [
    Route("/class/ask", ask, methods=["POST"]),
    Route("/class/poll", lead_poll, methods=["POST"]),
    Route("/class/vote", vote, methods=["POST"]),
]
