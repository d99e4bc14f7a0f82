"""The workflow as a module of another one, in another directory: docs/module.md."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from house import NETWORKS, ROOT, House, build

pytestmark = pytest.mark.slow
PAGE = ROOT / "docs/module.md"


def tiny(small: dict, run: str) -> dict:
    """One network and one transform of the small config, and no more."""
    changes = {"run": run, "models": {"one": small["models"]["one"]}, "pairs": [], "chunks": 1}
    changes |= {"transforms": {"rotate": {"steps": 3}}, "itn": {"enabled": False}}
    return small | changes


@pytest.fixture
def study(tmp_path: Path, small: dict) -> House:
    """Another workflow, the documentation's own, with a checkout of this one in it."""
    checkout = tmp_path / "study/invariances"
    checkout.mkdir(parents=True)
    build(checkout)
    found = re.search(r"^```python\n(# Snakefile.*?)^```$", PAGE.read_text(), re.M | re.S)
    (tmp_path / "study/Snakefile").write_text(found[1])
    (tmp_path / "study/small_networks.py").write_text(NETWORKS)
    house = House(tmp_path / "study")
    configure(house, tiny(small, "study"))
    return house


def configure(house: House, config: dict) -> None:
    for name in ("study.yaml", "small.yaml"):
        (house.path / name).write_text(yaml.safe_dump({"invariances": config}, sort_keys=False))


def test_it_runs_as_a_module(study, small):
    said = study.run()
    assert "rule invariances_sweep:" in said
    table = pd.read_csv(study.path / "results/widest.csv")
    assert set(table["transform"]) == {"rotate"} and set(table["direction"]) == {"up"}
    assert len(table) == 4  # classes
    assert table["threshold"].is_monotonic_decreasing
    assert not (study.path / "invariances/results").exists()
    assert "Nothing to be done" in study.run()
    # Asked for one of its figures, it draws that; the report of the whole holds it with its caption.
    study.run("results/study/figures/overview.png")
    study.run("results/study/figures/overview.png", "--report", "report.html")
    page = (study.path / "report.html").read_text()
    assert "all thresholds" in page and "Open arrows" in page
    # What made each result stands beside it: without Snakemake's own notes a change is seen as well.
    shutil.rmtree(study.path / ".snakemake")
    mtime = ("--rerun-triggers", "mtime")
    assert "Nothing to be done" in study.run(*mtime)
    configure(study, tiny(small, "study") | {"thresholds": {"resamples": 200}})
    changed = study.planned(*mtime)
    assert changed["invariances_thresholds"] == 1 and "invariances_sweep" not in changed


def test_everything_can_be_asked_for_under_the_new_names(study):
    jobs = study.planned("invariances_all")
    assert {"invariances_sweep", "invariances_explorer", "invariances_truth"} <= set(jobs)
    assert "study" not in jobs


def test_its_plan_reckons_with_imports(study):
    """Jobs of a module are not forked, as its `onstart` is not called."""
    path = study.path / "Snakefile"
    told = "print('costs:', os.environ['INVARIANCES_COSTS'])"
    path.write_text(f"{path.read_text()}\nimport os\n{told}\n")
    said = study.run("--dry-run", forked=False)
    costs = next(line for line in said.splitlines() if line.startswith("costs: "))
    assert json.loads(costs.removeprefix("costs: "))["short"] > 3


def test_a_key_of_the_outer_workflow_is_refused(study, small):
    configure(study, tiny(small, "study") | {"mine": 1})
    done = study.snakemake("--dry-run")
    assert done.returncode != 0
    assert "mine" in done.stdout + done.stderr


def test_two_runs_are_two_modules(study, small):
    outer = study.path / "Snakefile"
    text = outer.read_text()
    text += (
        text[text.index("module") : text.index("rule study")]
        .replace('config["invariances"]', 'dict(config["invariances"], run="second")')
        .replace("module invariances", "module second")
        .replace("from invariances as invariances_*", "from second as second_*")
    )
    outer.write_text(text)
    jobs = study.planned("results/study/thresholds.csv", "results/second/thresholds.csv")
    assert jobs["invariances_sweep"] == jobs["second_sweep"] == 1
