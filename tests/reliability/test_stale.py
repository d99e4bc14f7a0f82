"""Nothing stale, nothing for nothing: what each change reruns, and that it reruns nothing else."""

import os
import shutil
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from PIL import Image
from safetensors.torch import save_file
from tiny import Tiny, build_tiny

pytestmark = pytest.mark.reliability

NETWORKS = '''
"""A network of more than a megabyte, so that its files are told apart by more than their bytes."""
from safetensors.torch import load_file
from torch import nn


def wide(num_classes: int, bias: bool = True) -> nn.Module:
    head = nn.Linear(3 * 256 * 256, num_classes, bias=bias)
    return nn.Sequential(nn.AdaptiveAvgPool2d(256), nn.Flatten(), head)


def loaded(num_classes: int) -> nn.Module:
    network = wide(num_classes)
    network.load_state_dict(load_file("second.safetensors"))
    return network
'''
SHELF = {
    "run": "tiny",
    "dataset": {"name": "folder", "root": "pictures", "images": 3},
    "models": {
        name: {
            "network": f"small_networks:{network}",
            "weights": weights,
            "categories": "names.txt",
            "preprocessing": {"resize": 32, "crop": 32},
        }
        for name, network, weights in (
            ("first", "wide", "first.safetensors"),
            ("second", "loaded", "own"),
        )
    },
    "transforms": {"rotate": {"steps": 3}, "brightness": {"steps": 3}},
    "pairs": [{"transforms": ["brightness", "contrast"], "steps": 3}],
    "thresholds": {"resamples": 100},
    "itn": {"enabled": False},
    "figures": {"formats": ["png"]},
    "chunks": 2,
}

# What is made of all thresholds, and what of one network or transform besides.
ALL_THRESHOLDS = [
    "thresholds_all", "figure_overview", "figure_together", "figure_mixed", "sizes *",
    "sizes_all", "figure_sizes",
    "claims", "figure_claims", "comparison", "figure_comparison *", "explorer", "provenance",
]  # fmt: skip
EVERY_SWEEP = [
    "sweep *", "sweep_pair *", "baseline *", "thresholds *", "pairs *", "worst *", "worst_all",
    *ALL_THRESHOLDS,
]  # fmt: skip


# The first transform's sweeps tell whether a network recognises the pictures at all.
OF_THE_FIRST = ["baseline *"]


def of(*words: str) -> list[str]:
    """Sweeps and all that shows them, of jobs with these wildcards."""
    rules = (
        "sweep",
        "sweep_pair",
        "trial",
        "baseline",
        "thresholds",
        "pairs",
        "worst",
        "figure_sheet",
        "figure_heatmap",
        "figure_worst",
    )
    return [f"{rule} *{word}*" for rule in rules for word in words] + ALL_THRESHOLDS


@pytest.fixture(scope="session")
def shelf(tmp_path_factory) -> Tiny:
    """A finished run on a folder of pictures and files of weights; not to be changed."""
    house = build_tiny(tmp_path_factory.mktemp("shelf"), SHELF)
    (house.path / "small_networks.py").write_text(NETWORKS)
    (house.path / "names.txt").write_text("daisy\npizza\n")
    for place, name in enumerate(("daisy", "pizza")):
        for number in range(3):
            draw(house.path / f"pictures/{name}/{number}.bmp", seed=10 * place + number)
    for seed, name in enumerate(("first", "second")):
        weigh(house.path / f"{name}.safetensors", seed)
    house.run()
    return house


@pytest.fixture(scope="session")
def everything(shelf) -> set[str]:
    jobs = shelf.jobs("--forceall")
    assert len(jobs) > 40
    return jobs


@pytest.fixture
def changed(shelf, tmp_path) -> Tiny:
    """A copy of the finished run, to be changed."""
    shutil.copytree(shelf.path, tmp_path / "house", symlinks=True)
    return Tiny(tmp_path / "house")


