"""The app: `streamlit run app.py`, or `make run`."""

from explorer.ui import show

show()
