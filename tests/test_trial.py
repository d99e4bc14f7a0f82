"""Networks tried before the first job: what runs in jobs as it is, and what is refused and why."""

import idioms
import pytest
import torch
from torch import nn
from torch.testing import assert_close

from invariances import phantoms
from invariances.classifiers import Classifier, Description, build, load, save
from invariances.classifiers.trial import check, check_training, suited
from invariances.errors import InputError

MEAN, STD = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)


@pytest.fixture(scope="module")
def pictures():
    """Two phantoms of each of four classes, [8, 3, 32, 32]."""
    rendered = [
        torch.from_numpy(phantoms.render(name, index, seed=0, size=32))
        for index in range(2)
        for name in list(phantoms.CLASSES)[:4]
    ]
    return torch.stack(rendered).permute(0, 3, 1, 2).float()


def spread_out(network):
    """`network` with batch statistics of its own and logits that differ between pictures."""
    generator = torch.Generator().manual_seed(1)
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            value.copy_(torch.rand(value.shape, generator=generator) - 0.4 * ("var" not in name))
    return network


def made(name, outputs="logits"):
    network = spread_out(build(f"idioms:{name}", classes=4, side=32))
    return suited(network, MEAN, STD, 32, outputs).freeze()


def tried(name, pictures, outputs="logits", **options):
    return check(made(name, outputs), pictures, 4, name=name, **options)


RUN = [
    "Plain", "View", "Flat", "Volume", "NoReturn", "Lazy", "InPlace", "LogSoftmaxed", "Named", "Hidden",
    "double", "data_parallel", "scripted", "Child",
]  # fmt: skip


@pytest.mark.filterwarnings(
    "ignore:.*torch.jit:FutureWarning", "ignore:.*torch.jit:DeprecationWarning"
)
@pytest.mark.parametrize("name", RUN)
def test_what_the_trial_accepts_runs_in_jobs_and_is_right(name, pictures, tmp_path):
    """Saved and loaded, in batches as they come, with gradients: a plain loop's answers."""
    assert tried(name, pictures, gradient=True) > 0
    classifier = made(name)
    description = Description(
        f"idioms:{name}", tuple("abcd"), mean=MEAN, std=STD, channels_last=classifier.channels_last
    )
    save(classifier.network, description, tmp_path)
    loaded = load(tmp_path)
    network = spread_out(build(f"idioms:{name}", classes=4, side=32))
    nn.Module.train(network, False)
    with torch.no_grad():
        answers = [network((p.contiguous() / 255 - 0.5) / 0.25) for p in pictures.split(1)]
        expected = torch.cat([getattr(answer, "logits", answer) for answer in answers])
        for size in (1, 3, 8):
            found = torch.cat([loaded(part) for part in pictures.split(size)])
            assert_close(found, expected, rtol=1e-4, atol=1e-4)
    assert loaded(pictures[:2].clone().requires_grad_()).requires_grad


def test_memory_is_channels_last_where_that_runs():
    assert made("Plain").channels_last
    for name in ("View", "Flat", "Volume"):
        classifier = made(name)
        assert not classifier.channels_last
        assert all(weight.is_contiguous() for weight in classifier.parameters())


def test_the_layout_is_found_without_a_trace():
    network = build("idioms:Plain", classes=4)
    network.norm.eval()
    state, before = torch.get_rng_state(), {k: v.clone() for k, v in network.state_dict().items()}
    suited(network, MEAN, STD, 32)
    assert torch.equal(torch.get_rng_state(), state)
    assert network.training
    assert not network.norm.training
    assert all(p.requires_grad for p in network.parameters())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("BatchStats", ["depends on the other pictures", "norm is a BatchNorm2d(track_running"]),
        ("BatchMean", ["depends on the other pictures", "mean over the batch"]),
        ("LeftTraining", ["depends on the other pictures", "norm is left in training mode"]),
        ("Dropped", ["is random", "F.dropout without training=self.training"]),
        ("Noisy", ["is random"]),
        ("Counts", ["keeps state", "counters"]),
        ("Softmaxed", ["puts out probabilities", "outputs: probabilities"]),
        ("NoGradient", ["no gradient", "itn.enabled: false"]),
        ("OneAtATime", ["one picture at a time", "[N, 3, H, W]"]),
        ("Squeezes", ["[4] to one picture", "flatten(1)"]),
        ("Single", ["[1, 1] to one picture", "4 categories"]),
    ],
)
def test_what_cannot_be_measured_is_refused_with_its_cause(name, words, pictures):
    with pytest.raises(InputError) as error:
        tried(name, pictures, gradient=True)
    for word in words:
        assert word in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "accept"),
    [("BatchStats", "batch"), ("BatchMean", "batch"), ("Dropped", "random"), ("Counts", "state")],
)
def test_what_the_config_accepts_passes(name, accept, pictures):
    others = {"batch", "random", "state"} - {accept}
    assert tried(name, pictures, accept=[accept])
    with pytest.raises(InputError, match=rf"accept: \[{accept}\]"):
        tried(name, pictures, accept=others)


