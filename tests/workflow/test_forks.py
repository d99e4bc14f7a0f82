"""What is forked behaves as a process of its own: jobs and the tests of whole runs rest on it."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import forks
import psutil
import pytest
from forked import is_dead, of_a_run
from house import ROOT

from invariances import forks as of_runs


def test_arguments_streams_folder_and_environment(run, tmp_path):
    (tmp_path / "beside.py").write_text("where = __file__")
    (tmp_path / "path").mkdir()
    (tmp_path / "path/invariances.py").write_text("which = 'the one on the path'")
    text = """
import os, sys
import beside, invariances
print(sys.argv, os.getcwd(), os.environ["WORD"], __name__, os.getpgrp(), beside.where)
print(sys.stdin.read(), file=sys.stderr)
print(invariances.which)
"""
    environment = {**os.environ, "WORD": "a word", "PYTHONPATH": str(tmp_path / "path")}
    process = run(text, "x y", "", "é", stdin=subprocess.PIPE, env=environment)
    said, complained = process.communicate("asked\n")
    words = f"{['a script.py', 'x y', '', 'é']} {tmp_path} a word __main__ {os.getpgrp()}"
    assert said == f"{words} {tmp_path / 'beside.py'}\nthe one on the path\n"
    assert (complained, process.returncode) == ("asked\n\n", 0)


def test_a_stream_that_is_closed_is_closed(run):
    process = run("import sys; print(sys.stdin)", preexec_fn=lambda: os.close(0))
    assert process.communicate() == ("None\n", "")
    assert process.returncode == 0


def test_unseeded_draws_are_others_each_time(run):
    text = """
import numpy, random, torch
print(random.random(), numpy.random.random(), torch.rand(()).item())
"""
    once, again = (run(text).communicate()[0].split() for _ in range(2))
    assert len(once) == 3 and not set(once) & set(again)


@pytest.mark.parametrize(
    ("text", "status", "complaint"),
    [
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('error: no')", 1, "error: no\n"),
        ("import sys; sys.exit()", 0, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
        ("import sys; sys.exit(-1)", 255, ""),
        ("import sys; sys.exit(1 << 33)", 0, ""),
    ],
)
def test_how_it_ends(run, text, status, complaint):
    process = run(text)
    assert process.communicate()[1] == complaint
    assert process.returncode == status


def test_an_error_is_a_traceback(run):
    process = run("{}['missing']")
    assert "KeyError: 'missing'" in process.communicate()[1]
    assert process.returncode == 1


def test_a_full_disk_below_its_streams_is_no_success(run):
    with Path("/dev/full").open("w") as full:
        process = run("print('lost')", stdout=full)
        assert "No space left on device" in process.communicate()[1]
    assert process.returncode != 0


def test_temporary_folders_and_children_end_with_it(run):
    text = """
import multiprocessing, tempfile, time
kept = tempfile.TemporaryDirectory()
child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(100,), daemon=True)
child.start()
print(kept.name, child.pid, flush=True)
"""
    process = run(text)
    folder, child = process.communicate(timeout=60)[0].split()
    assert process.returncode == 0
    assert not Path(folder).exists()
    assert not psutil.pid_exists(int(child)) or is_dead(psutil.Process(int(child)))


def test_what_imports_leave_to_the_end_is_done_once_and_by_who_has_imported(tmp_path):
    (tmp_path / "leaves.py").write_text(
        "import tempfile, weakref\nfrom pathlib import Path\n"
        "kept = tempfile.TemporaryDirectory(dir='.', prefix='left-')\n"
    )
    (tmp_path / "a script.py").write_text("print('done')")
    text = """
import subprocess, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from invariances import forks
python = forks.start(Path("forks"), ["leaves"], ["a script.py"]) / "python"
subprocess.run([python, "a script.py"], check=True)
print(len(list(Path().glob("left-*"))))
"""
    made = subprocess.run(
        [sys.executable, "-c", text, str(ROOT / "workflow")],
        cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert made.stdout.split() == ["done", "1"], made.stderr
    assert not list(tmp_path.glob("left-*"))


def test_imports_are_done_and_nothing_is_shared(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("""
import sys
assert {"torch", "pandas", "matplotlib.figure"} <= set(sys.modules)
assert not any(name.split(".")[0] == "invariances" for name in sys.modules)
import torch
torch.left = getattr(torch, "left", 0) + 1
print(torch.left, torch.get_num_threads())
""")
    command = [forks.folder() / "python", script]
    said = [subprocess.run(command, capture_output=True, text=True).stdout for _ in range(2)]
    assert said == ["1 1\n", "1 1\n"]


def test_it_ends_with_the_tests(tmp_path):
    script = tmp_path / "tests.py"
    script.write_text(f"""
