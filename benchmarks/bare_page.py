"""What the app's page is measured against: a slider and the plotly charts that `BARE_PAGE` describes, nothing else.

The description is JSON: `label`, `stops` and `value` of the slider, and `charts`, each with `width`, `height` and
`traces`; a trace has `type`, `points` (null: one a step), and `rows` if it is a heatmap, `mode` and `fill` if not.
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
page = json.loads(os.environ["BARE_PAGE"])
steps = st.sidebar.select_slider(page["label"], page["stops"], value=page["value"])
rng = np.random.default_rng(steps)


def trace(wanted: dict[str, Any]) -> dict[str, Any]:
    points = wanted["points"] or steps
    if wanted["type"] == "heatmap":
        return {"type": "heatmap", "z": rng.random((wanted["rows"], points))}
    x = np.arange(1, points + 1)
    return {"type": "scatter", "x": x, "y": rng.random(points), "mode": wanted["mode"], "fill": wanted["fill"]}


with st.container(horizontal=True):  # side by side as far as they fit, as on the app's page
    for number, chart in enumerate(page["charts"]):
        figure = go.Figure([trace(wanted) for wanted in chart["traces"]])
        st.plotly_chart(figure, key=f"chart {number}", theme=None, width=chart["width"], height=chart["height"])
