"""Configs that are good: completed, chunked, and the same however they are written."""

import copy
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import forks
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from invariances.configuration import Config, check, code, default
from invariances.configuration.declaration import Model
from invariances.configuration.models import network
from invariances.configuration.plans import find_plan, plan_file, state_of, store_plan
from invariances.errors import InputError
from invariances.plan import Plan
from invariances.records import from_json, to_json
from invariances.transforms import TRANSFORMS

TEXT = st.text("abcdefghijklmnop é/_", min_size=1, max_size=8)
SECTIONS = st.fixed_dictionaries(
    {
        "run": st.just("r"),
        "dataset": st.fixed_dictionaries(
            {"name": st.sampled_from(["digits", "phantoms"])},
            optional={"images": st.integers(1, 40), "classes": st.just("all")},
        ),
        "models": st.dictionaries(
            st.sampled_from(["a", "b", "c"]),
            st.fixed_dictionaries(
                {"network": TEXT, "weights": TEXT},
                optional={"training": st.just({}), "preprocessing": st.just({"crop": 3})},
            ),
            min_size=1,
        ),
    },
    optional={
        "seed": st.integers(0, 9),
        "padding": st.sampled_from(["black", "edge"]),
        "transforms": st.dictionaries(
            st.sampled_from(list(TRANSFORMS)), st.none() | st.just({"steps": 5}), min_size=1
        ),
        "pairs": st.just([{"transforms": ["zoom", "rotate"]}]),
        "figures": st.just({"formats": ["png"]}),
    },
)


def reordered(value):
    """The same mappings with their keys in reverse order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(config=SECTIONS)
def test_defaults_are_filled_in_once_in_any_order_and_not_in_place(config):
    before = copy.deepcopy(config)
    complete = check(config)
    assert config == before
    written = yaml.safe_load(yaml.safe_dump(complete.model_dump(mode="json"), sort_keys=False))
    assert check(written) == complete
    assert check(written).model_dump_json() == complete.model_dump_json()
    assert check(reordered(config)) == complete
    assert complete.seed == config.get("seed", 0)
    assert list(complete.models) == list(config["models"])


SHORT = {
    "run": "r",
    "dataset": {"name": "digits"},
    "models": {"a": {"network": "", "weights": ""}},
}


def test_defaults_are_not_shared():
    check(SHORT).transforms.clear()
    assert check(SHORT).transforms


def test_every_default_is_valid():
    complete = check(SHORT)
    assert list(complete.transforms) == list(TRANSFORMS)[:11]  # the paper's
    for name, field in Config.model_fields.items():
        if not field.is_required():
            spelled = check(SHORT | {name: complete.model_dump(mode="json")[name]})
            # Who names transforms is not given pairs and an ITN beside them.
            more = {"pairs": [], "itn": {"enabled": False}} if name == "transforms" else {}
            assert spelled == check(SHORT | more)
    assert default("thresholds.resamples") == complete.thresholds.resamples
    assert default("batch_size") == complete.batch_size
    with pytest.raises(KeyError):
        default("run")


def test_a_section_is_not_to_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        check(SHORT).seed = 1


def test_a_config_resolves(base, resolved):
    plan = resolved(base)
    assert plan.classes == tuple(str(digit) for digit in range(10))
    assert plan.device in ("cpu", "cuda")
    for name, axis in plan.transforms.items():
        assert axis.magnitudes == TRANSFORMS[name].magnitudes
        assert axis.identity in axis.magnitudes
    (pair,) = plan.pairs.values()
    assert [len(axis.magnitudes) for axis in pair.axes] == [11, 11]
    preprocessing = plan.networks["small"].preprocessing
    assert (preprocessing.resize, preprocessing.crop) == (8, 8)
    assert preprocessing.mean == (0.485, 0.456, 0.406)
    assert from_json(Plan, to_json(plan), "plan") == plan


def test_a_plan_is_kept_under_its_state_and_made_again_where_it_is_damaged(base, resolved):
    config, plan = check(base), resolved(base)
    state = state_of(config)
    assert state == state_of(check(reordered(base)))
    assert find_plan(state) is None
    store_plan(state, plan)
    assert find_plan(state) == plan
    assert state_of(check(base | {"seed": 1})) != state
    plan_file(state).write_text(plan_file(state).read_text()[:-9])
    assert find_plan(state) is None


def test_keys_in_another_order_resolve_alike(base, resolved):
    assert resolved(reordered(base)) == resolved(base)


def test_a_pair_uses_the_grids_of_the_screened(base, resolved):
    base["transforms"] = {"rotate": {"range": [-30, 30], "steps": 61}}
    base["pairs"] = [{"transforms": ["rotate", "zoom"], "steps": 5}]
    axes = resolved(base).pairs["rotate+zoom"].axes
    assert axes[0].magnitudes == pytest.approx([-30, -15, 0, 15, 30])
    assert axes[1].magnitudes == pytest.approx([0.25, 0.5, 1, 2, 4])


def test_a_tuple_keeps_its_order_and_has_grids_of_its_own(base, resolved):
    """Screened grids are the singles'; a tuple is null where the default grid will do."""
    base["transforms"] = {"rotate": {"range": [-30, 30], "steps": 61}}
    grids = {"zoom": {"magnitudes": [0.5, 1]}, "rotate": None, "translate_x": {"steps": 5}}
    base["tuples"] = [{"transforms": grids, "refine": False}]
    ((name, found),) = resolved(base).tuples.items()
    assert name == "zoom+rotate+translate_x" == "+".join(axis.name for axis in found.axes)
    assert found.axes[0].magnitudes == (0.5, 1)
    assert found.axes[1].magnitudes == TRANSFORMS["rotate"].magnitudes
    assert found.axes[2].magnitudes == pytest.approx([-0.8, -0.4, 0, 0.4, 0.8])
    assert (found.refine, found.random) == (False, 10)
    assert resolved(base).pairs == {}