import sys
sys.path.insert(0, {str(Path(forks.__file__).parent)!r})
import forks, os, signal
print(forks.folder(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
""")
    said = subprocess.run([sys.executable, script], capture_output=True, text=True).stdout
    folder, end = Path(said.strip()), time.monotonic() + 120
    assert folder.name.startswith("forks-")
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not folder.exists()


def test_a_script_that_is_not_named_is_python_s_own(tmp_path):
    (tmp_path / "another.py").write_text("import os; print(os.getpid())")
    process = subprocess.Popen(
        [of_a_run() / "python", "another.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert process.communicate()[0] == f"{process.pid}\n"


def test_where_nobody_forks_it_runs_all_the_same(tmp_path):
    (tmp_path / "a script.py").write_text("import sys; print(sys.argv); sys.exit(3)")
    python = tmp_path / "python"
    of_runs.write_python(python, of_runs.forking("nobody", sys.executable), ["a script.py"])
    done = subprocess.run(
        [python, "a script.py", "x y"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == ("['a script.py', 'x y']\n", 3)


USAGE = r"{}\ntook (\d+\.\d) s, (\d+\.\d) s of processors, (\d+) MB at most\n"


@pytest.mark.parametrize(("switch", "found"), [("1", "True False"), ("0", "False False")])
def test_jobs_of_a_run_find_their_imports_done_and_tell_what_they_took(house, switch, found):
    """And nothing beside: figures alone, drawn again, wait for no torch."""
    house.edit(
        "scripts/figure.py",
        "def main(",
        "print('pandas' in sys.modules, 'torch' in sys.modules, file=sys.stderr)\n\n\ndef main(",
    )
    names = ("overview", "together", "mixed", "sizes")
    targets = [f"results/small/figures/{name}.png" for name in names]
    done = subprocess.run(
        house.command(*targets, "--force", "--verbose", forked=False),
        cwd=house.path, env=os.environ | {"INVARIANCES_FORKS": switch}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    # Snakemake looks for jobs at the start and as each ends.
    assert 2 <= done.stderr.count("Ready jobs:") <= len(names) + 1
    for name in names:
        log = house.path / f"results/small/logs/figure_{name}.log"
        told = re.fullmatch(USAGE.format(found), log.read_text())
        took, processors, memory = map(float, told.groups())
        # Of the fork alone, and not of what waits for it.
        assert 0 < processors < took + 1 and memory > 100
    assert not list((house.path / ".snakemake/forks").glob("*"))


def test_what_a_network_of_one_s_own_is_made_of_is_imported_once(house):
    """By the process that forks: torchvision takes longer than a short job."""
    house.edit(
        "scripts/sweep.py",
        "def main(",
        "import sys\nprint('torchvision' in sys.modules, file=sys.stderr)\n\n\ndef main(",
    )
    house.edit("small_networks.py", "    return", "    import torchvision\n\n    return")
    targets = [f"results/small/sweeps/one/{name}" for name in ("rotate", "brightness")]
    files = [f"{target}/{chunk}-of-2.npz" for target in targets for chunk in range(2)]
    rules = ("--allowed-rules", "sweep", "classifier", "images")
    house.run(*files, "--force", *rules, forked=False)
    log = house.path / "results/small/logs/sweep/one/rotate/0-of-2.log"
    assert log.read_text().startswith("True\n")


JOB = "import command; command.run(lambda _: print('done'), command.parser('').parse_args())"


@pytest.mark.parametrize("full", [True, False])
def test_a_job_whose_log_is_full_or_closed_has_not_failed(tmp_path, full):
    def spoil():
        if full:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        else:
            os.close(2)

    with (tmp_path / "log").open("w") as log:
        log.truncate(2000)
        log.seek(2000)
        done = subprocess.run(
            [sys.executable, "-c", JOB],
            stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=spoil,
            env=os.environ | {"PYTHONPATH": f"{ROOT / 'workflow'}:{ROOT / 'scripts'}"},
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert (tmp_path / "log").stat().st_size == 2000
