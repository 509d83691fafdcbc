"""One session as a browser holds it, without the browser: Streamlit's websocket and its protocol buffers."""

from __future__ import annotations

import asyncio
import random
import time
from types import TracebackType
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60  # seconds for one run

# What a browser says of each control, drawn as it stands: the state's field, and the value in it.
STATES: dict[str, Any] = {
    "slider": lambda e: _numbers_or_options(e.slider),
    "selectbox": lambda e: ("string_value", e.selectbox.raw_value or None),  # nothing is chosen: nothing is said
    "button_group": lambda e: ("string_array_value", list(e.button_group.raw_values)),
    "checkbox": lambda e: ("bool_value", e.checkbox.default),
    "text_input": lambda e: ("string_value", e.text_input.default),
}


def _numbers_or_options(slider: Slider) -> tuple[str, list[Any]]:
    if slider.options:
        return "string_array_value", [slider.options[int(place)] for place in slider.default]
    return "double_array_value", list(slider.default)


class Session:
    """Opens an experiment of its own; `move` then moves a slider by a step, as a key press does.

    Args:
        seed: of the experiment, which no other session shares, and of the steps.
    """

    def __init__(self, address: str, slider: str, seed: int) -> None:
        self.address, self.slider = address, slider
        self.random = random.Random(seed)
        self.link = self.query = f"seed={seed}"
        self.page = ""
        self.control: Slider | None = None
        self.states: dict[str, tuple[str, Any]] = {}
        self.known: list[str] = []  # hashes of what need not be sent again

    async def __aenter__(self) -> Session:
        stream = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self.socket = await connect(
            stream,
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(self.address),
            max_size=None,
        )
        await self.run()
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.socket.close()

    async def move(self) -> tuple[float, float]:
        """Seconds until the answer was there, and until its run had ended."""
        slider = self.control
        assert slider is not None, f"the page has no slider {self.slider!r}"
        [value] = self.states[slider.id][1]
        up = value <= slider.min or (value < slider.max and self.random.random() < 0.5)
        value = min(slider.max, max(slider.min, value + (slider.step if up else -slider.step)))
        self.states[slider.id] = ("double_array_value", [round(value, 10)])
        self.query = f"{self.link}&{slider.query_param_key}={value:.10g}"
        return await self.run()

    async def run(self) -> tuple[float, float]:
        """Ask for a run with the controls as they stand."""
        started = answered = time.perf_counter()
        await self.socket.send(self.request().SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            now = time.perf_counter()
            kind = message.WhichOneof("type")
            if kind in ("delta", "ref_hash"):
                answered = now
            self.learn(message)
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return answered - started, now - started

    def request(self) -> BackMsg:
        asked = BackMsg()
        asked.rerun_script.query_string, asked.rerun_script.page_script_hash = self.query, self.page
        asked.rerun_script.cached_message_hashes.extend(self.known)
        for identity, (field, value) in self.states.items():
            state = asked.rerun_script.widget_states.widgets.add(id=identity)
            if isinstance(value, list):
                getattr(state, field).data.extend(value)
            elif value is not None:
                setattr(state, field, value)
        return asked

    def learn(self, message: ForwardMsg) -> None:
        if message.HasField("new_session"):
            self.page = message.new_session.page_script_hash
        if message.metadata.cacheable and message.hash:
            self.known.append(message.hash)
        if message.HasField("delta") and message.delta.HasField("new_element"):
            self.take(message.delta.new_element)

    def take(self, element: Element) -> None:
        kind = element.WhichOneof("type") or ""
        if kind == "exception":
            raise RuntimeError(f"the page says: {element.exception.message}")
        if kind in STATES:
            control = getattr(element, kind)
            self.states.setdefault(control.id, STATES[kind](element))
            if kind == "slider" and control.label == self.slider:
                self.control = control
