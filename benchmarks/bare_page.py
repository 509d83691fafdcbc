"""The page that the app is measured against: the least that answers a control, one slider and one text."""

from __future__ import annotations

import streamlit as st

st.set_page_config(layout="wide")
gain = st.slider("Gain", 0.0, 3.0, 1.0, 0.05)
st.text(f"The gain is {gain:.2f}.")
