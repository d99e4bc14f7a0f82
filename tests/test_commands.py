"""The commands: files in, files out, one sentence when something is wrong."""

import argparse
import json
import os
import subprocess
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import forks
import numpy as np
import pytest
import torch
import yaml

import command
from invariances import classifiers
from invariances.configuration import check, dataset_settings, plan_file
from invariances.configuration.declaration import Dataset
from invariances.errors import InputError
from invariances.magnitudes import TransformAxis
from invariances.pictures import Preparation, decode, prepare
from invariances.plan import IMAGENET
from invariances.records import to_json
from invariances.screening import Sweep
from invariances.tables import MANIFEST, SKIPPED, read_arrays
from invariances.tables.frames import read, read_manifest

ROOT = Path(__file__).parents[1]
NAMES = ("007", "NA", "1e5", "it's", "new\nline", "brûlée, 图")
NETWORK = """
from torch import nn

def small(num_classes):
    return nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(12, num_classes))
"""


def settings(name, **section):
    """What of a config's section a job is handed."""
    return dataset_settings(Dataset(name=name, **section))


@pytest.fixture
def run(tmp_path):
    """(command, options) -> what it said on stderr; it must succeed, or fail with one line."""
    (tmp_path / "command_networks.py").write_text(NETWORK)

    def start(name, *, fails=False, **options):
        flags = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        done = subprocess.run(
            [forks.folder() / "python", ROOT / f"scripts/{name}.py", *flags],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT / "workflow")},
            text=True,
            capture_output=True,
        )
        assert done.returncode == int(fails), done.stderr
        said = done.stderr.strip().splitlines()
        assert "Traceback" not in done.stderr
        return said[-1] if said else ""

    return start


@pytest.fixture
def run_images(run, tmp_path):
    """(root, options) -> pixels and manifest, or, where it fails, what it said."""

    def start(root, split="screening", classes=NAMES, fails=False, count=2, **options):
        section = settings("folder", root=str(root), images=count, categories="own")
        said = run(
            "images", fails=fails, dataset=to_json(section), classes=json.dumps(list(classes)),
            split=split, count=count, seed=3, **options, preparation="9-8-bicubic",
            pixels=tmp_path / "out/p.npy", manifest=tmp_path / "out/p.csv",
        )  # fmt: skip
        if fails:
            return said
        return np.load(tmp_path / "out/p.npy"), read(tmp_path / "out/p.csv", MANIFEST)

    return start


def test_images_are_prepared_and_listed_whatever_their_names(run_images, class_folders):
    root = class_folders(*NAMES, number=3)
    pixels, manifest = run_images(root)
    assert pixels.shape == (12, 8, 8, 3)
    assert pixels.dtype == np.uint8
    assert manifest.columns.tolist() == ["picture", "class", "label", "path", "sha256", "skipped"]
    assert list(dict.fromkeys(manifest["class"])) == list(NAMES)
    assert manifest["picture"].is_unique
    order = sorted(NAMES)
    for row, entry in enumerate(manifest.itertuples(index=False)):
        name = entry[1]
        assert entry.label == order.index(name)
        assert entry.path == str(root / entry.picture)
        assert entry.sha256 == sha256(pixels[row].tobytes()).hexdigest()
        expected = prepare(decode(Path(entry.path), ""), Preparation(9, 8, "bicubic"))
        assert np.array_equal(pixels[row], expected)


def test_a_sweep_of_awkward_names_goes_through(run, run_images, tmp_path, class_folders):
    pixels, _ = run_images(class_folders(*NAMES, number=3))
    categories = tuple(sorted(NAMES))
    network = torch.nn.Sequential(
        torch.nn.AdaptiveAvgPool2d(2), torch.nn.Flatten(), torch.nn.Linear(12, len(NAMES))
    )
    description = classifiers.Description("command_networks:small", categories)
    classifiers.save(network, description, tmp_path / "model")
    axis = TransformAxis("brightness", "", "", 0.0, "linear", (-0.5, 0.0, 0.5))
    run(
        "sweep", prepared=tmp_path / "out/p.npy",
        classifier=tmp_path / "model", batch_size=5, output=tmp_path / "s.npz",
        thumbnails=tmp_path / "s.thumbnails.npz",
        transform=to_json([axis]),
    )  # fmt: skip
    result = Sweep.from_arrays(read_arrays(tmp_path / "s.npz"))
    assert result.classes.tolist() == list(NAMES)
    assert [categories[label] for label in result.labels] == list(NAMES)
    assert result.prediction.shape == (12, 3)
    assert result.identity == 1
    strips = read_arrays(tmp_path / "s.thumbnails.npz")
    assert strips["pictures"].shape == (6, 7, 8, 8, 3)
    assert np.array_equal(strips["pictures"][:, 3], pixels[::2])


def test_a_name_without_its_file_is_refused(run, tmp_path):
    said = run("sizes", fails=2, prepared_of="x.npy", thresholds="t.csv", output=tmp_path / "s.csv")
    assert "'x.npy' is not of the form NAME=PATH" in said


def test_a_bad_picture_stops_and_leaves_nothing(run_images, tmp_path, class_folders):
    root = class_folders("a", number=2)
    (root / "a/0.png").write_bytes(b"")
    said = run_images(root, classes=["a"], fails=True)
    assert said.startswith("error: picture")
    assert "a/0.png" in said
    assert list((tmp_path / "out").iterdir()) == []


def test_a_split_without_pictures_is_refused(run_images, class_folders):
    root = class_folders("a", number=2)
    said = run_images(root, split="training", classes=["a"], fails=True)
    assert said == "error: dataset: there are no pictures for the training split"


