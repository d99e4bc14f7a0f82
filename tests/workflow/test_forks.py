"""What is forked behaves as a process of its own: the tests of whole runs rest on it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import forks
import psutil
import pytest

PYTHONS = [pytest.param(lambda: sys.executable, id="process")]
PYTHONS += [pytest.param(lambda: str(forks.folder() / "python"), id="fork")]


@pytest.fixture(params=PYTHONS)
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_who_is_killed_works_no_longer(run, number):
    process = run("import os, time; print(os.getpid(), flush=True); time.sleep(100)")
    worker = psutil.Process(int(process.stdout.readline()))
    process.send_signal(number)
    process.communicate()
    assert process.returncode == -number
    psutil.wait_procs([worker], timeout=10)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


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
