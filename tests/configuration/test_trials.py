"""Networks of a config tried before its first job: what passes, what is refused, how long it takes."""

import numpy as np
import pytest
import torch
from PIL import Image

from invariances import datasets, phantoms
from invariances.configuration.declaration import Dataset
from invariances.configuration.resolution import dataset_settings
from invariances.configuration.trials import trial_pictures
from invariances.errors import InputError
from invariances.pictures import Preparation, prepare


def section(name, **change):
    preprocessing = {"resize": 32, "crop": 32}
    return {"network": f"idioms:{name}", "weights": "own", "preprocessing": preprocessing} | change


def asked(base, name, **change):
    return base | {
        "dataset": {"name": "phantoms", "size": 32, "images": 2, "classes": ["orange", "barbell"]},
        "models": {"m": section(name, **change)},
    }


@pytest.mark.parametrize(
    "name", ["Plain", "View", "Volume", "NoReturn", "Lazy", "InPlace", "double"]
)
@pytest.mark.parametrize("weights", ["own", "train"])
def test_idioms_that_run_are_accepted(base, resolved, name, weights):
    assert resolved(asked(base, name, weights=weights))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("BatchStats", "depends on the other pictures of the batch"),
        ("Dropped", "is random"),
        ("Counts", "keeps state"),
        ("Softmaxed", "say `outputs: probabilities`"),
        ("NoGradient", "itn.enabled: false"),
        ("OneAtATime", "one picture at a time"),
    ],
)
def test_what_cannot_be_measured_is_refused_by_its_model_s_name(base, resolved, name, words):
    with pytest.raises(InputError, match=rf"^models\.m: network 'idioms:{name}'.*{words}"):
        resolved(asked(base, name))


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (["nonsense"], "layers: unknown 'nonsense'"),
        ({"m": ["convolutoin"]}, "did you mean 'convolution'"),
    ],
)
def test_layers_that_a_network_lacks_are_refused_before_the_first_job(
    base, resolved, layers, words
):
    with pytest.raises(InputError, match=rf"^models\.m: .*{words}"):
        resolved(asked(base, "Plain") | {"layers": layers})


def test_keys_let_it_through(base, resolved):
    for name, keys in (
        ("BatchStats", {"accept": ["batch"]}),
        ("Dropped", {"accept": ["random", "batch"]}),
        ("Counts", {"accept": ["state"]}),
        ("Softmaxed", {"outputs": "probabilities"}),
        ("LogSoftmaxed", {"outputs": "log_probabilities"}),
    ):
        assert resolved(asked(base, name, **keys))
    assert resolved(asked(base, "NoGradient") | {"itn": {"enabled": False}})


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"accept": ["bach"]}, "did you mean 'batch'"),
        ({"outputs": "probability"}, "did you mean 'probabilities'"),
        ({"preprocessing": {"crop_mode": "centre"}}, "did you mean 'center'"),
        ({"weights_key": 3}, "weights_key"),
        ({"outputs": "probabilities"}, "say `outputs: logits`"),
    ],
)
def test_keys_that_are_wrong_are_refused(base, resolved, keys, words):
    with pytest.raises(InputError, match=words):
        resolved(asked(base, "Plain", **keys))


def test_a_checkpoint_of_two_networks_is_asked_about(base, resolved, networks):
    import idioms

    state = idioms.Plain(13).state_dict()
    torch.save({"model": state, "model_ema": state}, networks / "last.ckpt")
    with pytest.raises(InputError, match=r"^models\.m: .*`weights_key`: model, model_ema"):
        resolved(asked(base, "Plain", weights="last.ckpt"))
    assert resolved(asked(base, "Plain", weights="last.ckpt", weights_key="model_ema"))


def test_pictures_of_a_trial_are_the_run_s_own():
    dataset = datasets.open_dataset(dataset_settings(Dataset(name="digits")))
    preparation = Preparation(8, 8)
    pixels = trial_pictures(dataset, ["3", "7"], preparation, 5)
    expected = [
        prepare(dataset.read(name), preparation)
        for digit in ("3", "7")
        for name in dataset.pictures(digit, "screening", 4, 5)
    ]
    assert np.array_equal(pixels, np.stack(expected))
    every = trial_pictures(dataset, [str(digit) for digit in range(10)], preparation, 5)
    assert len(every) == 8


class Absent:
    """Pictures that are not there yet, or none that can be read."""

    def pictures(self, *_):
        raise InputError("not downloaded yet")


def test_phantoms_stand_in_for_pictures_that_are_not_there():
    pixels = trial_pictures(Absent(), ["a"], Preparation(64, 32), 0)
    orange = Image.fromarray(phantoms.render(next(iter(phantoms.CLASSES)), 0, seed=0, size=64))
    assert pixels.shape == (8, 32, 32, 3)
    assert np.array_equal(pixels[0], prepare(orange, Preparation(64, 32)))
