"""What made each result, noted beside it: for starts to which Snakemake's own notes say nothing.

Snakemake compares a job's parameters, the digest of its code among them, with what it noted in
.snakemake/metadata: not with `--rerun-triggers mtime`, nor where results were copied without that folder. Each job
that ends leaves its parameters beside its first output too, and one whose parameters differ from those runs again. What
it computed with, its device and how many pictures at once, stands there as well: no number depends on it.

Needs: rules with the parameters `script` and `code`. Makes: .{output}.made beside results.
"""

import json
from hashlib import sha256
from pathlib import Path

from snakemake.persistence import NO_PARAMS_CHANGE, ParamsChange, PersistenceBase


def parameters(job):
    """What a job's numbers depend on beside its inputs, as text: its rule's command and parameters."""
    command = f"command {sha256((job.rule.shellcmd or '').encode()).hexdigest()}"
    # Each with its place: two that are exchanged are a change.
    values = enumerate(job.non_derived_params)
    return {
        command,
        *(f"{place} {json.dumps(value, default=str)}" for place, value in values),
    }


def is_noted(job):
    """Whether a job is of a rule of ours that writes results; a download may be several checkouts'."""
    ours = bool(job.output) and {"script", "code"} <= set(job.rule.params.keys())
    return ours and not job.rule.name.endswith("download")


def note(job):
    """Where a job's parameters stand."""
    first = Path(job.output[0])
    return first.with_name(f".{first.name}.made")


def what_changed(job):
    """Parameters that differ from those that made a job's output."""
    # The first may be gone, as what is temporary, or was removed to save space.
    if not is_noted(job) or not any(Path(path).exists() for path in job.output):
        return NO_PARAMS_CHANGE
    try:
        old = set(json.loads(note(job).read_text())["parameters"])
    except (OSError, ValueError, KeyError, TypeError):
        old = set()
    new = parameters(job)
    return ParamsChange(
        only_old=old - new, only_new=new - old, files=set(job.output[:1])
    )


def has_metadata(notes, job):
    found = PLAIN["has_metadata"](notes, job)
    # Before a job of an earlier version left its note, Snakemake's is all there is.
    if not is_noted(job):
        return found
    if found and not note(job).exists():
        change = PLAIN["params_changed"](notes, job)
    else:
        change = what_changed(job)
    if change:
        notes.dag.reason(job).params_changed = change
    return found


def params_changed(notes, job, file=None):
    change = PLAIN["params_changed"](notes, job, file)
    return (
        change | what_changed(job) if is_noted(job) and note(job).exists() else change
    )


def started(notes, job, *arguments, **options):
    # What is killed may leave a new result; it is nobody's until the job has ended.
    if is_noted(job) and notes.dag.workflow.is_main_process:
        note(job).unlink(missing_ok=True)
    PLAIN["started"](notes, job, *arguments, **options)


async def finished(notes, job):
    if is_noted(job) and notes.dag.workflow.is_main_process:
        temporary = note(job).with_suffix(".tmp")
        content = {
            "parameters": sorted(parameters(job)),
            "resources": {
                name: job.resources[name]
                for name in ("device", "batch_size")
                if name in job.resources.keys()
            },
        }
        temporary.write_text(json.dumps(content, indent=0))
        temporary.replace(note(job))
    await PLAIN["finished"](notes, job)


# Snakemake has no place to ask for this. Read twice (as two modules), the workflow replaces its own.
PLAIN = getattr(PersistenceBase, "plain", None) or {
    name: getattr(PersistenceBase, name)
    for name in ("has_metadata", "params_changed", "started", "finished")
}
PersistenceBase.plain = PLAIN
PersistenceBase.has_metadata = has_metadata
PersistenceBase.params_changed = params_changed
PersistenceBase.started = started
PersistenceBase.finished = finished
