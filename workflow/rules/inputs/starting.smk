"""Which jobs are forked, with what imported, and when Snakemake looks for the next: for rules/starting.smk."""

from invariances import forks

# What jobs import, of others and of ours: all kinds, those that draw, and the others.
IMPORTED = (
    "pyarrow.parquet",
    "scipy.special",
    "yaml",
    "invariances.configuration",
    "invariances.thresholds",
)
DRAWING = (
    "matplotlib.backends.backend_pdf",
    "fontTools.subset",
    "matplotlib.textpath",
    "invariances.figures.inputs",
    "invariances.figures.style",
)
ASKING = ("invariances.transforms",)
DRAW = {"figure.py", "explorer.py"}
# An optimizer imports it as it is made.
OPTIMIZING = ("torch._dynamo",)
OPTIMIZE = {"classifier.py", "itn.py"}
# Fewer than this do not make up for what the process itself takes to start.
SEVERAL = 4


def is_forked(job):
    """Whether a job is of a rule of ours and runs on no GPU, of which a fork knows nothing."""
    ours = {"script", "code"} <= set(job.rule.params.keys())
    return ours and job.resources.get("device", "cpu") == "cpu"


def forks_jobs():
    """Whether this start forks jobs: see rules/starting.smk."""
    deployed = workflow.deployment_settings.deployment_method
    wanted = forks.AVAILABLE and os.environ.get("INVARIANCES_FORKS") != "0"
    here = workflow.is_main_process and workflow.local_exec
    # A module's `onstart` is not called.
    return wanted and here and not (deployed or workflow.modifier.parent_modifier)


def imported(scripts):
    """What jobs of these scripts import. Libraries of networks take longest, and are needed by who has their networks."""
    names = [Path(path).name for path in scripts]
    asking = [*ASKING, *configuration.seen_of(PLAN_FILE.stem).libraries]
    return [
        *IMPORTED,
        *asking * any(name not in DRAW for name in names),
        *OPTIMIZING * (sum(name in OPTIMIZE for name in names) > 1),
        *DRAWING * any(name in DRAW for name in names),
    ]


def fork_jobs():
    """Put the `python` that forks before the one that starts anew, where this start has jobs for it."""
    if not forks_jobs():
        return
    scripts = [
        str(job.params.script) for job in workflow.dag.needrun_jobs() if is_forked(job)
    ]
    if workflow.touch or len(scripts) < SEVERAL:
        return
    try:
        folder = forks.start(
            Path(".snakemake/forks"), imported(scripts), sorted(set(scripts))
        )
    except OSError:
        return  # A disk that is full: what needs it says so.
    os.environ.update(PATH=os.pathsep.join([str(folder), os.getenv("PATH", "")]))


def look_as_jobs_end():
    """Have Snakemake look for jobs to start as others end, where it starts them itself.

    Its limit of 100 jobs a second is none here, and has each look bring another a second later: after a hundred jobs it
    looks a hundred times a second, a tenth of a core. A limit of one's own (--max-jobs-per-timespan) stays.
    """
    limit = workflow.scheduler.job_rate_limiter
    if workflow.local_exec and limit and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None
