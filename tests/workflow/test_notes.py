"""What made each result stands beside it: a change is seen where Snakemake's own notes say nothing."""

import json
import os
import shutil
import signal
import subprocess
import time

import pytest

MTIME = ("--rerun-triggers", "mtime")


def forget(house):
    """As results are that were copied here without what Snakemake has noted."""
    shutil.rmtree(house.path / ".snakemake")


def test_every_result_of_ours_has_its_note(finished):
    results = finished.path / "results/small"
    notes = {path.name for path in results.rglob(".*.made")}
    assert {".thresholds.csv.made", ".0-of-2.npz.made", ".claims.csv.made"} <= notes
    assert len(notes) > 40
    for path in results.rglob(".*.made"):
        made = path.with_name(path.name.removeprefix(".").removesuffix(".made"))
        assert made.is_file()
        assert any(
            each.startswith("command ") for each in json.loads(path.read_text())["parameters"]
        )


def test_nothing_is_to_do_without_metadata(house):
    forget(house)
    assert house.planned() == {}
    assert house.planned(*MTIME) == {}


CHANGES = {
    "another seed": {"seed": 1},
    "more resamples": {"thresholds": {"resamples": 200}},
    "another padding": {"padding": "edge"},
    "another batch size": {"batch_size": 7},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_key_is_seen(house, small, change):
    house.configure(small | change)
    wanted = house.planned()
    assert "configuration" in wanted
    assert house.planned(*MTIME) == wanted
    forget(house)
    assert house.planned() == wanted
    assert house.planned(*MTIME) == wanted


def test_two_parameters_that_are_exchanged_are_a_change(house, small):
    """Snakemake compares them without their names."""
    lists = {"point_symmetric": ["orange"], "axisymmetric": ["barbell"]}
    house.configure(small | {"claims": lists})
    house.run("--touch")
    assert house.planned() == {}
    exchanged = dict(zip(lists, reversed(lists.values()), strict=True))
    house.configure(small | {"claims": exchanged})
    assert "claims" in house.planned()
    forget(house)
    assert "claims" in house.planned(*MTIME)


def test_a_change_is_seen_where_the_first_output_is_gone(house, small):
    for path in (house.path / "results").rglob("images/*/*.npy"):
        path.unlink()
    house.configure(small | {"seed": 1})
    forget(house)
    assert house.planned("results/small/images/32-32-bilinear/0-of-2.csv", *MTIME)["images"] == 1


def test_a_job_that_has_begun_leaves_no_old_note(house):
    """Killed in it, a run may leave a new result: it is nobody's, also where Snakemake's mark is lost."""
    house.edit(
        "scripts/thresholds.py",
        "    categories = ",
        "    __import__('time').sleep(99)\n    categories = ",
    )
    folder = house.path / "results/small/thresholds/one"
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    target, note = "results/small/thresholds/one/rotate.csv", folder / ".rotate.csv.made"
    running = subprocess.Popen(
        house.command(target, forked=False), cwd=house.path, start_new_session=True
    )
    while note.exists():
        assert running.poll() is None
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    # As if the job had lived on.
    for path, content in whole.items():
        if path != note:
            path.write_bytes(content)
    forget(house)
    assert house.planned(target, *MTIME)["thresholds"] == 1


def test_changed_code_is_seen_and_said(house):
    house.edit(
        "workflow/invariances/thresholds/crossings.py",
        "right[:, 0].sum() < 2",
        "right[:, 0].sum() < 3",
    )
    wanted = house.planned()
    assert wanted["thresholds"] == 4 and "sweep" not in wanted
    forget(house)
    said = house.run("--dry-run", *MTIME)
    assert "Params have changed since last execution" in said
    assert house.planned(*MTIME) == wanted


def test_results_without_any_note_are_made_again(house):
    """Of nobody knows which version; with Snakemake's own notes they stand."""
    for path in (house.path / "results").rglob(".*.made"):
        path.unlink()
    assert house.planned() == {}
    assert house.planned(*MTIME) == {}
    forget(house)
    assert house.planned(*MTIME)["sweep"] == 8


def test_results_copied_over_are_told_from_those_that_were_made_here(house, small):
    """Snakemake's notes are of the files that lay there before."""
    other = house.path / "other"
    shutil.copytree(house.path / "results", other)
    for path in other.rglob(".heatmap*.made"):
        path.write_text(json.dumps({"parameters": ['"another configuration"']}))
    shutil.copytree(other, house.path / "results", dirs_exist_ok=True)
    assert set(house.planned(*MTIME)) == set(house.planned())


def test_what_is_touched_is_accepted(house, small):
    house.configure(small | {"thresholds": {"resamples": 200}})
    house.run("--touch", *MTIME)
    assert house.planned() == {}
    forget(house)
    assert house.planned(*MTIME) == {}


def test_jobs_of_a_group_leave_their_notes(house, small):
    house.configure(small | {"thresholds": {"resamples": 200}})
    house.run("results/small/thresholds.csv", "--groups", "thresholds=together", *MTIME)
    assert house.planned("results/small/thresholds.csv", *MTIME) == {}
    forget(house)
    assert house.planned("results/small/thresholds.csv", *MTIME) == {}
