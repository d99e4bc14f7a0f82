"""What `make run` prints: the plan, one line of progress, the end; a failure in one sentence."""

import re


def test_plan_progress_and_end_are_said(empty, small):
    empty.configure(small)
    target = "results/small/models/one/weights.safetensors"
    said = empty.run(target, "--logger", "invariances")
    jobs = int(re.search(r"To run, (\d+) jobs?: .*1 classifier", said)[1])
    assert "on 2 cores" in said
    assert f"{jobs} of {jobs} jobs" in said and "100 %" in said
    assert f"Done: {target}." in said and "explorer.html" not in said
    # Snakemake's own account of each job is kept, elsewhere.
    assert "wildcards:" not in said
    logs = list((empty.path / ".snakemake/log").glob("*.log"))
    assert any("wildcards:" in path.read_text() for path in logs)
    assert "Nothing to be done" in empty.run(target, "--logger", "invariances")


def test_a_failure_is_one_sentence_and_its_log(empty, small):
    empty.configure(small)
    empty.edit(
        "scripts/images.py",
        "    chosen = [",
        '    raise InputError("no such luck")\n    chosen = [',
    )
    done = empty.snakemake("results/small/thresholds.csv", "--logger", "invariances")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "Failed: images" in said and "error: no such luck" in said
    assert re.search(r"more in results/small/logs/images/\S+\.log", said)
    assert "Traceback" not in said and "explorer.html" not in said


def test_a_config_that_cannot_be_is_said(empty, small):
    empty.configure(small | {"seeed": 1})
    done = empty.snakemake("--logger", "invariances")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "seeed" in said and "did you mean 'seed'" in said
    assert "Traceback" not in said and "common.smk" not in said.splitlines()[-1]
