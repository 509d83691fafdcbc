"""One session like a browser's, without the browser: Streamlit's websocket and its protocol buffers."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60  # seconds for one run

# What a browser reports for each control: the state's field, and the value from the page, or the control's default.
STATES: dict[str, Callable[[Any], tuple[str, Any]]] = {
    "slider": lambda e: _numbers_or_options(e),
    "selectbox": lambda e: ("string_value", (e.raw_value or None) if e.set_value else _option(e)),
    "button_group": lambda e: (
        "string_array_value",
        list(e.raw_values) if e.set_value else [e.options[place].content for place in e.default],
    ),
    "checkbox": lambda e: ("bool_value", _current_value(e)),
    "text_input": lambda e: ("string_value", _current_value(e)),
    "text_area": lambda e: ("string_value", _current_value(e)),
    "number_input": lambda e: ("double_value", _current_value(e)),
}


def _current_value(element: Any) -> Any:
    return element.value if element.set_value else element.default


def _option(menu: Any) -> str | None:
    """The menu's default option; None where nothing is chosen."""
    return menu.options[menu.default] if menu.HasField("default") else None


def _numbers_or_options(slider: Slider) -> tuple[str, list[Any]]:
    if slider.options:
        options = list(slider.raw_value) if slider.set_value else []
        return "string_array_value", options or [slider.options[int(place)] for place in slider.default]
    return "double_array_value", list(slider.value if slider.set_value else slider.default)


class Session:
    """Opens an experiment of its own; `move` then moves a slider by a step, as a key press does.

    Args:
        seed: of the experiment, which no other session shares, and of the steps.
        link: the link to open instead.

    Attributes:
        query: the current link in the address.
        block: the last block sent to the deck: all numbers of the picture.
        connected: the time when its websocket was open.
        pictured: seconds from the request until that block arrived, in the last run that sent one.
    """

    def __init__(self, address: str, slider: str, seed: int, link: str = "") -> None:
        self.address, self.slider = address, slider
        self.random = random.Random(seed)
        self.link = self.query = link or f"seed={seed}"
        self.block, self.pictured = b"", 0.0
        self.page = ""
        self.control: Slider | None = None
        self.states: dict[str, tuple[str, Any]] = {}
        self.known: list[str] = []  # hashes of messages that need not be sent again
        self.blocks: dict[str, bytes] = {}  # the deck's blocks, by such a hash

    async def __aenter__(self) -> Session:
        stream = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self.socket = await connect(
            stream,
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(self.address),
            max_size=None,
        )
        self.connected = time.perf_counter()
        await self.run()
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.socket.close()

    async def move(self) -> tuple[float, float]:
        """Move the slider by a step; returns the seconds until the answer was there, and until its run had ended."""
        slider = self.control
        assert slider is not None, f"the page has no slider {self.slider!r}"
        [value] = self.states[slider.id][1]
        up = value <= slider.min or (value < slider.max and self.random.random() < 0.5)
        value = min(slider.max, max(slider.min, value + (slider.step if up else -slider.step)))
        self.states[slider.id] = ("double_array_value", [round(value, 10)])
        return await self.run()

    async def run(self) -> tuple[float, float]:
        """Request a run with the current state of the controls; returns the same two times as `move`."""
        started = answered = time.perf_counter()
        await self.socket.send(self.request().SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            now = time.perf_counter()
            kind = message.WhichOneof("type")
            if kind in ("delta", "ref_hash"):
                answered = now
            if self.learn(message):
                self.pictured = now - started
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return answered - started, now - started

    def request(self) -> BackMsg:
        """The message that asks for a run with the current state of the controls."""
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_script_hash = self.query, self.page
        message.rerun_script.cached_message_hashes.extend(self.known)
        for identity, (field, value) in self.states.items():
            state = message.rerun_script.widget_states.widgets.add(id=identity)
            if isinstance(value, list):
                getattr(state, field).data.extend(value)
            elif value is not None:
                setattr(state, field, value)
        return message

    def learn(self, message: ForwardMsg) -> bool:
        """Keep what a browser would keep; returns whether the message has the deck's block, or names a known one."""
        if message.HasField("page_info_changed"):
            self.query = message.page_info_changed.query_string
        if message.HasField("new_session"):
            self.page = message.new_session.page_script_hash
        if message.WhichOneof("type") == "ref_hash" and message.ref_hash in self.blocks:
            self.block = self.blocks[message.ref_hash]
            return True
        if message.metadata.cacheable and message.hash:
            self.known.append(message.hash)
        if not (message.HasField("delta") and message.delta.HasField("new_element")):
            return False
        return self.take(message.delta.new_element, message.hash)

    def take(self, element: Element, name: str) -> bool:
        """Keep a control's state or the deck's block, which is called `name`; returns whether it was the block."""
        kind = element.WhichOneof("type") or ""
        if kind == "exception":
            raise RuntimeError(f"the page says: {element.exception.message}")
        if kind == "alert" and element.alert.format == Alert.ERROR:
            raise RuntimeError(f"the page says: {element.alert.body}")
        if kind in STATES:
            control = getattr(element, kind)
            if control.set_value or control.id not in self.states:
                self.states[control.id] = STATES[kind](control)
            if kind == "slider" and control.label == self.slider:
                self.control = control
        if kind == "bidi_component" and element.bidi_component.id.endswith("-deck"):
            self.block = self.blocks[name] = bytes(element.bidi_component.bytes)
            return True
        return False