def test_home_directories_are_written_out(base, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    base["dataset"] |= {"root": "~/pictures"}
    base["models"]["m"] = {"network": "x:y", "weights": "~/w.safetensors", "categories": "~/n.txt"}
    complete = check(base)
    assert complete.dataset.root == "/home/me/pictures"
    model = complete.models["m"]
    assert (model.weights, model.categories) == ("/home/me/w.safetensors", "/home/me/n.txt")


def test_shares_of_the_itn_must_both_hold_pictures(base, resolved):
    base["itn"] = {"pictures": "screening", "held_out": 0.01}
    with pytest.raises(InputError, match=r"itn\.held_out: 0\.01 of \d+ screened"):
        resolved(base)
    base["itn"]["enabled"] = False
    assert resolved(base)


# ---- grids ---------------------------------------------------------------------------------------


# ---- chunks --------------------------------------------------------------------------------------


# ---- models --------------------------------------------------------------------------------------


class Thousand:
    """A dataset of ImageNet's size."""

    categories = tuple(f"class {place}" for place in range(1000))

    def pictures(self, *_):
        return []


def published(name, weights, **preprocessing):
    section = Model(network=name, weights=weights, preprocessing=preprocessing)
    return network("m", section, Thousand(), ["class 3"]).preprocessing


def test_torchvision_s_preprocessing_is_taken():
    found = published("torchvision/shufflenet_v2_x1_5", "DEFAULT")
    assert (found.resize, found.crop, found.interpolation) == (232, 224, "bilinear")
    assert (found.mean, found.std) == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    other = published("torchvision/shufflenet_v2_x1_5", "DEFAULT", resize=256, mean=[0, 0, 0])
    assert other == replace(found, resize=256, mean=(0, 0, 0))


@pytest.mark.parametrize("name", ["resnet10t.c3_in1k", "mobilenetv3_small_050.lamb_in1k"])
def test_timm_s_preprocessing_is_taken(name):
    import timm
    from timm.data import create_transform, resolve_data_config

    found = published(f"timm/{name}", "pretrained")
    theirs = create_transform(**resolve_data_config(model=timm.create_model(name)))
    assert found.resize == theirs.transforms[0].size
    assert (found.crop, found.crop) == tuple(theirs.transforms[1].size)
    assert found.interpolation == theirs.transforms[0].interpolation.value
    assert found.mean == pytest.approx(theirs.transforms[-1].mean.tolist())


def test_named_categories_may_come_from_a_file(base, resolved, networks):
    (networks / "names.txt").write_text(
        "\n".join(str(digit) for digit in range(9, -1, -1)) + "\n\n"
    )
    base["models"]["small"]["categories"] = "names.txt"
    assert resolved(base).networks["small"].gflops > 0


def test_operations_of_a_small_network_are_counted_to_six_digits(base, networks, resolved):
    (networks / "tiny_conv.py").write_text(
        "from torch import nn\n\n\ndef build(num_classes):\n"
        "    pooled = nn.Conv2d(3, 5, 3), nn.AvgPool2d(8), nn.Flatten()\n"
        "    return nn.Sequential(*pooled, nn.LazyLinear(num_classes))\n"
    )
    base["models"]["small"] |= {
        "network": "tiny_conv:build",
        "preprocessing": {"resize": 64, "crop": 64},
    }
    # 62 x 62 places of five kernels of 27 numbers, and ten classes of 7 x 7 x 5.
    operations = 2 * (62**2 * 5 * 27 + 10 * 7**2 * 5)
    assert resolved(base).networks["small"].gflops == pytest.approx(operations / 1e9, rel=1e-5)


def test_gpus_that_are_hidden_are_another_state(base, networks, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    states = {state_of(check(base))}
    for visible in ("", "0"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        states.add(state_of(check(base)))
    assert len(states) == 3


def test_every_module_that_a_plan_is_made_with_counts_in_its_state(base, networks, tmp_path):
    """But for `tables`, which writes plans and decides nothing."""
    script = tmp_path / "loaded.py"
    script.write_text(
        "import json, sys\n"
        "from invariances.configuration import check, resolve\n"
        "resolve(check(json.loads(sys.argv[1])))\n"
        "print(*[m.__file__ for n, m in sys.modules.items() if n.startswith('invariances.')])\n"
    )
    command = [forks.folder() / "python", script, json.dumps(base)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(code.LIBRARY.parent)},
    )
    rooms = {Path(file).relative_to(code.LIBRARY).parts[0] for file in done.stdout.split()}
    assert rooms - set(code.RESOLVING) == {"tables"}
    assert all((code.LIBRARY / room).exists() for room in code.RESOLVING)