def draw(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (36, 36, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def weigh(path: Path, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    weight = torch.randn(2, 3 * 256 * 256, generator=generator) / 500
    save_file({"2.weight": weight, "2.bias": torch.zeros(2)}, path)


def reconfigured(house: Tiny, **changes) -> None:
    house.configure(SHELF | changes)


def edited(file: str, old: str, new: str):
    return lambda house: house.edit(file, old, new)


def replaced(file: str, make: Callable[[Path, int], None]) -> Callable[[Tiny], None]:
    """By another of the same name, size and time: as unpacked from another archive."""

    def change(house: Tiny) -> None:
        path = house.path / file
        before = path.stat()
        path.unlink()
        make(path, 99)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size

    return change


another_file_of_weights = replaced("first.safetensors", weigh)


def older_names(house: Tiny) -> None:
    """Put a file of names there whose time is before all that was made."""
    path = house.path / "names.txt"
    path.write_text("pizza\ndaisy\n")
    os.utime(path, (1e9, 1e9))


def rewritten(house: Tiny) -> None:
    """The same content, everywhere in other words: order of keys, a comment, times of files."""
    config = {key: SHELF[key] for key in reversed(SHELF)}
    text = "# in other words\n" + yaml.safe_dump(config, sort_keys=False)
    (house.path / "small.yaml").write_text(text)
    for path in house.path.glob("pictures/*/*"):
        path.touch()
    for name in ("first.safetensors", "second.safetensors", "names.txt", "small_networks.py"):
        (house.path / name).touch()


LIBRARY = "workflow/invariances"
CHANGES = {
    "a photometric transform's code": (
        edited(f"{LIBRARY}/transforms/colour.py", "pictures + 255 *", "pictures + 254 *"),
        [*of("brightness"), "worst_all", "explorer_pictures", "figure_paper number=[67]"],
    ),
    "a geometric transform's code": (
        edited(f"{LIBRARY}/transforms/geometry.py", "deg2rad(magnitudes)", "deg2rad(2 * magnitudes)"),
        [*of("single=rotate"), *OF_THE_FIRST, "explorer_pictures", "figure_paper *"],
    ),
    "how geometric transforms warp": (
        edited(f"{LIBRARY}/transforms/warping.py", "drift < 1e-3", "drift < 2e-3"),
        # A pair is one warp where both of it are geometric: every pair's job can reach it.
        [*of("single=rotate", "pair=", "combined="), "worst_all", *OF_THE_FIRST, "explorer_pictures",
         "figure_paper *"],
    ),
    "a transform that is not screened": (
        edited(f"{LIBRARY}/transforms/gaussian.py", "TRUNCATION = 4.0", "TRUNCATION = 3.0"),
        [],
    ),
    "a grid": (
        lambda house: reconfigured(house, transforms=SHELF["transforms"] | {"rotate": {"steps": 5}}),
        ["configuration", *of("single=rotate"), *OF_THE_FIRST, "explorer_pictures", "figure_paper *"],
    ),
    "the padding": (
        lambda house: reconfigured(house, padding="edge"),
        ["configuration", *of("single=rotate"), *OF_THE_FIRST, "explorer_pictures", "figure_paper *"],
    ),
    "a picture replaced by another of its name": (
        replaced("pictures/daisy/1.bmp", draw),
        ["images *part=daisy*", "trial *", "sweep *chunk=daisy*", "sweep_pair *chunk=daisy*", "baseline *",
         "thresholds *", "pairs *", "worst *", "worst_all", *ALL_THRESHOLDS, "explorer_pictures",
         "figure_*"],
    ),
    "weights replaced by others of their name": (
        another_file_of_weights,
        ["configuration", "classifier model=first", *of("model=first"), "worst_all",
         "figure_paper number=[26]"],
    ),
    "weights that one's own callable reads": (
        replaced("second.safetensors", weigh),
        ["configuration", "classifier model=second", *of("model=second"), "worst_all",
         "figure_paper number=[37]"],
    ),
    "the names of a network's logits": (
        older_names,
        ["classifier *", "trial *", *EVERY_SWEEP, "figure_*"],
    ),
    "the template of captions": (edited("workflow/report/figure.rst", "", "Edited. "), []),
    "the style of figures": (
        edited(f"{LIBRARY}/figures/style.py", '"axes.linewidth": 0.5', '"axes.linewidth": 0.6'),
        ["figure_*", "explorer"],
    ),
    "one figure's code": (
        edited(f"{LIBRARY}/figures/mixed.py", "COLUMNS = 4", "COLUMNS = 5"),
        ["figure_mixed"],
    ),
    "words, order and times alone": (rewritten, []),
}  # fmt: skip


@pytest.mark.parametrize("what", list(CHANGES))
def test_exactly_what_depends_on_it_reruns(changed, everything, what):
    change, dependants = CHANGES[what]
    change(changed)
    wanted = {job for job in everything if any(fnmatch(job, each) for each in dependants)}
    unused = [each for each in dependants if not any(fnmatch(job, each) for job in everything)]
    assert len(unused) < len(dependants) or not dependants
    found = changed.jobs()
    assert found == wanted, f"not rerun: {wanted - found}; rerun for nothing: {found - wanted}"


def test_after_the_rerun_the_numbers_are_those_of_a_fresh_run(changed):
    """New weights under the old name: what is made of them is what a fresh checkout makes of them."""
    target = "results/tiny/thresholds/first/rotate.csv"
    names = ("models/first/weights.safetensors", "thresholds/first/rotate.parquet")
    before = changed.outcome()
    another_file_of_weights(changed)
    changed.run(target)
    after = changed.outcome()
    assert all(after[name] != before[name] for name in names)
    changed.forget()
    changed.run(target)
    assert all(after[name] == content for name, content in changed.outcome().items())


@pytest.mark.parametrize("script", ["sweep", "classifier", "thresholds"])
def test_a_job_that_failed_after_an_edit_leaves_nothing_stale(copied, script):
    """Its output is lost; what was made of the one before must not count as up to date."""
    copied.edit(
        *{
            "sweep": (
                f"{LIBRARY}/transforms/geometry.py",
                "[[magnitudes, zero, zero], [zero, magnitudes",
                "[[1 * magnitudes, zero, zero], [zero, magnitudes",
            ),
            "classifier": (f"{LIBRARY}/training.py", "WEIGHT_DECAY = 0.02", "WEIGHT_DECAY = 0.03"),
            "thresholds": (f"{LIBRARY}/thresholds/crossings.py", "sum() < 2:", "sum() < 3:"),
        }[script]
    )
    wanted = {
        job for job in copied.jobs() if job.startswith((f"{script} ", "thresholds", "figure_sheet"))
    }
    # Asked for alone: a sweep of a pair runs the same script.
    running = copied.start("results/tiny/thresholds/taught/zoom.csv")
    running.worker(script).kill()
    status, _ = running.end()
    assert status != 0
    assert len(wanted) > 2
    assert wanted <= copied.jobs()
