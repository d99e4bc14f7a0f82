"""Encoders with a head: against scikit-learn and by hand, through the plan, a job, a file and back."""

import json

import numpy as np
import pytest
import timm
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier
from torch import nn
from torch.nn import functional
from torch.testing import assert_close

from invariances import encoders
from invariances.classifiers import Classifier, Description, build, describe, load, save
from invariances.classifiers.heads import (
    ABSENT,
    Cut,
    Embedding,
    Head,
    Headed,
    Nearest,
    Neighbours,
    cut,
    mean_directions,
    stand_in,
    vectors,
)
from invariances.errors import InputError
from invariances.inference import Pictures

PLAIN = ((0.5,) * 3, (0.25,) * 3)


def units(*shape, seed=0):
    return functional.normalize(
        torch.randn(*shape, generator=torch.Generator().manual_seed(seed)), dim=1
    )


# ---- heads ---------------------------------------------------------------------------------------


def test_prototypes_by_hand():
    """Unit vectors at 0 and 90 degrees average to 45; the cosine to 75 degrees is that of 30."""
    right, up = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    made = mean_directions(torch.stack([right, up, -right]), torch.tensor([0, 0, 1]), 2)
    assert_close(made, torch.tensor([[0.5**0.5, 0.5**0.5], [-1.0, 0.0]]))
    angle = torch.tensor(np.radians(75.0), dtype=torch.float32)
    shown = torch.stack([angle.cos(), angle.sin()])[None]
    logits = Nearest(made, temperature=0.5)(shown)
    assert_close(
        logits[0], torch.tensor([np.cos(np.radians(30)), -np.cos(np.radians(75))]).float() / 0.5
    )


def test_a_length_of_embeddings_means_nothing():
    network = nn.Flatten()
    shown = torch.rand(3, 2, 2, 2)
    assert_close(Embedding(network)(shown), Embedding(network)(7 * shown))
    assert_close(Embedding(network)(shown).norm(dim=1), torch.ones(3))


def test_maps_and_tokens_are_averaged_over_their_places():
    maps = torch.rand(2, 5, 3, 4)
    expected = functional.normalize(torch.from_numpy(maps.numpy().mean(axis=(2, 3))), dim=1)
    assert_close(Embedding(nn.Identity())(maps), expected)
    square = torch.rand(2, 5, 3, 3)
    found = Embedding(nn.Identity())
    assert_close(found(square.permute(0, 2, 3, 1)), found(square))  # channels last
    tokens = maps.flatten(2).transpose(1, 2)
    assert_close(Embedding(nn.Identity())(tokens), expected)


@given(
    st.integers(2, 5), st.integers(1, 12), st.sampled_from([0.05, 0.3, 1.0]), st.integers(0, 1000)
)
def test_neighbours_vote_as_in_scikit_learn(classes, k, temperature, seed):
    bank, shown = units(20, 6, seed=seed), units(9, 6, seed=seed + 1)
    labels = torch.arange(20) % classes
    reference = KNeighborsClassifier(
        k, metric="cosine", algorithm="brute", weights=lambda away: np.exp((1 - away) / temperature)
    ).fit(bank.double().numpy(), labels.numpy())
    share = reference.predict_proba(shown.double().numpy())
    logits = Neighbours(bank.double(), labels, classes, k, temperature)(shown.double())
    assert (logits.argmax(1).numpy() == share.argmax(1)).all()
    # Classes without a neighbour have a thousandth of their nearest picture's vote at most.
    assert np.abs(logits.softmax(1).numpy() - share).max() <= classes * ABSENT
    assert torch.isfinite(logits).all()


def test_a_class_without_a_neighbour_counts_by_its_nearest():
    bank = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    logits = Neighbours(bank, torch.tensor([0, 0, 1]), 2, k=1, temperature=0.5)(bank[:1])
    assert_close(logits[0], torch.tensor([2.0, 0.0 + np.log(ABSENT)], dtype=torch.float32))


