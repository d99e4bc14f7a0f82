"""Encoders in a config: what is planned, and what is refused at the start."""

import numpy as np
import pytest

from invariances.configuration import check, resolve, settings_of
from invariances.errors import InputError

SEEN = {"preprocessing": {"resize": 32, "crop": 32}}


# ---- in a config ---------------------------------------------------------------------------------


def config(**model):
    return check(
        {
            "run": "r",
            "dataset": {
                "name": "phantoms",
                "size": 32,
                "images": 2,
                "classes": ["orange", "barbell"],
            },
            "models": {"m": {"network": "own_encoders:colours", "weights": "own", **SEEN, **model}},
            "transforms": {"rotate": None},
        }
    )


def test_an_encoder_is_planned(own):
    for head in ("prototypes", {"kind": "knn", "k": 3}):
        plan = resolve(config(head=head))
        assert plan.classes == ("orange", "barbell")
        # Training pictures are part of it: an ITN is trained on others.
        assert plan.learning_pictures == "validation"
    plan = resolve(config(head="identity"))
    assert len(plan.classes) == 4
    assert set(plan.images.values()) == {1}
    assert plan.classes[0].startswith("orange/0/")


def test_more_neighbours_than_training_pictures_are_refused_at_the_start(own):
    with pytest.raises(InputError, match=r"models\.m\.head\.k: 9999 neighbours, but there are \d+"):
        resolve(config(head={"kind": "knn", "k": 9999}))


def test_phantoms_that_are_their_own_class_know_their_objects(own):
    asked = config(head="identity").model_copy(update={"transforms": {"object_rotate": None}})
    assert resolve(asked).objects == ("object_rotate",)


def test_pictures_without_end_have_no_classes_of_their_own(own):
    endless = config(head="identity")
    dataset = endless.dataset.model_copy(update={"images": "all"})
    with pytest.raises(InputError, match="without end"):
        resolve(endless.model_copy(update={"dataset": dataset}))
    few = endless.dataset.model_copy(update={"on_few_pictures": "fail"})
    assert len(resolve(endless.model_copy(update={"dataset": few})).classes) == 4


def test_a_constant_encoder_is_refused_before_the_first_job(own):
    for head in ("prototypes", "identity"):
        with pytest.raises(InputError, match=r"models\.m: .*same embedding for all of"):
            resolve(config(head=head, options={"constant": True}))


def test_texts_of_another_width_are_refused(own, tmp_path):
    np.save(tmp_path / "t.npy", np.random.default_rng(0).normal(size=(13, 5)))
    with pytest.raises(InputError, match="embeddings of 5 numbers, but the network's have 24"):
        resolve(config(head={"kind": "text", "file": "t.npy"}))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({"head": "knnn"}, "did you mean 'knn'"),
        ({"head": "text"}, "needs `file`"),
        ({"head": {"kind": "knn", "file": "a.npy"}}, "reads no `file`"),
        ({"head": {"kind": "prototypes", "k": 5}}, "asks no neighbours"),
        ({"head": "knn", "weights": "train"}, "trained already"),
        ({"head": "knn", "outputs": "probabilities"}, "puts out embeddings"),
        ({"head": "knn", "categories": "names.txt"}, "has the dataset's classes"),
        (
            {"head": "knn", "network": "torchvision/resnet18", "weights": "DEFAULT"},
            "layer: avgpool",
        ),
    ],
)
def test_heads_that_mean_nothing_are_refused(model, words):
    with pytest.raises(InputError, match=words):
        config(**model)


def test_classes_of_its_own_are_a_run_s():
    models = {
        name: {"network": "m:n", "weights": "own", "head": head}
        for name, head in (("a", "identity"), ("b", "knn"))
    }
    with pytest.raises(InputError, match=r"models\.b: .* into a run of its own"):
        check({"run": "r", "dataset": {"name": "digits"}, "models": models})


def test_temperatures_have_their_defaults():
    def divisor(head):
        return settings_of(config(head=head).models["m"]).temperature

    assert divisor("knn") == divisor("identity") == 0.07
    assert divisor({"kind": "text", "file": "t.npy"}) == 0.01
    assert divisor({"kind": "prototypes", "temperature": 0.5}) == 0.5
