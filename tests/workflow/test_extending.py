"""docs/extending.md runs as it is printed, from a folder that is no checkout."""

import re
import subprocess
from pathlib import Path

import forks
import yaml
from house import ROOT

PAGE = (ROOT / "docs/extending.md").read_text()


def test_the_page_runs_as_printed(tmp_path):
    boxes = re.findall(r"^```(python|yaml)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    config: dict = {"run": "mine", "pairs": [], "itn": {"enabled": False}}
    file = Path()
    for kind, text in boxes:
        if kind == "yaml":
            config |= yaml.safe_load(text)
            continue
        named = re.match(r"# (\w+\.py)\n", text)
        # A box without a name goes on with the file before it.
        file = tmp_path / named[1] if named else file
        with file.open("a") as script:
            script.write(text + "\n")
    assert {path.name for path in tmp_path.iterdir()} == {
        "my_transforms.py", "my_network.py", "my_data.py", "my_figures.py",
    }  # fmt: skip
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    targets = ["results/mine/figures/baseline/mine.png", "results/mine/figures/overview.png"]
    command = [str(forks.folder() / "snakemake"), *targets, "--snakefile", str(ROOT / "Snakefile")]
    done = subprocess.run(
        [*command, "--cores", "2", "--configfile", "mine.yaml"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert all((tmp_path / target).is_file() for target in targets)
    table = (tmp_path / "results/mine/thresholds.csv").read_text()
    assert "my_transforms.fade" in table and "my_transforms.shear" in table
