"""The logger's line: it moves by passes that jobs have counted, in a file as on a screen."""

import io
import json
import time

import pytest

from snakemake_logger_plugin_invariances import exit_status, killed, told
from snakemake_logger_plugin_invariances import progress as lines

COSTS = {
    "seconds": {"sweep": 100, "images": 10},
    "passes": {"sweep": 1000},
    "short": 5,
    "disk": 120,
    "memory": 1500,
    "milliseconds": {"net": 12.5},
    "measured": True,
}


@pytest.fixture
def costs(monkeypatch) -> lines.Costs:
    monkeypatch.setenv("INVARIANCES_COSTS", json.dumps(COSTS))
    return lines.Costs()


def test_a_job_moves_the_line_by_its_count_and_not_by_time(costs, monkeypatch, tmp_path):
    monkeypatch.setattr(lines, "READ_EVERY", 0.01)
    monkeypatch.setattr(lines, "WRITTEN_EVERY", 0.0)
    log, stream = tmp_path / "sweep.log", io.StringIO()
    shown = lines.Progress({"sweep": 2, "images": 1}, costs, stream)
    shown.started(1, "sweep", [str(log)])
    log.write_text("\rrotate:   0%|          | 0/400 [00:00<?, ?pass/s]")
    for counted, words in ((100, "250 of 2,000 passes"), (300, "750 of 2,000 passes")):
        with log.open("a") as file:
            file.write(f"\rrotate:  25%|##5       | {counted}/400 [00:10<00:30,  9.9pass/s]")
        for _ in range(500):
            if words in stream.getvalue():
                break
            time.sleep(0.01)
        assert words in stream.getvalue()
        # Nothing moves: nothing is said.
        time.sleep(0.05)
        before = stream.getvalue()
        time.sleep(0.2)
        assert stream.getvalue() == before
    assert shown.finished(1) == ("sweep", [log])
    shown.close()
    last = stream.getvalue().splitlines()[-1]
    assert "48 %, 1 of 3 jobs, 1,000 of 2,000 passes" in last
    assert "\r" not in stream.getvalue()


def test_lines_in_a_file_are_at_most_half_a_minute_apart():
    assert lines.READ_EVERY + lines.WRITTEN_EVERY <= 30


def test_a_log_without_a_count_is_no_progress(tmp_path):
    assert lines.share_of(tmp_path / "none.log") == 0
    (tmp_path / "a.log").write_text("error: no\n")
    assert lines.share_of(tmp_path / "a.log") == 0


def test_a_job_that_does_more_than_was_expected_is_not_at_its_start_again(tmp_path):
    """A search may ask more: tqdm then leaves the total out."""
    log = tmp_path / "sweep.log"
    log.write_text("rotate:  90%|#########  | 760/844 [01:00<00:07, 12.7pass/s]\r")
    before = lines.share_of(log)
    with log.open("a") as file:
        file.write("rotate: 902pass [01:10, 12.8pass/s]\r")
    assert before == pytest.approx(0.9, abs=0.01) and lines.share_of(log) == 1


def test_the_plan_is_the_costs_of_this_run(costs):
    first, second = told({"sweep": 4, "images": 1, "figure_overview": 2}, costs, 2)
    assert first == "To run, 7 jobs: 1 images, 4 sweep, 2 short ones."
    # What takes minutes is none of the short ones.
    longer, _ = told({"layers": 3, "engine": 1, "figure_overview": 2}, costs, 2)
    assert longer == "To run, 6 jobs: 1 engine, 3 layers, 2 short ones."
    # A figure alone shows no picture to a network.
    assert told({"figure_overview": 1}, costs, 1) == [
        "To run, 1 job: 1 short one.",
        "Less than a minute on 1 core.",
    ]
    assert second.startswith(
        "4,000 passes (each, measured here: net 12.5 ms), about 4 min on 2 cores"
    )
    assert "about 120 MB; 1.5 GB of memory for each core" in second


def test_how_a_job_ended_is_read_from_snakemake_s_words():
    assert exit_status("Command '...' died with <Signals.SIGKILL: 9>.") == 137
    assert exit_status("Command '...' returned non-zero exit status 137.") == 137
    assert exit_status("something else") == 1
    assert "lower batch_size in the config, 64 now" in killed(137, "python x --batch-size 64")
