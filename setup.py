"""The wheel carries the workflow: what a run needs of the checkout, within the library.

Everything else stands in pyproject.toml.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = (
    "Snakefile", "config", "envs", "profiles", "scripts", "workflow/report", "workflow/rules",
)  # fmt: skip


class BuildWithWorkflow(build_py):
    """Copies of the checkout's files, as they are, below invariances/shipped."""

    def run(self) -> None:
        """Build, then copy; an editable install has the checkout itself."""
        super().run()
        if self.editable_mode:
            return
        root, target = Path(__file__).parent, Path(self.build_lib) / "invariances/shipped"
        shutil.rmtree(target, ignore_errors=True)
        for name in SHIPPED:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if (root / name).is_dir():
                shutil.copytree(
                    root / name, target / name, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy2(root / name, target / name)


setup(cmdclass={"build_py": BuildWithWorkflow})
