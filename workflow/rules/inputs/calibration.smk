"""How a calibration that is off is told of: for rules/calibration.smk."""


def warn_of_calibration():
    """Say, as the last lines of a run, under which transforms known thresholds are not found."""
    for path in filter(Path.is_file, map(Path, CALIBRATION)):
        with path.open(encoding="utf-8", newline="") as rows:
            off = [row["transform"] for row in DictReader(rows) if row["met"] != "True"]
        if off:
            logger.warning(
                f"warning: {path}: known thresholds are not found under {', '.join(dict.fromkeys(off))}"
            )