def test_networks_need_no_gradient_where_none_is_asked_for(pictures):
    assert tried("NoGradient", pictures)


def test_one_class_is_no_classification(pictures):
    classifier = Classifier(idioms.Single(), MEAN, STD).freeze()
    with pytest.raises(InputError, match="one class alone"):
        check(classifier, pictures, 1, name="Single")


def test_two_classes_need_two_logits(pictures):
    classifier = Classifier(idioms.Single(), MEAN, STD).freeze()
    with pytest.raises(InputError, match="a logit for each class"):
        check(classifier, pictures, 2, name="Single")


# ---- rounding is no dependence -------------------------------------------------------------------


class Scaled(idioms.Plain):
    """Logits that differ between pictures in their last bits alone: all but a constant."""

    def forward(self, x):
        return super().forward(x) * 1e-4 + torch.tensor([3.0, 1.0, -2.0, 0.5], dtype=x.dtype)


class Leaks(idioms.Plain):
    """A little of the batch's mean, under a softmax that is saturated."""

    def forward(self, x):
        logits = super().forward(x)
        return 100 * (logits + 1e-3 * logits.mean(dim=0) * logits.std())


class LeaksByChance(Leaks):
    """With less chance in it than is suspect in float32."""

    def forward(self, x):
        logits = super().forward(x)
        return logits + 4e-7 * logits.std() * torch.randn_like(logits)


def test_rounding_is_told_from_dependence_in_float64(pictures):
    for network, words in (
        (Scaled(), None),
        (Leaks(), "depends on the other pictures"),
        (LeaksByChance(), "is random"),
    ):
        classifier = Classifier(spread_out(network), MEAN, STD).freeze()
        if words is None:
            assert check(classifier, pictures, 4, name="it")
            continue
        with torch.no_grad():
            softmax = classifier(pictures).softmax(1)
        assert softmax.amax(1).min() > 0.999
        with pytest.raises(InputError, match=words):
            check(classifier, pictures, 4, name="it")


# ---- probabilities -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "outputs"), [("Softmaxed", "probabilities"), ("LogSoftmaxed", "log_probabilities")]
)
def test_probabilities_give_the_softmax_that_they_are(name, outputs, pictures):
    assert tried(name, pictures, outputs)
    plain = made("Plain")
    with torch.no_grad():
        found = made(name, outputs)(pictures).softmax(1)
        assert_close(found, plain(pictures).softmax(1), rtol=1e-4, atol=1e-6)


def test_a_probability_of_zero_is_finite(pictures):
    class Certain(nn.Module):
        def forward(self, x):
            return nn.functional.one_hot(x.amax(dim=(1, 2, 3)).long() % 4, 4).float()

    classifier = Classifier(Certain(), outputs="probabilities")
    logits = classifier(pictures)
    assert torch.isfinite(logits).all()
    assert logits.softmax(1).amax(1).min() == 1


@pytest.mark.parametrize("outputs", ["probabilities", "log_probabilities"])
def test_logits_are_not_taken_for_probabilities(outputs, pictures):
    with pytest.raises(InputError, match=rf"outputs: '{outputs}'.*say `outputs: logits`"):
        tried("Plain", pictures, outputs)


# ---- training ------------------------------------------------------------------------------------


def test_a_step_of_training_is_tried(pictures):
    for name in ("View", "Flat", "Volume", "NoReturn"):
        check_training(made(name).requires_grad_(True), pictures, name)
    with pytest.raises(InputError, match="'NoGradient' cannot be trained"):
        check_training(made("NoGradient").requires_grad_(True), pictures, "NoGradient")


def test_networks_with_auxiliary_heads_are_trained(pictures):
    network = build("torchvision/googlenet", classes=4, options={"init_weights": False})
    classifier = suited(network, MEAN, STD, 64)
    check_training(classifier, nn.functional.interpolate(pictures, 64), "googlenet")
