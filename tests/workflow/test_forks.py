"""What is forked behaves as a process of its own: short jobs and the tests of whole runs rest on it."""

import functools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import forks
import psutil
import pytest
from house import ROOT

from invariances import forks as short


@functools.cache
def of_a_run() -> Path:
    """The folder of the `python` that a run's short jobs are forked by."""
    return short.start(Path(tempfile.mkdtemp(prefix="short-")), ["json"], ["a script.py"])


PYTHONS = {
    "process": lambda: sys.executable,
    "fork": lambda: str(forks.folder() / "python"),
    "short": lambda: str(of_a_run() / "python"),
}


@pytest.fixture(params=PYTHONS.values(), ids=PYTHONS)
def run(request, tmp_path):
    """(script's text, arguments) -> the started process, in the test's folder."""

    def start(text: str, *arguments: str, **options) -> subprocess.Popen[str]:
        (tmp_path / "a script.py").write_text(text)
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        command = [request.param(), "a script.py", *arguments]
        return subprocess.Popen(command, cwd=tmp_path, **options)

    return start


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


def test_an_interruption_ends_it_as_it_ends_python(run):
    # Where tests run in the background, the shell has it ignored.
    text = """
import os, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
os.kill(os.getpid(), signal.SIGINT)
time.sleep(9)
"""
    process = run(text)
    assert process.communicate()[1].endswith("KeyboardInterrupt\n")
    assert process.returncode == -signal.SIGINT


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_who_is_killed_works_no_longer(run, number):
    process = run("import os, time; print(os.getpid(), flush=True); time.sleep(100)")
    worker = psutil.Process(int(process.stdout.readline()))
    process.send_signal(number)
    process.communicate()
    assert process.returncode == -number
    psutil.wait_procs([worker], timeout=10)
    assert is_dead(worker)


def is_dead(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


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


def test_who_is_interrupted_before_there_is_a_fork_says_nothing(tmp_path):
    address, listening = short.listen()
    process = subprocess.Popen(
        [*short.forking(address, sys.executable), "a script.py"],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=hears(True),
    )  # fmt: skip
    with listening, listening.accept()[0] as asking:
        asking.recv(8)
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1] == ""
    assert process.returncode == -signal.SIGINT


@pytest.mark.parametrize("heard", [True, False])
def test_a_background_job_of_a_script_hears_no_interruption(run, heard):
    text = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    said = run(text, preexec_fn=hears(heard)).communicate()[0]
    assert said == f"{not heard}\n"


def hears(heard: bool):
    return lambda: signal.signal(signal.SIGINT, signal.SIG_DFL if heard else signal.SIG_IGN)


def test_a_script_that_is_not_named_is_python_s_own(tmp_path):
    (tmp_path / "another.py").write_text("import os; print(os.getpid())")
    process = subprocess.Popen(
        [of_a_run() / "python", "another.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert process.communicate()[0] == f"{process.pid}\n"


def test_where_nobody_forks_it_runs_all_the_same(tmp_path):
    (tmp_path / "a script.py").write_text("import sys; print(sys.argv); sys.exit(3)")
    python = tmp_path / "python"
    short.write_python(python, short.forking("nobody", sys.executable), ["a script.py"])
    done = subprocess.run(
        [python, "a script.py", "x y"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == ("['a script.py', 'x y']\n", 3)


def test_a_job_whose_forking_process_is_killed_is_begun_again(tmp_path):
    """By its own command, as a plain process; the fork is not left at work beside it."""
    (tmp_path / "a script.py").write_text(
        "import os, time\nfrom pathlib import Path\n"
        "print(os.getpid(), flush=True)\n"
        "begun = Path('begun').exists()\nPath('begun').touch()\n"
        "time.sleep(0 if begun else 100)\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", STARTER, str(ROOT / "workflow"), str(tmp_path)],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    first, second, status = made.stdout.split()
    assert first != second and status == "0"
    assert not psutil.pid_exists(int(first)) or is_dead(psutil.Process(int(first)))


STARTER = """
import os, signal, subprocess, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from invariances import forks
folder = forks.start(Path(sys.argv[2], "forks"), [], ["a script.py"])
job = subprocess.Popen([folder / "python", "a script.py"], stdout=subprocess.PIPE, text=True)
first = job.stdout.readline()
children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
(forking,) = [int(each) for each in children if int(each) != job.pid]
while not Path("begun").exists():
    pass
os.kill(forking, signal.SIGKILL)
print(first.strip(), job.stdout.readline().strip(), job.wait())
"""


USAGE = r"{}\ntook (\d+\.\d) s, (\d+\.\d) s of processors, (\d+) MB at most\n"


@pytest.mark.parametrize(("switch", "found"), [("1", True), ("0", False)])
def test_jobs_of_a_run_find_their_imports_done_and_tell_what_they_took(house, switch, found):
    house.edit(
        "scripts/figure.py",
        "def main(",
        "print('pandas' in sys.modules, file=sys.stderr)\n\n\ndef main(",
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
