"""Where results come from: what can be checked is, and nothing breaks the page."""

import json
import platform
import subprocess
from hashlib import sha256
from importlib.metadata import version

import pandas as pd

from invariances import provenance


def git(folder, *words):
    names = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    done = ["git", "-C", str(folder), *names, *words]
    return subprocess.run(done, check=True, capture_output=True, text=True).stdout.strip()


def test_versions_are_those_that_are_imported():
    said = dict(provenance.software())
    assert said["Python"] == platform.python_version()
    assert said["torch"] == version("torch") and said["snakemake"] == version("snakemake")


def test_the_commit_and_whether_files_differ_from_it(tmp_path):
    assert provenance.checkout(tmp_path) == "no git checkout"
    git(tmp_path, "init", "-q")
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-qm", "one")
    commit = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "results").write_text("not of the workflow")
    assert provenance.checkout(tmp_path) == commit
    (tmp_path / "file").write_text("two")
    assert provenance.checkout(tmp_path) == f"{commit}, with changes that are not committed"
    # A copy in somebody else's checkout has no commit.
    (tmp_path / "copy").mkdir()
    assert provenance.checkout(tmp_path / "copy") == "no git checkout"


def test_pictures_are_known_by_all_their_hashes():
    one = pd.DataFrame({"sha256": ["b", "a"]})
    label, said = provenance.picture_row([one, pd.DataFrame({"sha256": ["a", None]})])
    assert label == "2 prepared pictures"
    assert sha256(b"a\nb").hexdigest() in said


def test_engines_are_named_with_what_they_were_made_for():
    made = {
        "name": "compiled",
        "because": "",
        "torch": "2.0",
        "processor": "x86_64 0a1b",
        "sha256": "",
    }
    assert provenance.engine_row("net", made) == ("net", "compiled by torch 2.0 for x86_64 0a1b")
    kept = made | {"name": "eager", "because": "no layer of it could be folded into another"}
    assert provenance.engine_row("net", kept) == (
        "net",
        "eager, since no layer of it could be folded into another",
    )


def test_devices_are_counted_from_what_jobs_left_beside_their_results(tmp_path):
    for number, (device, batch) in enumerate([("cuda", 64), ("cpu", 64), ("cuda", 64)]):
        resources = {"device": device, "batch_size": batch}
        content = json.dumps({"parameters": [], "resources": resources})
        (tmp_path / f".{number}.npz.made").write_text(content)
    (tmp_path / ".a.csv.made").write_text('{"parameters": [], "resources": {}}')
    assert provenance.device_rows(tmp_path.glob(".*.made")) == [
        ("cpu", "1 result, batch size 64"),
        ("cuda", "2 results, batch size 64"),
    ]


def test_the_page_holds_everything_and_no_markup_of_others():
    rows = provenance.network_rows({"net": {"network": "a:b", "weights": "<w>", "sha256": "0f"}})
    page = provenance.page("run", {"Networks": rows, "Machine": provenance.machine()}, "a: <b>\n")
    assert "&lt;w&gt;" in page and "SHA-256 0f" in page and "a: &lt;b&gt;" in page
    assert "<b>" not in page and "Processor" in page and "GPU" in page
