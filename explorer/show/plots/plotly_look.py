"""Type, colours, hatches and dashes of everything that plotly draws, for both themes."""

from __future__ import annotations

FONT = 13
FLOAT32 = 3e38
INK = {"light": "#2B2F36", "dark": "#E4E6EA"}
PAPER = {"light": "#FFFFFF", "dark": "#14171C"}
GRID = {"light": "rgba(60,66,76,0.14)", "dark": "rgba(220,224,230,0.16)"}
SHADES = {"cool": "rgba(86,180,233,0.13)", "warm": "rgba(213,94,0,0.12)", "neutral": "rgba(138,143,152,0.05)"}
HATCHES = {"zero": "/", "not_finite": "x"}
HATCHED = {"fgcolor": "#8A8F98", "bgcolor": "rgba(138,143,152,0.06)", "size": 9, "solidity": 0.15}
OUTLINE = "#CC79A7"  # stands out on the scale from dark blue to yellow
CUT = {"light": "rgba(255,255,255,0.62)", "dark": "rgba(20,23,28,0.66)"}
DASHES = {
    "solid": "solid",
    "dash": "7px,4px",
    "dot": "2px,4px",
    "dashdot": "8px,3px,2px,3px",
    "longdash": "14px,5px",
    "longdashdot": "14px,4px,2px,4px",
    "sparse": "2px,8px",
}
