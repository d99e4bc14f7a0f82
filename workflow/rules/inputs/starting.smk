"""Which jobs are forked, with what imported, and when Snakemake looks for the next: for rules/starting.smk."""

from itertools import chain

from invariances import forks

# What is imported for all jobs, and for those whose code can reach a library; optimizers import torch._dynamo as they are
# made. Libraries of networks take longest: they are imported where the plan was made with them.
ALWAYS = ("yaml", "invariances.configuration")
FOR = {
    "pyarrow": ("pyarrow.parquet",),
    "scipy": ("scipy.special", "invariances.thresholds"),
    "scipy.stats": ("scipy.stats",),
    "torch": ("invariances.transforms",),
    "safetensors.torch": ("safetensors.torch",),
    "torch.optim": ("torch._dynamo",),
    "timm": ("timm",),
    "torchvision": ("torchvision",),
    "matplotlib": (
        "matplotlib.backends.backend_pdf",
        "fontTools.subset",
        "matplotlib.textpath",
        "PIL.PngImagePlugin",
        "invariances.figures.inputs",
        "invariances.figures.style",
    ),
}
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
    """What jobs of these scripts import."""
    wanted = set().union(*(CODE.libraries(Path(path).stem) for path in scripts))
    unseen = {"timm", "torchvision"} - {
        *configuration.seen_of(PLAN_FILE.stem).libraries
    }
    modules = [FOR[library] for library in FOR if library in wanted - unseen]
    return [*ALWAYS, *chain.from_iterable(modules)]


def fork_jobs():
    """Put the `python` that forks before the one that starts anew, where this start has jobs for it."""
    if not forks_jobs():
        return
    jobs = [job for job in workflow.dag.needrun_jobs() if is_forked(job)]
    if workflow.touch or len(jobs) < SEVERAL:
        return
    scripts = sorted({str(job.params.script) for job in jobs})
    try:
        folder = forks.start(Path(".snakemake/forks"), imported(scripts), scripts)
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