@pytest.mark.parametrize(
    "head", [Nearest(units(4, 6), 0.2), Neighbours(units(9, 6), torch.arange(9) % 4, 4, 5, 0.2)]
)
def test_heads_have_the_gradient_that_they_should(head):
    shown = units(3, 6, seed=5).double().requires_grad_()
    assert torch.autograd.gradcheck(head.double(), (shown,))


def test_a_coarser_arithmetic_runs():
    for head in (
        Nearest(units(4, 6), 0.2),
        Neighbours(units(9, 6), torch.arange(9) % 4, 4, 5, 0.2),
    ):
        shown = units(3, 6, seed=5)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = head(shown)
        assert_close(found.float(), head(shown), atol=0.1, rtol=0.05)


# ---- from pictures and texts ---------------------------------------------------------------------


def pictures(number=12, classes=3, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (number, 8, 8, 3)).astype(np.uint8)
    return Pictures.numbered(pixels, np.arange(number) % classes)


def encoder(network):
    return Classifier(Embedding(network), *PLAIN).freeze()


def test_a_head_is_fitted_to_its_pictures():
    shown, network = pictures(), nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten())
    scaled = (torch.from_numpy(shown.pixels).permute(0, 3, 1, 2).double() / 255 - 0.5) / 0.25
    embedded = functional.normalize(network(scaled), dim=1).numpy()
    for kind in ("prototypes", "identity", "knn"):
        own = shown if kind != "identity" else Pictures.numbered(shown.pixels, np.arange(12))
        classes = 12 if kind == "identity" else 3
        head = Head(kind, 0.1, k=4 * (kind == "knn"))
        made = encoders.fitted(head, encoder(network), own, classes, "m")
        if kind == "knn":
            assert np.allclose(made.bank.numpy(), embedded, atol=1e-5)
            assert made.labels.tolist() == [0, 1, 2] * 4
        elif kind == "identity":
            assert np.allclose(made.prototypes.numpy(), embedded, atol=1e-5)
            answers = Headed(Embedding(network), made)(scaled.float()).argmax(1)
            assert answers.tolist() == list(range(12))
        else:
            means = np.stack([embedded[own.categories == each].mean(axis=0) for each in range(3)])
            means /= np.linalg.norm(means, axis=1, keepdims=True)
            assert np.allclose(made.prototypes.numpy(), means, atol=1e-5)


class Constant(nn.Module):
    def forward(self, x):
        return torch.ones(len(x), 5)


def test_what_tells_nothing_apart_is_refused():
    with pytest.raises(InputError, match="'m' puts out the same embedding for all of 12 pictures"):
        encoders.fitted(Head("prototypes", 0.1), encoder(Constant()), pictures(), 3, "m")
    twice = np.repeat(pictures(4).pixels, 2, axis=0)
    with pytest.raises(InputError, match="the pictures '0' and '1' are the same: they tie"):
        encoders.fitted(
            Head("identity", 0.1),
            encoder(nn.Flatten()),
            Pictures.numbered(twice, np.arange(8)),
            8,
            "m",
        )
    with pytest.raises(InputError, match=r"head\.k: 20 neighbours, but there are 12"):
        encoders.fitted(Head("knn", 0.1, k=20), encoder(nn.Flatten()), pictures(), 3, "m")


def test_embeddings_of_texts(tmp_path):
    rows, head, names = np.array([[3.0, 4.0], [0.0, -2.0]]), Head("text", 0.01), ("a dog", "cat")
    np.save(tmp_path / "t.npy", rows)
    unit = torch.tensor([[0.6, 0.8], [0.0, -1.0]])
    assert_close(encoders.from_texts(head, tmp_path / "t.npy", names).prototypes, unit)
    # By name, in any order; of prompts each counts alike, whatever its length.
    prompts = np.array([[10.0, 0.0], [0.0, 1.0]])
    np.savez(tmp_path / "t.npz", **{"cat": rows[1], "a dog": prompts})
    found = encoders.from_texts(head, tmp_path / "t.npz", names).prototypes
    assert_close(found, torch.tensor([[0.5**0.5, 0.5**0.5], [0.0, -1.0]]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (np.ones((3, 4)), r"holds \[3, 4\], not a row for each of 2 classes"),
        (np.array([[1.0, np.nan], [1, 2]]), "no finite numbers"),
        (np.zeros((2, 4)), "no direction"),
        (np.array([["a"], ["b"]]), "no finite numbers"),
        ({"a": np.ones(3)}, "no embedding of the class: unknown 'b'"),
        ({"a": np.ones(3), "b": np.ones(4)}, "different widths"),
        (None, "cannot be read"),
        (np.array([[1.0, 2.0], [2.0, 4.0]]), "the embeddings of 'a' and 'b' are the same"),
    ],
)
def test_texts_that_cannot_be_used_are_refused(tmp_path, content, words):
    file = tmp_path / ("t.npz" if isinstance(content, dict) else "t.npy")
    if isinstance(content, dict):
        np.savez(file, **content)
    elif content is not None:
        np.save(file, content)
    with pytest.raises(InputError, match=words):
        encoders.from_texts(Head("text", 0.01), file, ("a", "b"))


