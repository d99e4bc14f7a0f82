"""Snakemake looks for jobs to start when one has ended and once a second, however many have ended."""

import re

LISTENER = """
from snakemake.scheduling.job_scheduler import JobScheduler

finish = JobScheduler._finish_jobs


def counted(scheduler):
    with open("looks", "a") as file:
        file.write(".")
    return finish(scheduler)


JobScheduler._finish_jobs = counted
"""


def test_it_looks_no_more_often_as_jobs_end(house):
    with (house.path / "Snakefile").open("a") as file:
        file.write(LISTENER)
    targets = [
        f"results/small/figures/sheets/{m}/{t}.png"
        for m in ("one", "two")
        for t in ("rotate", "brightness")
    ]
    said = house.run(*targets, "--force", cores=1)
    seconds = re.search(r"Elapsed time: (\d+):(\d+):([\d.]+)", said)
    hours, minutes, rest = map(float, seconds.groups())
    looks = len((house.path / "looks").read_text())
    # Each of four jobs makes it look once or twice.
    assert 4 <= looks <= 2 * 5 + (60 * hours + minutes) * 60 + rest
