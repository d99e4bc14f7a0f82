"""Random transforms in training: how they are drawn, and that what is trained in is measured again."""

import numpy as np
import pytest
import torch
from scipy import stats

from invariances import phantoms
from invariances.augmentation import augmentation, span
from invariances.classifiers import Classifier
from invariances.configuration import check, resolve
from invariances.errors import InputError
from invariances.inference import Pictures
from invariances.inference.responder import Responder
from invariances.networks import small_cnn
from invariances.training import train
from invariances.transforms import Setting, find

CLASSES = ("barbell", "pinwheel", "obelisk", "volcano")
SIDE = 32
ANGLES = np.arange(0.0, 181.0, 10.0)


def of(doses, seed=0, **setting):
    return augmentation(doses, Setting(**setting), seed)


@pytest.mark.parametrize(
    ("name", "dose", "low", "high"),
    [
        ("rotate", 30, -30, 30),
        ("rotate", -30, -30, 30),
        ("zoom", 2, -1, 1),
        ("zoom", 0.5, -1, 1),
        ("noise", 0.2, 0, 0.2),
        ("translate_x", 0.1, -0.1, 0.1),
    ],
)
def test_magnitudes_are_even_on_the_axis_from_side_to_side(name, dose, low, high):
    assert span(find(name), dose) == pytest.approx((low, high))
    drawn = find(name).position(of({name: dose}).magnitudes(epoch=3, count=2000)[:, 0])
    even = stats.uniform(low, high - low)
    assert stats.kstest(drawn, even.cdf).pvalue > 0.001


@pytest.mark.parametrize(
    ("name", "dose", "words"),
    [
        ("saturation", 0.5, "saturation: 0.5, but its magnitudes lie above 1"),
        ("blur", -3, "blur: -3, but its magnitudes lie above 0"),
        (
            "object_rotate",
            30,
            "object_rotate: objects are known of screened pictures alone; write rotate",
        ),
    ],
)
def test_doses_that_would_be_another_are_refused(name, dose, words):
    with pytest.raises(InputError, match=rf"training\.augment\.{words}"):
        of({name: dose})


def test_draws_are_of_seed_epoch_and_picture_alone():
    augment = of({"rotate": 30, "brightness": 0.2})
    first = augment.magnitudes(0, 50)
    assert np.array_equal(first, augment.magnitudes(0, 50))
    assert abs(np.corrcoef(first.T)[0, 1]) < 0.5
    for other in (
        augment.magnitudes(1, 50),
        of({"rotate": 30, "brightness": 0.2}, 1).magnitudes(0, 50),
    ):
        assert not np.isclose(first, other).any()


def test_a_batch_is_transformed_by_its_own_draws(random_pictures):
    pictures = random_pictures(6, 16, 16)
    augment = of({"rotate": 90, "brightness": 0.2}, padding="edge")
    places = np.array([4, 0, 2])
    found = augment(pictures[places], places, 5, 6)
    drawn = torch.from_numpy(augment.magnitudes(5, 6)[places])
    turned = find("rotate")(pictures[places], drawn[:, 0], Setting(padding="edge"))
    assert torch.allclose(found, find("brightness")(turned, drawn[:, 1], Setting()), atol=1e-3)
    # Alone as among others.
    assert torch.equal(found[1:2], augment(pictures[:1], np.array([0]), 5, 6))


def test_noise_is_another_in_each_epoch(random_pictures):
    pictures, augment = random_pictures(2, 8, 8), of({"noise": 0.2})
    places = np.arange(2)
    first, again, later = (augment(pictures, places, epoch, 2) for epoch in (0, 0, 1))
    assert torch.equal(first, again)
    sizes = [augment.magnitudes(epoch, 2)[0, 0] for epoch in (0, 1)]
    drawn = [(x[0] - pictures[0]) / size for x, size in zip((first, later), sizes, strict=True)]
    assert float(torch.corrcoef(torch.stack([each.flatten() for each in drawn]))[0, 1]) < 0.5


