"""What `make run` prints: what will be run, one line of progress, where to look; errors in a sentence.

`snakemake --logger invariances` takes it by hand; Snakemake's own, fuller log is kept in .snakemake/log
either way.
"""

import logging
import re
import signal
import sys
from pathlib import Path

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from tqdm import tqdm

from snakemake_logger_plugin_invariances.progress import Costs, Progress

PLANNED = (
    *("images", "classifier", "engine", "engine_halved", "sweep", "sweep_pair", "sweep_tuple"),
    *("border_sweep", "resampling_sweep", "layers", "itn"),
)
"""Rules that the plan names one by one; the others are many and short."""

TELLING = ("baseline", "trial")
"""Rules that say in their logs how a network does on untransformed pictures."""
TOLD = ("Nothing to be done", "Done: ", "Left in ", "Deleting ", "Would delete ")
"""How messages begin that are no warnings and are told all the same."""
INTERRUPTED = ("Terminating processes on user request", "Cancelling snakemake on user request")

ABOUT_SNAKEMAKE = re.compile(
    r"  File |(Workflow|Lock|MissingRule)(Error|Exception)( in file .*)?:$"
)
"""Lines of its errors that tell of Snakemake and of our files, not of the user's."""


class LogHandler(LogHandlerBase):
    """What a user wants to know of a run, and no more."""

    def __post_init__(self) -> None:
        self.progress: Progress | None = None
        self.cores = 0
        self.failed = self.interrupted = False
        self.ends: list[str] = []

    @property
    def writes_to_stream(self) -> bool:
        return True

    @property
    def writes_to_file(self) -> bool:
        return False

    @property
    def has_filter(self) -> bool:
        return True

    @property
    def has_formatter(self) -> bool:
        return True

    @property
    def needs_rulegraph(self) -> bool:
        return False

    def emit(self, record: logging.LogRecord) -> None:
        """Say what a user wants to know of an event, and nothing of the others."""
        event = getattr(record, "event", None)
        said = {
            LogEvent.RESOURCES_INFO: self._resources,
            LogEvent.RUN_INFO: self._plan,
            LogEvent.JOB_INFO: self._started,
            LogEvent.JOB_FINISHED: self._finished,
            LogEvent.JOB_ERROR: self._failed,
            LogEvent.ERROR: self._refused,
        }
        if event in said:
            said[event](record)
        elif event is None:
            text = record.getMessage()
            if any(text.startswith(words) for words in INTERRUPTED):
                self._interrupted()
            elif record.levelno >= logging.WARNING or text.startswith(TOLD):
                self._say(text)

    def close(self) -> None:
        """Leave the line of progress as it stands."""
        if self.progress is not None:
            self.progress.close()
            self.progress = None
        super().close()

    # ---- events ----------------------------------------------------------------------------------

    def _resources(self, record: logging.LogRecord) -> None:
        self.cores = getattr(record, "cores", None) or self.cores

    def _plan(self, record: logging.LogRecord) -> None:
        counts = {name: int(number) for name, number in getattr(record, "stats", {}).items()}
        counts = {name: n for name, n in counts.items() if name not in ("total", "all")}
        costs = Costs()
        for line in told(counts, costs, self.cores or costs.cores):
            self._say(line)
        if not self.common_settings.dryrun:
            self.progress = Progress(counts, costs)

    def _started(self, record: logging.LogRecord) -> None:
        if self.progress is not None:
            logs = list(getattr(record, "log", None) or [])
            job = getattr(record, "jobid", -1)
            self.progress.started(job, getattr(record, "rule_name", ""), logs)

    def _finished(self, record: logging.LogRecord) -> None:
        if self.progress is not None:
            rule, logs = self.progress.finished(getattr(record, "job_id", -1))
            if rule in TELLING:
                self._tell(logs)

    def _tell(self, logs: list[Path]) -> None:
        """What a job has found that may make the rest of the run pointless."""
        for path in filter(Path.is_file, logs):
            for line in path.read_text(errors="replace").splitlines():
                if line.startswith("warning: ") or "untransformed pictures (chance" in line:
                    self._say(line)

    def _failed(self, record: logging.LogRecord) -> None:
        self.failed = True
        logs = [Path(path) for path in getattr(record, "log", None) or []]
        said = next((end for end in self.ends if any(str(path) in end for path in logs)), "")
        status = exit_status(said)
        if status == 128 + signal.SIGINT:
            self._interrupted()
        if self.interrupted:
            return
        self._say(f"Failed: {getattr(record, 'rule_name', 'a job')}")
        if status in (128 + signal.SIGKILL, 128 + signal.SIGTERM):
            self._say(f"  {killed(status, str(getattr(record, 'shellcmd', '')))}")
        for path in filter(Path.is_file, logs):
            lines = path.read_text(errors="replace").replace("\r", "\n").strip().splitlines()
            if lines:
                self._say(f"  {lines[-1]}\n  more in {path}")
            elif status <= 128:
                self._say(f"  {path} is empty")

    def _refused(self, record: logging.LogRecord) -> None:
        """What stopped Snakemake itself: a config that cannot be, a file that is missing."""
        if getattr(record, "exception", "") == "RuleException":
            # How a job ended; which one, and why, comes with the next event.
            self.ends.append(record.getMessage())
            return
        lines = record.getMessage().rstrip().splitlines()
        if not self.failed:  # a failed job has said why
            self._say("\n".join(line for line in lines if not ABOUT_SNAKEMAKE.match(line)))
        self.failed = True

    def _interrupted(self) -> None:
        if not self.interrupted:
            self._say("Interrupted; the same command goes on.")
        self.interrupted = self.failed = True

    def _say(self, text: str) -> None:
        tqdm.write(text, file=sys.stderr)