# ---- cutting -------------------------------------------------------------------------------------


def test_a_cut_is_the_layer_s_own_output():
    """What follows writes into it, and is run all the same; gradients go through."""
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.LazyLinear(2)
    )
    shown = torch.randn(2, 3, 6, 6, requires_grad=True)
    found = Cut(network, "0")(shown)
    assert_close(found, network[0](shown))
    assert found.min() < 0
    found.sum().backward()
    assert shown.grad.abs().sum() > 0
    assert not network[0]._forward_hooks


def test_timm_s_networks_are_cut_before_their_classifier():
    head = Head("prototypes", 0.1, reset=True)
    torch.manual_seed(0)
    network = build("timm/resnet10t", classes=None).eval()
    shown = torch.rand(2, 3, 32, 32)
    expected = network.forward_head(network.forward_features(shown), pre_logits=True)
    bare = timm.create_model("resnet10t", num_classes=0)
    found = cut(network, head, "timm/resnet10t")
    assert set(found.encoder.state_dict()) == set(bare.state_dict())
    assert_close(found(shown), functional.normalize(expected, dim=1))


def test_an_unknown_layer_is_named():
    with pytest.raises(InputError, match=r"unknown 'avgpol'; did you mean 'avgpool'"):
        cut(build("torchvision/resnet18", classes=None), Head("knn", 0.1, 1, "avgpol"), "r")


CASES = {
    "timm": ("timm/resnet10t", {}, Head("prototypes", 0.07, reset=True)),
    "tokens": (
        "timm/vit_tiny_patch16_224",
        {"img_size": 32, "patch_size": 8, "depth": 2},
        Head("identity", 0.07, layer="blocks.1"),
    ),
    "layer": ("torchvision/squeezenet1_1", {}, Head("knn", 0.07, 3, "features.4")),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_saved_and_loaded_whole(case, tmp_path):
    name, options, head = CASES[case]
    torch.manual_seed(1)
    embedding = cut(build(name, classes=None, options=options), head, name).eval()
    shown = 255 * torch.rand(3, 3, 32, 32)
    network = Headed(embedding, stand_in(head, embedding(shown).shape[1], 4))
    description = Description(name, tuple("abcd"), options=options, head=head)
    save(network, description, tmp_path)
    loaded = load(tmp_path)
    assert describe(tmp_path).head == head
    expected = Classifier(network).freeze()(shown)
    assert_close(loaded(shown), expected)
    assert expected.shape == (3, 4)
    # An ITN is trained by the gradient in the pictures.
    moved = shown.clone().requires_grad_()
    loaded(moved).logsumexp(1).sum().backward()
    assert moved.grad.abs().sum() > 0


def test_a_classifier_s_description_is_as_it_was(tmp_path):
    save(nn.Linear(2, 2), Description("m:n", ("a", "b")), tmp_path)
    assert "head" not in json.loads((tmp_path / "model.json").read_text())


def test_vectors_are_as_many_as_the_head_has():
    assert vectors(Head("knn", 0.1, k=2), 7, 3, 2).bank.shape == (7, 3)
    assert vectors(Head("text", 0.1), 4, 3, 4).prototypes.shape == (4, 3)
