"""What a change reruns: exactly what depends on it."""

import pandas as pd
import pytest
import yaml


def test_what_starts_no_job_leaves_results_as_they_are(house, small):
    """A start with nothing to do, a dry run of another config, and one that is refused."""

    def results():
        files = [path for path in (house.path / "results").rglob("*") if path.is_file()]
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

    before = results()
    assert "Nothing to be done" in house.run()
    house.configure(small | {"seed": 99})
    assert "sweep" in house.planned()
    house.configure(small | {"seed": -1})
    assert house.snakemake().returncode != 0
    assert results() == before


def test_tables_hold_every_cell(finished, small):
    thresholds = pd.read_csv(finished.path / "results/small/thresholds.csv")
    curves = pd.read_parquet(finished.path / "results/small/curves.parquet")
    cells = {
        (model, transform, name)
        for model in small["models"]
        for transform in small["transforms"]
        for name in small["dataset"]["classes"]
    }
    assert (
        set(thresholds[["model", "transform", "class"]].itertuples(index=False, name=None)) == cells
    )
    assert set(curves[["model", "transform", "class"]].itertuples(index=False, name=None)) == cells
    assert len(thresholds) == 2 * len(cells)
    assert not thresholds.duplicated(["model", "transform", "class", "direction"]).any()


def test_reordered_keys_and_comments_rerun_nothing(house, small):
    def turned(value):
        if not isinstance(value, dict):
            return value
        return {key: turned(part) for key, part in reversed(list(value.items()))}

    turned_config = turned(small)
    # The order of models and transforms is that of rows and figures: it is kept.
    for key in ("models", "transforms"):
        turned_config[key] = small[key]
    text = "# a comment\n" + yaml.safe_dump(turned_config, sort_keys=False)
    (house.path / "small.yaml").write_text(text)
    assert house.planned() == {}


def test_a_new_transform_runs_only_what_is_new(house, small):
    small["transforms"]["zoom"] = {"steps": 3}
    house.configure(small)
    jobs = house.planned()
    chunks = 2
    assert jobs["sweep"] == 2 * chunks
    assert jobs["thresholds"] == 2
    assert "images" not in jobs and "classifier" not in jobs and "pairs" not in jobs


def test_a_new_classifier_runs_only_what_is_new(house, small):
    small["models"]["three"] = {**small["models"]["one"], "options": {"seed": 2}}
    house.configure(small)
    jobs = house.planned()
    assert jobs["classifier"] == 1
    assert (jobs["sweep"], jobs["sweep_pair"]) == (2 * 2, 2)  # by two chunks
    assert jobs["thresholds"] == 2
    assert "images" not in jobs


def test_a_new_class_reruns_its_chunk_alone(house, small):
    small["dataset"]["classes"].append("volcano")
    house.configure(small)
    jobs = house.planned()
    assert jobs["images"] == 2  # its chunk, and the pictures that certify the ITNs
    assert (jobs["sweep"], jobs["sweep_pair"]) == (2 * 2, 2)  # two models, one chunk
    assert "classifier" not in jobs


def test_as_many_chunks_as_classes_give_one_job_a_cell(empty, small):
    small["chunks"] = len(small["dataset"]["classes"])
    empty.configure(small)
    jobs = empty.planned()
    assert jobs["sweep"] == 2 * 2 * 4
    small["dataset"]["classes"].append("volcano")
    small["chunks"] += 1
    empty.configure(small)
    assert empty.planned()["sweep"] == 2 * 2 * 5


@pytest.mark.parametrize(
    ("file", "old", "new", "reruns", "keeps"),
    [
        (
            "workflow/invariances/transforms/colour.py",
            "return pictures + 255 *",
            "return pictures + 254 *",
            {"sweep": 4},
            {"images", "classifier", "sweep_pair"},
        ),
        (
            "workflow/invariances/thresholds/crossings.py",
            "right[:, 0].sum() < 2",
            "right[:, 0].sum() < 3",
            {"thresholds": 4},
            {"images", "classifier", "sweep"},
        ),
        (
            "workflow/invariances/pictures.py",
            "(side - crop) / 2.0",
            "(side - crop) / 2.1",
            {"images": 4},
            {"classifier"},
        ),
        (
            "workflow/invariances/plan.py",
            "std=(0.229,",
            "std=(0.228,",
            {"classifier": 2, "sweep": 8, "sweep_pair": 4},
            {"images"},
        ),
    ],
)
def test_library_code_reruns_what_depends_on_it(house, file, old, new, reruns, keeps):
    house.edit(file, old, new)
    jobs = house.planned()
    assert {name: jobs.get(name) for name in reruns} == reruns
    assert not keeps & set(jobs)


def test_words_alone_rerun_nothing(house):
    """Docstrings, comments and times, of every file of the library and of every script."""
    files = [*house.path.glob("workflow/invariances/**/*.py"), *house.path.glob("scripts/*.py")]
    assert len(files) > 100
    for path in files:
        text = path.read_text()
        path.write_text(text.replace('"""', '"""Edited. ', 1) + "\n\n# The end.\n")
    assert house.planned() == {}


@pytest.mark.parametrize(
    ("change", "reruns", "keeps"),
    [
        ({"padding": "edge"}, {"sweep": 4, "sweep_pair": 4}, {"images", "classifier"}),
        ({"thresholds": {"resamples": 200}}, {"thresholds": 4}, {"images", "classifier", "sweep"}),
        (
            {"transforms": {"rotate": {"steps": 7}, "brightness": {"steps": 5}}},
            {"sweep": 4},
            {"images"},
        ),
        ({"batch_size": 7}, {}, {"images", "classifier"}),
    ],
)
def test_a_changed_key_reruns_what_depends_on_it(house, small, change, reruns, keeps):
    house.configure(small | change)
    jobs = house.planned()
    assert {name: jobs.get(name) for name in reruns} == reruns
    assert not keeps & set(jobs)
