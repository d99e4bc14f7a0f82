"""Modules of a user's that are called as our scripts are."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(path.stem for path in (ROOT / "scripts").glob("*.py"))
DRIVER = """
import argparse, sys
sys.path[0] = sys.argv[1]  # as Python has it for a script
import command

def main(_):
    from invariances.classifiers import build
    for name in sys.argv[2:]:
        print(type(build(f"{name}:network", classes=2)).__name__)

if __name__ == "__main__":
    command.run(main, argparse.Namespace())
"""


@pytest.mark.parametrize("on_path", ["", "."])
def test_nothing_of_ours_shadows_a_user_s_module(tmp_path, on_path):
    for name in SCRIPTS:
        code = f"from torch import nn\nimport mine\nclass Of_{name}(nn.Linear):\n    pass\n"
        code += "def network(num_classes):\n    import images\n"
        code += f"    assert images.__file__.startswith({str(tmp_path)!r})\n"
        (tmp_path / f"{name}.py").write_text(code + f"    return Of_{name}(3, num_classes)\n")
    (tmp_path / "mine.py").write_text("from command import Of_command\n")
    (tmp_path / "driver_of_ours.py").write_text(DRIVER)
    # Where the working directory is on the path already it stands behind the script's own folder.
    path = ":".join([str(ROOT / "workflow"), *[str(tmp_path)] * bool(on_path)])
    done = subprocess.run(
        [sys.executable, "driver_of_ours.py", str(ROOT / "scripts"), *SCRIPTS],
        cwd=tmp_path, env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [f"Of_{name}" for name in SCRIPTS]
