"""`invariances run`: the config that options stand for, and what is refused before anything starts."""

from pathlib import Path

import pytest
import yaml

from invariances.commands import main
from invariances.commands.written import Request, config_text, run_name
from invariances.configuration import check
from invariances.datasets.synsets import ImageNetTable
from invariances.errors import InputError


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def written(pictures: Path, *networks: str, run: str = "r", **options) -> dict:
    """The config, as it is read back and checked."""
    text = config_text(Request(Path(pictures), networks, **options), run)
    raw = yaml.safe_load(text)
    check(raw)
    return raw


def test_folders_of_imagenet_and_a_library_s_network(class_folders):
    root = class_folders("daisy", "school bus", "n02007558")
    config = written(root, "timm/resnet50")
    assert config["dataset"] == {
        "name": "folder", "root": str(root), "categories": "imagenet", "images": 20,
    }  # fmt: skip
    assert config["models"] == {"resnet50": {"network": "timm/resnet50", "weights": "pretrained"}}
    assert "transforms" not in config
    assert config["pairs"] == [] and config["itn"] == {"enabled": False}


@pytest.mark.parametrize(
    ("names", "network", "options"),
    [
        (["daisy", "my cat"], "timm/resnet50", {}),
        (["daisy", "pizza"], "my_module:build", {}),
        (["daisy", "pizza"], "torchvision/alexnet", {"weights": ("train",)}),
    ],
)
def test_classes_of_one_s_own(class_folders, names, network, options):
    assert written(class_folders(*names), network, **options)["dataset"]["categories"] == "auto"


def test_all_that_can_be_said(class_folders):
    config = written(
        class_folders("yes", "no"),
        "my_module:one",
        "other.place:one",
        weights=("own", "w.pth"),
        classes=("yes", "no"),
        categories="own",
        transforms=("rotate", "my_module:fog", "blur+zoom"),
        images=7,
        itn=True,
    )
    assert config["dataset"]["classes"] == ["yes", "no"]
    assert config["dataset"]["images"] == 7 and config["dataset"]["categories"] == "own"
    assert config["models"] == {
        "one": {"network": "my_module:one", "weights": "own"},
        "one-again": {"network": "other.place:one", "weights": "w.pth"},
    }
    assert list(config["transforms"]) == ["rotate", "my_module:fog", "blur", "zoom"]
    assert config["pairs"] == [{"transforms": ["blur", "zoom"]}]
    assert config["itn"] == {"enabled": True}


def test_a_preset_is_one_word(class_folders):
    root = class_folders("daisy", "pizza")
    config = written(root, "timm/resnet18", transforms=("photographic",))
    assert config["transforms"] == "photographic"
    assert config["pairs"] == []


def test_an_encoder_has_a_head_and_the_folders_classes(class_folders):
    config = written(class_folders("daisy", "pizza"), "timm/vit_tiny_patch16_224", head="identity")
    assert config["models"]["vit_tiny_patch16_224"]["head"] == "identity"
    assert config["dataset"]["categories"] == "auto"


def test_a_run_is_called_after_its_pictures_and_its_network(class_folders):
    root = class_folders("a", root="My photos, 2026")
    assert run_name(Request(root, ("timm/resnet50.a1_in1k",))) == "My_photos_2026-resnet50.a1_in1k"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing", "--network", "timm/x"], "nothing: there is no such folder, table"),
        (
            ["loose", "--network", "timm/x"],
            "loose holds pictures, but no folders: put the pictures",
        ),
        (["pictures"], "--network: say which"),
        (["pictures", "--network", "a:b", "c:d", "--weights", "own"], "1 for 2 networks"),
        (["c.yaml", "--network", "timm/x"], "--network: c.yaml is a config"),
        (["c.yaml", "--head", "knn"], "--head: c.yaml is a config"),
        (["c.yaml"], "seeed"),
        (["missing.yaml"], "missing.yaml: No such file"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    class_folders, picture_file, capsys, tmp_path, arguments, said
):
    class_folders("a", "b")
    picture_file(tmp_path / "loose/1.png")
    Path("c.yaml").write_text("{run: r, dataset: {name: digits}, models: {m: {}}, seeed: 1}")
    assert main(["run", *arguments]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and said in error and error.count("\n") == 1


def test_another_config_of_the_name_is_not_replaced(class_folders, capsys):
    class_folders("a", "b")
    Path("mine.yaml").write_text(
        config_text(Request(Path("pictures"), ("my_module:build",), images=3), "mine")
    )
    before = Path("mine.yaml").read_text()
    options = ["--network", "my_module:build", "--run", "mine", "--images", "4"]
    assert main(["run", "pictures", *options]) == 1
    error = capsys.readouterr().err
    assert "mine.yaml: says something else (dataset)" in error and "--overwrite" in error
    assert Path("mine.yaml").read_text() == before


@pytest.mark.runs
def test_the_config_of_a_refused_start_does_not_stand_in_the_way(class_folders, capfd):
    """A first try with a wrong path, then the right command: the same words but for the path."""
    class_folders("a", "b")
    options = ["--network", "torchvision/alexnet", "--weights", "nowhere.safetensors", "--dry-run"]
    assert main(["run", "pictures", *options]) != 0
    said = capfd.readouterr()
    assert (
        "nowhere.safetensors" in said.err and "pictures-alexnet.yaml is removed again" in said.out
    )
    assert not Path("pictures-alexnet.yaml").exists()
    # One that was there before, which may have been edited, stays.
    text = config_text(
        Request(Path("pictures"), ("torchvision/alexnet",), ("no.pth",)), "pictures-alexnet"
    )
    Path("pictures-alexnet.yaml").write_text(text)
    assert main(["run", "pictures-alexnet.yaml", "--dry-run"]) != 0
    assert Path("pictures-alexnet.yaml").read_text() == text


@pytest.mark.parametrize("cores", ["0", "-1", "many"])
def test_cores_are_a_number_from_one(capsys, cores):
    with pytest.raises(SystemExit):
        main(["plan", "c.yaml", "--cores", cores])
    assert "give a number from 1, or `all`" in capsys.readouterr().err


def test_runs_are_asked_for_by_name(capsys):
    Path("results/photos").mkdir(parents=True)
    Path("results/photos/config.yaml").write_text("run: photos")
    assert main(["report", "fotos"]) == 1
    assert "did you mean 'photos'" in capsys.readouterr().err


def test_two_cranes_are_told_apart_in_a_sentence(class_folders):
    table = ImageNetTable.load()
    assert table.find("crane bird") == "crane (n02012849)"
    with pytest.raises(InputError) as refused:
        table.resolve("Crane", Path("root"))
    said = str(refused.value)
    assert "two classes" in said and "n02012849 (large long-necked wading bird" in said
    assert "n03126707 (lifts and moves heavy objects)" in said
