"""Invariances: what can you do to a picture before a trained network changes its prediction?

    snakemake --cores N                                      the embedded default, config/config.yaml
    snakemake --cores N --configfile config/imagenet.yaml    another run

Stages, one file each under workflow/rules: data -> models -> screening -> thresholds -> itn -> figures.
Results go to results/{run}/; README.md and config/README.md say what is there and what can be set.
"""

from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")

ROOT = Path(workflow.current_basedir)

# A run's config stands alone: the embedded default is read only where none is given.
if not {"dataset", "models"} & set(config):

    configfile: ROOT / "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/code.smk"
include: "workflow/rules/records.smk"
include: "workflow/rules/locks.smk"
include: "workflow/rules/starting.smk"
include: "workflow/rules/resources.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/engine.smk"
include: "workflow/rules/screening.smk"
include: "workflow/rules/baseline.smk"
include: "workflow/rules/precision.smk"
include: "workflow/rules/thresholds.smk"
include: "workflow/rules/tuples.smk"
include: "workflow/rules/corruptions.smk"
include: "workflow/rules/calibration.smk"
include: "workflow/rules/layers.smk"
include: "workflow/rules/itn.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/borders.smk"
include: "workflow/rules/resamplings.smk"
include: "workflow/rules/consistency.smk"
include: "workflow/rules/comparison.smk"
include: "workflow/rules/ranking.smk"
include: "workflow/rules/trainings.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/parts.smk"
include: "workflow/rules/provenance.smk"
include: "workflow/rules/planning.smk"
include: "workflow/rules/ending.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        BASELINE,
        TRIALS,
        rules.thresholds_all.output,
        WORST_CASES,
        PRECISION,
        CORRUPTION_ERRORS,
        rules.truth.output if DECLARED else [],
        CALIBRATION,
        ITN_TABLES,
        FIGURES,
        BORDER_RESULTS,
        RESAMPLING_RESULTS,
        CONSISTENCY,
        LAYERED,
        COMPARED,
        RANKED,
        TRAINED_SEVERAL_TIMES,
        DECIDED,
        EXPLORED,
        SKIPPED,
        PROVENANCE,
        PARTS,
