"""Forked jobs that are interrupted, told to end or killed, they or who forks them, end as plain ones do."""

import os
import signal
import subprocess
import sys

import psutil
import pytest
from forked import hears, hears_all, is_dead
from house import ROOT

from invariances import forks


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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_who_is_killed_works_no_longer(run, number):
    text = "import os, time; print(os.getpid(), flush=True); time.sleep(100)"
    process = run(text, preexec_fn=hears(True, number) if number != signal.SIGKILL else None)
    worker = psutil.Process(int(process.stdout.readline()))
    process.send_signal(number)
    process.communicate()
    assert process.returncode == -number
    psutil.wait_procs([worker], timeout=10)
    assert is_dead(worker)


def test_who_is_interrupted_before_there_is_a_fork_says_nothing(tmp_path):
    address, listening = forks.listen()
    process = subprocess.Popen(
        [*forks.forking(address, sys.executable), "a script.py"],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=hears(True),
    )  # fmt: skip
    with listening, listening.accept()[0] as asking:
        asking.recv(8)
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1] == ""
    assert process.returncode == -signal.SIGINT


@pytest.mark.parametrize("heard", [True, False])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_a_script_or_nohup_has_ignored_is_ignored(run, number, heard):
    text = f"import signal; print(signal.getsignal({int(number)}) is signal.SIG_IGN)"
    said = run(text, preexec_fn=hears(heard, number)).communicate()[0]
    assert said == f"{not heard}\n"


STARTER = """
import os, signal, subprocess, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from invariances import forks
folder = forks.start(Path("forks"), sys.argv[2:], ["a script.py"])
job = subprocess.Popen([folder / "python", "a script.py"], stdout=subprocess.PIPE, text=True)
"""
"""Who starts a job in a group of their own; its arguments are what the forking process imports."""
ENDLESS = """
import os, time
print(os.getpid(), flush=True)
begun = os.path.exists("begun")
open("begun", "w").close()
time.sleep(0 if begun else 100)
"""
"""Ends at once when it is begun again."""


@pytest.fixture
def group(tmp_path):
    """(what the starter does, the job's text, modules) -> what it said, and the folder."""

    def start(text: str, script: str = ENDLESS, *modules: str) -> list[str]:
        (tmp_path / "a script.py").write_text(script)
        made = subprocess.run(
            [sys.executable, "-c", STARTER + text, str(ROOT / "workflow"), *modules],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(tmp_path)}, preexec_fn=hears_all,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        return made.stdout.split()

    return start


def test_a_job_whose_forking_process_is_killed_is_begun_again(group):
    """By its own command, as a plain process; the fork is not left at work beside it."""
    first, second, status = group("""
first = job.stdout.readline()
children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
(forking,) = [int(each) for each in children if int(each) != job.pid]
while not Path("begun").exists():
    pass
os.kill(forking, signal.SIGKILL)
print(first.strip(), job.stdout.readline().strip(), job.wait())
""")
    assert first != second and status == "0"
    assert not psutil.pid_exists(int(first)) or is_dead(psutil.Process(int(first)))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_group_that_is_told_to_end_begins_nothing_again(group, number):
    """As by `timeout` and clusters whose time is over; Snakemake itself waits for its jobs then."""
    first, *said, status = group(f"""
print(job.stdout.readline().strip())
while not Path("begun").exists():
    pass
signal.signal({int(number)}, signal.SIG_IGN)
os.killpg(0, {int(number)})
print(job.stdout.read(), job.wait())
""")
    assert (said, int(status)) == ([], -number)
    assert not psutil.pid_exists(int(first)) or is_dead(psutil.Process(int(first)))


def test_an_interruption_as_it_is_forked_is_kept_for_it(group, tmp_path):
    (tmp_path / "slowly.py").write_text("""
import os, time
fork = os.fork
def slow():
    number = fork()
    if not number:
        open("forked", "w").close()
        time.sleep(1)
    return number
os.fork = slow
""")
    text = """
while not Path("forked").exists():
    pass
time.sleep(0.3)
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.killpg(0, signal.SIGINT)
print(job.wait(), job.stdout.read())
"""
    assert group(text, ENDLESS, "slowly") == [str(-signal.SIGINT)]


def test_what_cannot_be_forked_is_a_plain_process(group, tmp_path):
    """Too many processes, or want of memory, for a moment: the next is forked."""
    (tmp_path / "crowded.py").write_text("""
import os
fork = os.fork
def crowded():
    os.fork = fork
    raise BlockingIOError
os.fork = crowded
""")
    text = """
def told(job):
    return int(job.stdout.read()) == job.pid, job.wait()
print(*told(job))
job = subprocess.Popen([folder / "python", "a script.py"], stdout=subprocess.PIPE, text=True)
print(*told(job))
"""
    assert group(text, "import os; print(os.getpid())", "crowded") == ["True", "0", "False", "0"]