def test_a_file_of_weights_becomes_a_model(run, tmp_path):
    weight = torch.rand(10, 12)
    torch.save({"state_dict": {"2.weight": weight, "2.bias": torch.zeros(10)}}, tmp_path / "w.pth")
    section = {
        "network": "command_networks:small", "weights": str(tmp_path / "w.pth"), "options": {},
        "categories": "dataset", "training": {}, "preprocessing": {},
    }  # fmt: skip
    options = {
        "model": json.dumps(section),
        "dataset": to_json(settings("digits")),
        "preprocessing": to_json(replace(IMAGENET, mean=(0.5, 0.5, 0.5))),
        "output": tmp_path / "out",
    }
    run("classifier", **options)
    assert torch.equal(
        classifiers.read_state(tmp_path / "out/weights.safetensors")["2.weight"], weight
    )
    description = classifiers.describe(tmp_path / "out")
    assert description.categories == tuple("0123456789")
    assert description.mean == (0.5, 0.5, 0.5)
    assert description.std == classifiers.IMAGENET_STD
    (tmp_path / "w.pth").write_bytes(b"")
    assert "w.pth" in run("classifier", fails=True, **options)


CONFIG = """
run: r
dataset: {name: digits, images: 2}
models:
  m:
    network: command_networks:small
    weights: own
    preprocessing: {resize: 8, crop: 8}
"""


def resolved(run, tmp_path, text, fails=False):
    (tmp_path / "c.yaml").write_text(text)
    return run("resolve", fails=fails, config=tmp_path / "c.yaml", state="abc")


def test_a_plan_is_kept_and_written_beside_its_config(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    resolved(run, tmp_path, CONFIG)
    config = check(yaml.safe_load(CONFIG))
    outputs = {
        "output_config": tmp_path / "out/config.yaml",
        "output_plan": tmp_path / "out/plan.yaml",
    }
    run("configuration", config=config.model_dump_json(), plan=plan_file("abc"), **outputs)
    assert check(yaml.safe_load(outputs["output_config"].read_text())) == config
    plan = yaml.safe_load(outputs["output_plan"].read_text())
    assert plan["networks"]["m"]["preprocessing"]["crop"] == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [("run: [", "not valid YAML"), ("\t- x", "not valid YAML"), ("run: ../x", "config")],
)
def test_bad_configs_are_one_sentence(run, tmp_path, text, said):
    assert said in resolved(run, tmp_path, text, fails=True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InputError("run: no"), "error: run: no"),
        (PermissionError(13, "Permission denied", "/there"), "error: /there: Permission denied"),
    ],
)
def test_what_a_user_can_mend_is_one_line(error, said):
    def fails(arguments):
        raise error

    with pytest.raises(SystemExit) as stopped:
        command.run(fails, argparse.Namespace())
    assert stopped.value.code == said


@pytest.mark.parametrize(
    "ask", [lambda: np.empty(2**46), lambda: torch.empty(2**50, dtype=torch.uint8)]
)
def test_want_of_memory_names_the_batch_size(ask):
    with pytest.raises(SystemExit) as stopped:
        command.run(lambda arguments: ask(), argparse.Namespace(batch_size=48))
    assert "error: out of memory: lower batch_size in the config, 48 now" in str(stopped.value.code)


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyError("x"), OSError("no file named")])
def test_what_a_user_cannot_mend_keeps_its_traceback(error):
    def fails(arguments):
        raise error

    with pytest.raises(type(error)):
        command.run(fails, argparse.Namespace())


def test_bad_pictures_are_skipped_on_request_and_listed(run, run_images, tmp_path, class_folders):
    root = class_folders("a", "b", number=3)
    (root / "a/1.png").write_bytes(b"not a picture")
    pixels, manifest = run_images(root, classes=["a", "b"], on_bad_picture="skip", count=3)
    assert pixels.shape == (5, 8, 8, 3)
    assert manifest["skipped"].notna().tolist() == [
        name == "a/1.png" for name in manifest["picture"]
    ]
    used = read_manifest(tmp_path / "out/p.csv")
    assert len(used) == 5
    for row, entry in zip(pixels, used.itertuples(index=False), strict=True):
        assert entry.sha256 == sha256(row.tobytes()).hexdigest()
    run("skipped", manifests=tmp_path / "out/p.csv", output=tmp_path / "skipped.csv")
    listed = read(tmp_path / "skipped.csv", SKIPPED)
    assert listed["path"].tolist() == [str(root / "a/1.png")]
    assert "cannot be decoded" in listed["skipped"][0]


def test_a_class_of_bad_pictures_alone_is_refused_by_name(run_images, tmp_path, class_folders):
    root = class_folders("a", "b", number=2)
    for path in (root / "b").iterdir():
        path.write_bytes(b"")
    said = run_images(root, classes=["a", "b"], on_bad_picture="skip", fails=True)
    assert said.startswith("error: class 'b': no picture can be read: picture")
    assert list((tmp_path / "out").iterdir()) == []


def test_each_job_takes_a_gpu_that_is_free(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(command, "HELD", [])
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    assert command.device("cpu") == "cpu"
    assert [command.device("cuda"), command.device("cuda")] == ["cuda:0", "cuda:1"]
    assert command.device("cuda") in ("cuda:0", "cuda:1")
    # A job that ends gives its own back.
    command.HELD.pop(0).close()
    assert command.device("cuda") == "cuda:0"


def test_the_only_gpu_is_not_numbered(monkeypatch):
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    assert command.device("cuda") == "cuda"


def test_a_network_that_is_counted_answers_as_it_did(capsys):
    network = torch.nn.Linear(3, 2)
    pictures = torch.rand(5, 3)
    with command.counted(network, 10, "evaluation"):
        counted = [network(pictures) for _ in range(2)]
    assert all(torch.equal(answer, network(pictures)) for answer in counted)
    assert "10/10" in capsys.readouterr().err
