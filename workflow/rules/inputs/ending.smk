"""What a run made and what an earlier one left: for rules/ending.smk."""

from difflib import get_close_matches

from snakemake.exceptions import MissingRuleException

# In the order in which somebody would look at them; the first words of what plain Snakemake may be told.
SHOWN = ("explorer.html", "thresholds.csv", "claims.csv", "figures", "provenance.html")
# How the report is asked for: as the run was started.
REPORT = os.environ.get("INVARIANCES_REPORT", f"invariances report {CONFIG.run}")
# Folders of results that hold one file or folder for each network, transform, class or figure; 0.1.0 had benchmarks.
KEYED = (
    "baseline",
    "benchmarks",
    "borders",
    "consistency",
    "figures",
    "images",
    "itn",
    "layers",
    "models",
    "pairs",
    "resamplings",
    "sizes",
    "sweeps",
    "thresholds",
    "worst",
)


def say_what_was_made():
    """Name what there is to look at; of a run that was asked for some files alone, those."""
    asked = [path for path in map(str, workflow.dag_settings.targets) if path != "all"]
    if asked:
        if there := [path for path in asked if Path(path).exists()]:
            logger.info(f"Done: {', '.join(there)}.")
        return
    there = [f"{RESULTS}/{name}" for name in SHOWN if Path(RESULTS, name).exists()]
    if there:
        logger.info(f"Done: {', '.join(there)}; all of it as one page: {REPORT}")


def leftovers():
    """Files in the run's folder that no rule makes any more, of its present config."""
    found = [
        str(path)
        for name in KEYED
        for path in sorted(Path(RESULTS, name).rglob("*"))
        if path.is_file() and path.name[0] != "."
    ]
    return [path for path in found if not is_made(path)]


def is_made(path):
    """Whether a rule makes this file, or its network's rule may have left it beside what it makes."""
    kind, name, *rest = Path(path).relative_to(RESULTS).parts
    networks = {"models": CLASSIFIERS, "itn": LEARNERS}.get(kind)
    if rest and networks is not None:
        return name in networks
    return any(made.is_producer(path) for made in workflow.rules if made.output)


def remove(path):
    """Remove a file with the note beside it, and folders that are left without any."""
    file = Path(path)
    file.unlink()
    for beside in file.parent.glob(f".{file.name}.*"):
        beside.unlink()
    for folder in file.parents:
        if folder == Path(RESULTS) or any(folder.iterdir()):
            break
        folder.rmdir()


def say_what_is_left():
    """Say what a transform, class or network that was taken out of the config has left."""
    left = leftovers()
    if left:
        shown = ", ".join(left[:3]) + (", ..." if len(left) > 3 else "")
        logger.info(
            f"Left in {RESULTS} by an earlier config, {len(left)} files: {shown};"
            f" to remove them: invariances clear {CONFIG.run}"
        )


def nearest(error):
    """What is said of a file that nothing makes: those of this run with the nearest names."""
    said = Exception.__str__(error)
    path = re.search(r"No rule to produce (.+?) \(if you use", said)
    if not path:
        return said
    near = get_close_matches(path[1], list(makeable()), n=3, cutoff=0.8)
    hint = f"; the nearest that are: {', '.join(near)}" if near else ""
    return f"{path[1]}: is not among the files that this run makes{hint}"


def makeable():
    """The files that can be asked for: those of the run, and each figure by its path."""
    yield from (
        str(path)
        for made in workflow.rules
        for path in made.output
        if not path.contains_wildcard()
    )
    yield from PARTS
    for figure in REGISTERED.values():
        for values in product(*(VALUES[name] for name in figure.wildcards)):
            known = dict(zip(figure.wildcards, values))
            yield from (path.format(**known) for path in drawn(figure))
