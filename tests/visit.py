"""A page visited without a browser, by Streamlit's own protocol."""

from __future__ import annotations

from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol


@dataclass
class Visited:
    """What a page has sent: kinds of elements, its script, colours; whether it came to its end."""

    elements: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    script: str = ""
    colours: tuple[str, str] = ("", "")
    whole: bool = False


def visit(server: str, page: str, query: str = "") -> Visited:
    """Open a page of a server (`http://…`), once."""
    found = Visited()
    stream = f"{server.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
        asks = BackMsg()
        asks.rerun_script.query_string, asks.rerun_script.page_name = query, page
        socket.send(asks.SerializeToString())
        while True:
            data = socket.recv(timeout=60)
            assert isinstance(data, bytes)
            message = ForwardMsg()
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                theme = message.new_session.custom_theme
                found.script = message.new_session.main_script_path
                found.colours = (theme.light.primary_color, theme.dark.primary_color)
            elif kind == "delta":
                element = message.delta.new_element
                name = str(element.WhichOneof("type"))
                found.elements.append(name)
                if name in ("exception", "alert"):
                    found.failures.append(str(element))
            elif kind == "script_finished":
                found.whole = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                return found
