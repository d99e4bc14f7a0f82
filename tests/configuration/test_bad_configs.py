"""Configs that must be refused before the first job, by key, value and what is allowed."""

import datetime

import pytest

from invariances.configuration import check, resolve
from invariances.errors import InputError

INF, NAN = float("inf"), float("nan")
SMALL = {"network": "config_networks:small", "weights": "own"}
EIGHT = {"preprocessing": {"resize": 8, "crop": 8}}


def one(**section):
    return {"m": SMALL | EIGHT | section}


# What is put where, and what the message says of it: key, value, and what would be right.
BAD = [
    # Keys.
    ("", {"transfroms": {}}, "config: key", "'transfroms'", "did you mean 'transforms'"),
    ("", {"zzz": 1}, "config: key", "'zzz'", "allowed: run, seed"),
    ("dataset", {"image": 3}, "dataset: key", "'image'", "did you mean 'images'"),
    ("models", one(wieghts="own"), "models.m: key", "'wieghts'", "did you mean 'weights'"),
    ("models", one(training={"epoch": 3}), "models.m.training: key", "did you mean 'epochs'"),
    ("models", one(preprocessing={"size": 3}), "models.m.preprocessing: key", "'size'", "crop"),
    ("transforms", {"rotate": {"step": 3}}, "transforms.rotate: key", "did you mean 'steps'"),
    ("", {"models": None}, "models: null", "object"),
    ("", {"models": {}}, "models: must not be empty", "classifiers"),
    ("", {"transforms": {}}, "transforms: must not be empty"),
    ("", {"dataset": {}}, "dataset: the key 'name' is missing"),
    ("models", {"m": {"network": "x:y"}}, "models.m: the key 'weights' is missing"),
    # Types.
    ("", {"seed": "0"}, "seed", '"0"', "integer"),
    ("", {"seed": True}, "seed", "true", "integer"),
    ("", {"seed": -1}, "seed", "-1", "minimum of 0"),
    ("", {"seed": 1.0}, "seed", "1.0", "integer"),
    ("dataset", {"images": 5.0}, "dataset.images", "5.0", "integer"),
    ("dataset", {"images": 0}, "dataset.images", "0", "minimum of 1"),
    ("dataset", {"hole": "mean"}, "dataset.hole", "'mean'", "give dataset.masks"),
    ("dataset", {"images": True}, "dataset.images", "true", "integer"),
    ("", {"batch_size": 0}, "batch_size", "0", "minimum of 1"),
    ("", {"chunks": [1]}, "chunks", "[1]", "integer"),
    ("", {"transforms": ["rotate"]}, "transforms", "object"),
    ("transforms", {"rotate": 5}, "transforms.rotate", "5", "object"),
    ("transforms", {"rotate": {"steps": 1}}, "transforms.rotate.steps", "1", "minimum of 2"),
    ("", {"dataset": "digits"}, "dataset", '"digits"', "object"),
    # Runs, models and classes that could leave their folder.
    ("", {"run": "../x"}, "run", "../x", "A-Za-z0-9"),
    ("", {"run": "/tmp/x"}, "run", "/tmp/x"),
    ("", {"run": "a/b"}, "run", "a/b"),
    ("", {"run": "x; rm -rf ~"}, "run", "rm -rf"),
    ("", {"run": "$(id)"}, "run", "$(id)"),
    ("", {"run": ""}, "run", '""'),
    ("", {"run": "."}, "run", '"."'),
    ("", {"run": "-rf"}, "run", "-rf"),
    ("", {"run": "a\n"}, "run", "a\\n"),
    ("", {"run": "é"}, "run"),
    ("", {"run": "x" * 101}, "run", "xxx"),
    ("", {"run": 7}, "run", "7", "string"),
    ("", {"run": datetime.date(2024, 1, 2)}, "run", "2024-01-02", "date", "quotes"),
    ("", {"models": {"../m": SMALL}}, "models", "../m"),
    ("", {"models": {"a b": SMALL}}, "models", "a b"),
    ("", {"models": {"m\n": SMALL}}, "models", "m\\n"),
    ("", {"itn": {"spatial": None, "colour": None}}, "itn", "all null", "enabled: false"),
    ("", {"itn": {"scales": [0.5, 0.4]}}, "itn.scales", "[0.5, 0.4]", "must ascend"),
    ("", {"itn": {"scales": [0.5, 1.2]}}, "itn.scales", "at most 1"),
    ("", {"itn": {"alpha": 0}}, "itn.alpha", "0", "above 0"),
    ("", {"itn": {"dimensions": 4}}, "itn.dimensions", "itn.dimensions: 4"),
    ("", {"itn": {"objective": "gated", "layers": "none"}}, "itn.layers", "none", "objective: volume"),
    ("", {"itn": {"objective": "constrained", "dimensions": 3}}, "itn.dimensions", "3", "volume"),
    ("", {"itn": {"objective": "gated", "signed": True}}, "itn.signed", "true", "volume"),
    ("", {"itn": {"accuracy_wanted": 0.9}}, "itn.accuracy_wanted", "0.9", "objective: gated"),
    ("", {"itn": {"when_few": "nothing"}}, "itn.when_few", "nothing", "least_alpha, identity"),
    # Names.
    ("dataset", {"name": "digit"}, "dataset.name", "'digit'", "did you mean 'digits'"),
    ("", {"padding": "wrap"}, "padding", "'wrap'", "allowed: black, edge, reflect, mean"),
    ("", {"precision": "float16"}, "precision", "'float16'", "bfloat16"),
    ("", {"transforms": {"rotation": None}}, "transforms", "'rotation'", "translate_x, translate_y"),
    ("", {"transforms": {"Zoom": None}}, "transforms", "'Zoom'", "did you mean 'zoom'"),
    ("", {"pairs": [{"transforms": ["zoom", "roate"]}]}, "pairs.transforms", "did you mean 'rotate'"),
    ("", {"pairs": [{"transforms": ["zoom"]}]}, "pairs.0.transforms", '["zoom"]', "too short"),
    ("", {"pairs": [{"transforms": ["zoom", "blur"]}] * 2}, "pairs", "['zoom', 'blur']", "second time"),
    ("", {"tuples": [{"transforms": {"zoom": None}}]}, "tuples.0.transforms", "too short, 2 or 3 are"),
    ("", {"tuples": [{"transforms": dict.fromkeys(["zoom", "blur", "noise", "rotate"])}]}, "2 or 3 are"),
    ("", {"tuples": [{"transforms": {"zoom": None, "roate": None}}]}, "tuples.transforms", "'rotate'"),
    ("", {"tuples": [{"transforms": {"zoom": None, "blur": {"magnitudes": [1, 2]}}}]},
     "tuples.transforms.blur", "identity 0", "1 to 2"),
    ("", {"tuples": [{"transforms": {"zoom": None, "blur": None}, "random": 0}]}, "tuples.0.random", "0"),
    ("", {"tuples": [{"transforms": {"zoom": None, "blur": None}}] * 2}, "tuples", "second time"),
    ("", {"tuples": [{"transforms": {"zoom": None, "blur": None}}],
          "pairs": [{"transforms": ["zoom", "blur"]}]}, "tuples", "pairs has them too"),
    ("figures", {"cells": ["small/rotate"]}, "figures.cells.0", "small/rotate"),
    ("figures", {"cells": ["smal/rotate/3"]}, "figures.cells", "model", "did you mean 'small'"),
    ("figures", {"cells": ["small/spin/3"]}, "figures.cells", "transform", "'spin'"),
    ("figures", {"cells": ["small/rotate/11"]}, "figures.cells", "class", "'11'"),
    ("figures", {"formats": []}, "figures.formats", "[]"),
    ("figures", {"formats": ["svg"]}, "figures.formats.0", "'svg'", "png, pdf"),
    # Classes and pictures.
    ("dataset", {"classes": []}, "dataset.classes", "[]", "name, index or WordNet id"),
    ("dataset", {"classes": ["11"]}, "dataset.classes", "'11'", "allowed: 0, 1"),
    ("dataset", {"classes": "some"}, "dataset.classes", "some", "`all`"),
    ("dataset", {"classes": ["3", 3]}, "dataset.classes", "3", "second time"),
    ("dataset", {"classes": [1.5]}, "dataset.classes", "1.5"),
    ("dataset", {"classes": [False]}, "dataset.classes.0", "false", "quote"),
    ("dataset", {"classes": ["3", None]}, "dataset.classes.1", "null", "quote"),
    ("dataset", {"images": 5000, "on_few_pictures": "fail"}, "dataset.images", "5000", "take"),
    ("dataset", {"images": "every"}, "dataset.images", "every", "`all`"),
    ("dataset", {"name": "phantoms", "images": "all"}, "dataset.images", "all", "without end"),
    # Magnitudes.
    ("transforms", {"rotate": {"magnitudes": []}}, "transforms.rotate.magnitudes", "[]"),
    ("transforms", {"rotate": {"magnitudes": [0]}}, "transforms.rotate.magnitudes", "[0]"),
    ("transforms", {"rotate": {"magnitudes": [1, 2]}}, "transforms.rotate", "identity 0", "1 to 2"),
    ("transforms", {"zoom": {"magnitudes": [0.5, 2]}}, "transforms.zoom", "identity 1"),
    ("transforms", {"rotate": {"magnitudes": [1, 0]}}, "transforms.rotate.magnitudes", "ascend"),
    ("transforms", {"rotate": {"magnitudes": [0, 0, 1]}}, "transforms.rotate.magnitudes", "twice"),
    ("transforms", {"rotate": {"magnitudes": [0, NAN]}}, "transforms.rotate.magnitudes.1", "nan", "finite"),
    ("transforms", {"rotate": {"magnitudes": [0, INF]}}, "transforms.rotate.magnitudes.1", "inf", "finite"),
    ("transforms", {"rotate": {"magnitudes": [0, "1"]}}, "transforms.rotate.magnitudes.1", "number"),
    ("transforms", {"rotate": {"magnitudes": [0, True]}}, "transforms.rotate.magnitudes.1", "true"),
    ("transforms", {"zoom": {"magnitudes": [0, 1]}}, "transforms.zoom", "0 must be above zero"),
    ("transforms", {"zoom": {"magnitudes": [-1, 1]}}, "transforms.zoom", "-1 must be above zero"),
    ("transforms", {"rotate": {"range": [9, -9]}}, "transforms.rotate.range", "9 must be below -9"),
    ("transforms", {"rotate": {"range": [0, 0]}}, "transforms.rotate.range", "0 must be below 0"),
    ("transforms", {"rotate": {"range": [-INF, 9]}}, "transforms.rotate.range.0", "-inf"),
    ("transforms", {"rotate": {"range": [0]}}, "transforms.rotate.range", "[0]"),
    ("transforms", {"zoom": {"range": [0, 2], "steps": 3}}, "transforms.zoom.range", "above zero"),
    ("transforms", {"rotate": {"range": [-9, 9], "steps": 4}}, "transforms.rotate", "identity 0"),
    ("transforms", {"rotate": {"range": [1, 9]}}, "transforms.rotate", "identity 0", "1 to 9"),
    ("transforms", {"rotate": {"steps": 3, "magnitudes": [0, 1]}}, "transforms.rotate", "not both"),
    ("transforms", {"blur": {"magnitudes": [-1, 0]}}, "transforms.blur", "sigma must be 0 or more"),
    ("transforms", {"contrast": {"magnitudes": [1, 1e300]}}, "transforms.contrast", "too large"),
    # Models.
    ("models", one(network="torchvision/resnt18"), "models.m", "did you mean 'resnet18'"),
    ("models", one(network="torchvision/resnt18", weights="DEFAULT"), "did you mean 'resnet18'"),
    ("models", one(network="timm/resnet10tt", weights="pretrained"), "did you mean 'resnet10t'"),
    ("models", one(network="resnet18"), "models.m", "'resnet18'", "<module>:<callable>"),
    ("models", one(network="nowhere:net"), "models.m", "'nowhere' cannot be imported"),
    ("models", one(network="config_networks:smal"), "models.m", "did you mean 'small'"),
    ("models", one(options={"depth": 3}), "models.m", "depth"),
    ("models", one(network="config_networks:seven"), "models.m", "[1, 7]", "10 categories"),
    ("models", one(network="config_networks:a_map"), "models.m", "[1, 10, 3, 3]", "10 categories"),
    ("models", one(network="config_networks:a_tuple"), "models.m", "tuple", "tensor of logits"),
    ("models", one(network="config_networks:raises"), "models.m", "8x8", "missing"),
    ("models", one(network="config_networks:not_numbers"), "models.m", "NaN"),
    ("models", one(weights="weights/absent.pth"), "models.m", "no file 'weights/absent.pth'"),
    ("models", one(weights="absent.safetensors"), "models.m", "no file 'absent.safetensors'"),
    ("models", one(weights="garbage.pth"), "models.m", "garbage.pth", "refused"),
    ("models", one(weights="trian"), "models.m", "'trian'", "`train`, `own` or a file"),
    ("models", one(network="torchvision/resnet18"), "models.m", "'own' is for callables"),
    ("models", one(network="torchvision/resnet18", weights="BEST"), "models.m", "'BEST'", "IMAGENET1K_V1"),
    ("models", one(network="timm/resnet10t", weights="BEST"), "models.m", "'BEST'", "c3_in1k"),
    ("models", one(network="torchvision/resnet18", weights="DEFAULT"), "models.m", "1000 classes", "10 c"),
    ("models", one(network="timm/resnet10t", weights="DEFAULT"), "models.m", "1000 classes", "10 cat"),
    ("models", one(categories="absent.txt"), "models.m.categories", "absent.txt"),
    ("models", one(categories="twice.txt"), "models.m.categories", "twice"),
    ("models", one(categories="binary.txt"), "models.m.categories", "UTF-8"),
    ("models", one(categories="two.txt"), "models.m", "'2'", "allowed: 0, 1"),
    ("models", one(preprocessing={"resize": 8, "crop": 9}), "models.m", "crop: 9", "resize, 8"),
    ("models", one(preprocessing={"mean": [0.5]}), "preprocessing.mean", "[0.5]", "too short, 3 are"),
    ("", {"pairs": [{"transforms": ["zoom", "blur", "noise"]}]}, "pairs.0.transforms", "too long, 2 are"),
    ("", {"resamplings": ["bilinear"]}, "resamplings", "'bilinear' alone is the run's own (`resampling`)"),
    ("", {"padding": "mean", "borders": ["mean"]}, "borders", "'mean' alone is the run's own (`padding`)"),
    ("models", one(preprocessing={"std": [1, 1, 0]}), "models.m.preprocessing.std.2", "0"),
    ("models", one(preprocessing={"std": [1, 1, NAN]}), "models.m.preprocessing.std.2", "nan"),
    ("models", one(preprocessing={"mean": [123.7, 116.3, 103.5]}), "preprocessing.mean", "0.4851, 0.4561"),
    ("models", one(preprocessing={"std": [58.4, 57.1, 57.4]}), "preprocessing.std", "0.229, 0.2239"),
    ("models", one(preprocessing={"mean": [-1, 0, 0]}), "preprocessing.mean.0", "minimum of 0"),
    ("models", one(preprocessing={"interpolation": "cubic"}), "interpolation", "did you mean 'bicubic'"),
    ("models", one(training={"learning_rate": INF}), "models.m.training.learning_rate", "inf"),
    ("models", one(training={"epochs": 0}), "models.m.training.epochs", "0"),
    ("thresholds", {"resamples": 3}, "thresholds.resamples", "3", "minimum of 100"),
    ("thresholds", {"missed": 1.0}, "thresholds.missed", "1.0", "below 1"),
    ("thresholds", {"search": "halve"}, "thresholds.search", "halve", "grid"),
]  # fmt: skip