def told(counts: dict[str, int], costs: Costs, cores: int) -> list[str]:
    """The plan: jobs, passes, minutes, and what they ask of the machine."""
    jobs = sum(counts.values())
    named = [f"{counts[name]} {name}" for name in PLANNED if counts.get(name)]
    rest = jobs - sum(counts.get(name, 0) for name in PLANNED)
    passes = sum(number * costs.passes(name) for name, number in counts.items())
    work = sum(number * costs.seconds(name) for name, number in counts.items())
    longest = max((costs.seconds(name) for name in counts), default=0.0)
    minutes = round(max(work / cores, longest) / 60)
    lasting = f"about {minutes} min" if minutes else "less than a minute"
    if rest:
        named.append(f"{rest} short {'one' if rest == 1 else 'ones'}")
    on = f"{cores} core{'s' * (cores != 1)}"
    first = f"To run, {jobs} job{'s' * (jobs != 1)}: {', '.join(named)}."
    if not passes:
        return [first, f"{lasting.capitalize()} on {on}."]
    pace = ", ".join(f"{name} {value:.3g} ms" for name, value in costs.milliseconds.items())
    how = "measured here" if costs.measured else "as such machines have it"
    return [
        first,
        f"{passes:,} passes (each, {how}: {pace}), {lasting} on {on}; results of about "
        f"{costs.disk:,.0f} MB; {costs.memory / 1000:.1f} GB of memory for each core. Jobs tell of their "
        "progress in results/*/logs/.",
    ]


def exit_status(text: str) -> int:
    """A command's exit status, as a shell has it, from Snakemake's words; 1 where they tell none."""
    by_signal = re.search(r"died with <Signals\.\w+: (\d+)>", text)
    by_status = re.search(r"returned non-zero exit status (\d+)", text)
    if by_signal:
        return 128 + int(by_signal[1])
    return int(by_status[1]) if by_status else 1


def killed(status: int, command: str) -> str:
    """What may have ended a job from outside, and what helps."""
    batch = re.search(r"--batch-size (\d+)", command)
    smaller = f"lower batch_size in the config, {batch[1]} now, or " if batch else ""
    return (
        f"killed from outside ({status}), perhaps for want of memory: {smaller}run fewer jobs at once "
        "(--cores), or ask for more"
    )
