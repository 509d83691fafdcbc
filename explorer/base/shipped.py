"""Where to find the files that the code needs: the presets, the page's script and its settings.

They lie at the top of the repository. `setup.py` copies them into the package when a wheel is built.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
IN_PACKAGE = "shipped"  # setup.py's name for the folder; a clone has none
INSTALLED = (PACKAGE / IN_PACKAGE).is_dir()
FOLDER = PACKAGE / IN_PACKAGE if INSTALLED else PACKAGE.parent
"""Holds `presets/`, `app.py` and `.streamlit/config.toml`, in a clone and in an installed copy."""

GET_TORCH = f'pip install "{"gradient-flow-explorer" if INSTALLED else "."}[torch]"'
