"""What pyproject.toml cannot say: files from the top of the repository go into the package, where it is installed."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
SHIPPED = ("app.py", ".streamlit/config.toml", "presets")  # explorer/base/shipped.py says where they are found


class BuildWithShippedFiles(build_py):
    """The package as it lies in the repository, and the files above beside it in its folder `shipped`."""

    def run(self) -> None:
        """An editable copy uses the repository itself, so it gets none of these files."""
        if self.editable_mode:
            super().run()
            return
        package = Path(self.build_lib) / "explorer"
        shutil.rmtree(package, ignore_errors=True)  # an earlier build may have left files that are gone by now
        super().run()
        for name in SHIPPED:
            target = package / "shipped" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(ROOT / name, target)


setup(cmdclass={"build_py": BuildWithShippedFiles})