def test_there_are_more_than_forty():
    assert len(BAD) > 40


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case[0]}{list(case[1].items())}"[:70])
def test_bad_configs_are_refused(base, networks, case):
    where, change, *words = case
    part = base.setdefault(where, {}) if where else base
    part.update(change)
    if where == "models":
        del part["small"]
    with pytest.raises(InputError) as error:
        resolve(check(base))
    message = str(error.value)
    assert len(message) < 1200
    for word in words:
        assert word in message, message


@pytest.mark.parametrize("config", [None, [], "text", 3, {}])
def test_what_is_no_config_is_refused(config):
    with pytest.raises(InputError, match="config"):
        check(config)


def test_a_gpu_that_is_not_there_is_refused(base, resolved, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("shutil.which", {}.get)
    with pytest.raises(InputError, match=r"device: 'cuda' is asked for.*auto or cpu"):
        resolved(base | {"device": "cuda"})
    assert resolved(base | {"device": "auto"}).device == "cpu"


def test_a_gpu_may_be_on_a_cluster_s_nodes(base, resolved, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("shutil.which", {"sbatch": "/usr/bin/sbatch"}.get)
    assert resolved(base | {"device": "cuda"}).device == "cuda"
    assert resolved(base | {"device": "auto"}).device == "cpu"


def test_training_needs_pictures_beside_the_screened(base, resolved, class_folders):
    root = class_folders("a", "b", number=5)
    base["dataset"] = {"name": "folder", "root": str(root), "images": 5}
    base["models"]["small"]["weights"] = "train"
    with pytest.raises(
        InputError, match=r"models\.small\.weights: 'train' needs training pictures"
    ):
        resolved(base)
    base["dataset"]["images"] = 3
    assert resolved(base)


def test_a_class_without_enough_pictures_is_named(base, resolved, class_folders):
    root = class_folders("a", number=5)
    class_folders("scarce", number=2)
    base["dataset"] = {"name": "folder", "root": str(root), "images": 5}
    few = base["dataset"] | {"on_few_pictures": "fail"}
    with pytest.raises(InputError, match=r"dataset\.images: 5 pictures.*'scarce' has 2"):
        resolved(base | {"dataset": few})
    (root / "empty").mkdir()
    with pytest.raises(InputError, match=r"dataset\.classes: 'empty' has no pictures"):
        resolved(base)


def test_a_root_that_is_not_there_is_named(base, resolved):
    base["dataset"] = {"name": "folder", "root": "nowhere"}
    with pytest.raises(InputError, match=r"dataset\.root: 'nowhere' is not a folder"):
        resolved(base)


def test_a_resolved_config_of_an_older_version_is_refused(base):
    base |= {"chunks": {"0-of-1": ["1", "2"]}, "costs": {"small": 0.1}, "borders": {}}
    with pytest.raises(
        InputError, match=r"older version.*give the config that its run was started"
    ):
        check(base)
