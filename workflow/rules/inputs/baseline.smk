"""How the baselines' warnings are said: for rules/baseline.smk."""


def warn_of_baselines():
    """Say, as the last lines of a run, which networks do no better than guessing."""
    for path in filter(Path.is_file, map(Path, BASELINE)):
        with path.open(encoding="utf-8", newline="") as rows:
            for text in warnings(DictReader(rows)):
                logger.warning(f"warning: {text}")