def test_a_dose_of_nothing_is_no_augmentation():
    assert of({}) is None
    assert of({"rotate": 0, "zoom": 1}) is None


@pytest.mark.parametrize(
    ("doses", "words"),
    [
        ({"rotat": 3}, "did you mean 'rotate'"),
        ({"zoom": 0}, "above zero"),
        ({"jpeg": 10}, "single points"),
        ({"tilt": 95}, "training.augment.tilt"),
    ],
)
def test_what_cannot_be_drawn_is_refused(doses, words):
    with pytest.raises(InputError, match=words):
        of(doses)


def config(**model):
    trained = {"network": "torchvision/alexnet", "weights": "train"}
    return {"run": "a", "dataset": {"name": "phantoms"}, "models": {"m": trained | model}}


def test_the_plan_refuses_it_too():
    with pytest.raises(InputError, match=r"models\.m: training\.augment: unknown 'turn'"):
        resolve(check(config(training={"augment": {"turn": 3}})))
    with pytest.raises(InputError, match="only networks with `weights: train`"):
        check(config(weights="DEFAULT", training={"augment": {"rotate": 3}}))


# ---- dose and response ---------------------------------------------------------------------------


def small():
    torch.manual_seed(0)
    return Classifier(small_cnn(len(CLASSES)), (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def rendered(number, first):
    pixels = [
        phantoms.render(name, first + index, seed=0, size=SIDE)
        for name in CLASSES
        for index in range(number)
    ]
    return np.stack(pixels), np.repeat(np.arange(len(CLASSES)), number)


@pytest.fixture(scope="module")
def shown():
    return rendered(150, 2_000_000), Pictures.numbered(*rendered(12, 0))


def taught(shown, dose, **options):
    settings = {"seed": 0, "epochs": 20, "batch_size": 25, "learning_rate": 0.004} | options
    return train(small(), *shown[0], augment=of({"rotate": dose}), **settings)


def tolerances(network, pictures):
    """The angle [N], either way the lesser, up to which each picture is right; 180 where it always is."""
    responder, count = Responder(network, find("rotate")), len(pictures)
    found = np.full(count, 180.0)
    for sign in (-1, 1):
        rows = np.repeat(np.arange(count), len(ANGLES))
        answers = responder.answers(pictures, rows, sign * np.tile(ANGLES, count))
        right = (answers.prediction == pictures.categories[rows]).reshape(count, -1)
        kept = np.where(right.all(axis=1), 180.0, ANGLES[right.argmin(axis=1)])
        found = np.minimum(found, kept)
    return found


def test_what_is_trained_in_is_measured(shown):
    """Networks trained on rotations by up to 0, 30 and 180 degrees: the thresholds grow with the dose."""
    found = {dose: tolerances(taught(shown, dose), shown[1]) for dose in (0, 30, 180)}
    medians = [np.median(found[dose]) for dose in found]
    for less, more in ((0, 30), (30, 180)):
        # Picture by picture: more are right for longer than the other way round.
        test = stats.wilcoxon(found[more] - found[less], alternative="greater")
        assert test.pvalue < 0.01, medians
    # As far as it was trained, at least, and hardly farther where it was not.
    assert medians[0] < medians[1] < medians[2]
    assert medians[1] >= 30
    assert medians[2] >= 90


def test_a_training_that_was_cut_short_goes_on_with_the_same_draws(shown, tmp_path):
    class KilledError(Exception):
        pass

    def killed(done, epochs, loss):
        raise KilledError

    part = shown[0][0][::20], shown[0][1][::20]
    options = {"epochs": 3, "batch_size": 8, "checkpoint": tmp_path / "c.pt"}
    whole = taught((part,), 30, epochs=3, batch_size=8)
    with pytest.raises(KilledError):
        taught((part,), 30, progress=killed, **options)
    resumed = taught((part,), 30, **options)
    for one, two in zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, two)
    # Of another dose it is no part.
    epochs = []
    taught((part,), 31, progress=lambda done, *_: epochs.append(done), **options)
    assert epochs == [1, 2, 3]
