"""Classifiers compiled ahead of time answer as they do eagerly, whatever the batch."""

import json

import pytest
import torch
from torch import nn

from invariances import classifiers
from invariances.classifiers import Classifier, Description, compiled, describe, halved, save
from invariances.errors import InputError

pytestmark = pytest.mark.skipif(compiled.compiler() is None, reason="there is no C++ compiler")
SIDE = 24


class Small(nn.Module):
    """Convolutions behind batch norm, with a residual, as ResNets have them."""

    def __init__(self, num_classes: int = 7):
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU()
        )
        self.second = nn.Sequential(nn.Conv2d(8, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8))
        self.head = nn.Linear(8, num_classes)

    def forward(self, pictures):
        first = self.first(pictures)
        return self.head(torch.relu(first + self.second(first)).mean(dim=(2, 3)))


def network():
    """With statistics of batch norm that are neither zero nor one."""
    torch.manual_seed(0)
    made = Small().train()
    for _ in range(20):
        made(torch.randn(16, 3, SIDE, SIDE) * 2 + 1)
    return made.eval()


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """The eager classifier, and the compiled one's package with its description beside it."""
    file = tmp_path_factory.mktemp("engine") / "engine.pt2"
    eager = Classifier(network()).freeze()
    made = compiled.build(eager, SIDE, "0123", file)
    assert (made.name, made.because) == ("compiled", "")
    file.with_suffix(".json").write_text(json.dumps(compiled.entry(made)))
    return eager, file


def pictures(count):
    return torch.rand(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1)) * 255


def test_answers_are_the_eager_network_s(engine):
    eager, file = engine
    with torch.inference_mode():
        expected, found = eager(pictures(40)), compiled.load(file, lambda: eager)(pictures(40))
    assert float(expected.std(dim=0).min()) > 0.01  # the pictures do not all look alike
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_an_answer_does_not_depend_on_its_batch(engine):
    run = compiled.load(engine[1], lambda: engine[0])
    shown = pictures(64)
    order = torch.randperm(64, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        together = run(shown)
        for size in (1, 2, 3, 5, 16, 33):
            assert torch.equal(run(shown[:size]), together[:size]), size
        assert torch.equal(run(shown[order]), together[order])


def test_hooks_count_and_the_device_is_known(engine):
    from invariances.inference.responder import device_of

    run = compiled.load(engine[1], lambda: engine[0])
    seen = []
    run.register_forward_hook(lambda module, given, logits: seen.append(len(logits)))
    run(pictures(1))
    assert seen == [1] and device_of(run) == torch.device("cpu")


def test_a_network_without_layers_to_fold_stays_eager(tmp_path):
    plain = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(5))
    plain(torch.zeros(1, 3, SIDE, SIDE))
    file = tmp_path / "engine.pt2"
    classifier = Classifier(plain).freeze()
    made = compiled.build(classifier, SIDE, "", file)
    assert made.name == "eager" and "folded" in made.because and file.read_bytes() == b""
    file.with_suffix(".json").write_text(json.dumps(compiled.entry(made)))
    assert compiled.load(file, lambda: classifier) is classifier


def test_a_network_that_cannot_be_traced_stays_eager(tmp_path):
    class Branching(Small):
        def forward(self, pictures):
            return super().forward(pictures) * (1 if pictures.sum().item() > 0 else 2)

    file = tmp_path / "engine.pt2"
    made = compiled.build(Classifier(Branching().eval()).freeze(), SIDE, "", file)
    assert made.name == "eager" and "cannot compile" in made.because and not file.read_bytes()


def test_without_a_compiler_networks_stay_eager(tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    made = compiled.build(Classifier(network()).freeze(), SIDE, "", tmp_path / "engine.pt2")
    assert made.name == "eager" and "g++" in made.because


@pytest.mark.parametrize("key", ["torch", "processor"])
def test_another_machine_s_package_is_refused(engine, tmp_path, key):
    eager, file = engine
    entry = json.loads(file.with_suffix(".json").read_text()) | {key: "another"}
    (tmp_path / "engine.pt2").write_bytes(file.read_bytes())
    (tmp_path / "engine.json").write_text(json.dumps(entry))
    with pytest.raises(InputError, match=r"engine\.pt2: compiled for another.*engine: eager"):
        compiled.load(tmp_path / "engine.pt2", lambda: eager)


def test_a_damaged_description_is_refused(engine, tmp_path):
    (tmp_path / "engine.json").write_text('{"name": "compiled"}')
    with pytest.raises(InputError, match=r"engine\.json"):
        compiled.load(tmp_path / "engine.pt2", lambda: engine[0])


def test_of_a_compiled_network_nothing_else_is_opened(engine, tmp_path, monkeypatch):
    eager, file = engine
    folder = tmp_path / "model"
    save(eager, Description("test_compiled:Small", tuple("012")), folder)
    entry = json.loads(file.with_suffix(".json").read_text())
    package = tmp_path / "engine.pt2"
    package.write_bytes(file.read_bytes())
    package.with_suffix(".json").write_text(json.dumps(entry))
    with pytest.raises(InputError, match="compiled from other weights than"):
        compiled.opened(folder, package)
    entry["sha256"] = describe(folder).sha256
    package.with_suffix(".json").write_text(json.dumps(entry))
    monkeypatch.setattr(classifiers, "load", None)
    with torch.inference_mode():
        found = compiled.opened(folder, package)(pictures(3))
        assert torch.equal(found, compiled.load(file, lambda: eager)(pictures(3)))


@pytest.mark.skipif(bool(halved.missing("cpu")), reason=halved.missing("cpu"))
def test_in_bfloat16_it_is_as_near_as_eagerly(tmp_path, engine):
    """Errors of a few per mille of the logits' spread, compiled or not, whatever the batch."""
    exact, file = engine[0], tmp_path / "engine.bfloat16.pt2"
    made = halved.build(exact, SIDE, "0123", file)
    assert (made.name, made.because) == ("compiled", "")
    file.with_suffix(".json").write_text(json.dumps(compiled.entry(made)))
    shown = pictures(64)
    coarse = compiled.load(file, lambda: halved.Halved(exact))
    assert isinstance(coarse, compiled.Compiled)
    with torch.inference_mode():
        wanted, found, eager = exact(shown), coarse(shown), halved.Halved(exact)(shown)
        assert torch.equal(coarse(shown[:5]), found[:5])
    assert found.dtype == torch.float32
    spread = float(wanted.std())
    for logits in (found, eager):
        assert 1e-5 * spread < float((logits - wanted).abs().max()) < 0.05 * spread
