"""Which jobs are forked, and with what imported: for rules/forks.smk."""

from invariances import forks

# What several kinds of short job import, of others and of ours; networks are opened by few of them.
IMPORTED = (
    "pyarrow.parquet",
    "scipy.special",
    "yaml",
    "matplotlib.backends.backend_pdf",
    "fontTools.subset",
    "matplotlib.textpath",
    "invariances.configuration",
    "invariances.figures.inputs",
    "invariances.figures.style",
    "invariances.thresholds",
    "invariances.transforms",
    "torchvision",
)
# Fewer than this do not make up for what the process itself takes to start.
SEVERAL = 4


def is_short(job):
    """Whether a job is of a rule of ours that runs on no GPU, and whose time is no measurement."""
    ours = {"script", "code"} <= set(job.rule.params.keys())
    on_cpu = job.resources.get("device", "cpu") == "cpu"
    return ours and on_cpu and job.rule.benchmark is None


def fork_short_jobs():
    """Put the `python` that forks before the one that starts anew, where this start has jobs for it."""
    deployed = workflow.deployment_settings.deployment_method
    wanted = forks.AVAILABLE and os.environ.get("INVARIANCES_FORKS") != "0"
    if not (wanted and workflow.is_main_process and workflow.local_exec) or deployed:
        return
    scripts = [
        str(job.params.script) for job in workflow.dag.needrun_jobs() if is_short(job)
    ]
    if workflow.touch or len(scripts) < SEVERAL:
        return
    try:
        folder = forks.start(Path(".snakemake/forks"), IMPORTED, sorted(set(scripts)))
    except OSError:
        return  # A disk that is full: what needs it says so.
    os.environ.update(PATH=os.pathsep.join([str(folder), os.getenv("PATH", "")]))
