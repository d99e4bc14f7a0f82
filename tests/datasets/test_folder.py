"""``folder``: names of classes, pictures, changes."""

import os
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
import yaml
from folders import folder
from PIL import Image
from torchvision.datasets import ImageFolder
from torchvision.datasets.folder import IMG_EXTENSIONS

from invariances.datasets import select
from invariances.errors import InputError
from invariances.pictures import EXTENSIONS


def test_own_classes_are_the_sorted_folders(class_folders):
    dataset = folder(class_folders("zebra", "ant", "my cat"))
    assert dataset.categories == dataset.present == ("ant", "my cat", "zebra")
    assert select(dataset, ["zebra", 0, "MY CAT"]) == ["zebra", "ant", "my cat"]


def test_folders_that_are_numbers_are_names_not_places(class_folders):
    dataset = folder(class_folders("1", "2", "003"), categories="own")
    assert select(dataset, [1, "003"]) == ["1", "003"]
    with pytest.raises(InputError, match="unknown '0'"):
        select(dataset, [0])


def test_numbers_whose_order_is_not_clear_are_asked_about(class_folders):
    root = class_folders(*map(str, range(12)), number=1)
    with pytest.raises(
        InputError, match=r"dataset\.categories.*`numbered` for 0, 1, 2.*`own` for.*0, 1, 10"
    ):
        folder(root)
    assert folder(root, categories="numbered").categories == tuple(map(str, range(12)))
    assert folder(root, categories="own").categories == tuple(ImageFolder(root).classes)
    (root / "ten").mkdir()
    with pytest.raises(InputError, match="'ten' is no number"):
        folder(root, categories="numbered")


@pytest.mark.parametrize(("name", "read"), [("001", 1), ("010", 8)])
def test_numbers_without_quotes_are_told_from_names(class_folders, name, read):
    opened = folder(class_folders("001", "010", number=1))
    assert yaml.safe_load(name) == read
    with pytest.raises(InputError, match=f"unknown {read}; unquoted, {name} is a number: write"):
        select(opened, [read])
    assert select(opened, [name]) == [name]


@pytest.mark.parametrize("names", [["0", "1", "9"], ["00", "01", "10"], ["7"]])
def test_numbers_in_one_order_are_not_asked_about(class_folders, names):
    assert list(folder(class_folders(*names, number=1)).categories) == names


def test_a_thousand_numbers_are_imagenet_s_indices(tmp_path, picture_file):
    for place in range(1000):
        (tmp_path / str(place)).mkdir()
    picture_file(tmp_path / "985" / "a.png")
    dataset = folder(tmp_path)
    assert dataset.categories[985] == "daisy"
    assert dataset.pictures("daisy", "screening", 1, 0) == ["985/a.png"]
    assert folder(tmp_path, categories="own").categories[1] == "1"


def test_wordnet_ids_are_imagenet_s_classes(class_folders):
    dataset = folder(class_folders("n11939491", "n01440764"))
    assert len(dataset.categories) == 1000
    assert dataset.present == ("tench", "daisy")
    for name in ("daisy", "Daisy", 985, "985", "n11939491"):
        assert select(dataset, [name]) == ["daisy"]
    with pytest.raises(InputError, match=r"no pictures of it.*pizza"):
        select(dataset, ["pizza"])


def test_auto_takes_other_folders_as_they_are(class_folders):
    root = class_folders("n11939491", "daisy")
    assert folder(root).categories == ("daisy", "n11939491")
    assert folder(class_folders("n11939491", root="ids"), categories="own").categories == (
        "n11939491",
    )


@pytest.mark.parametrize("name", ["985", "n11939491", "daisy", "Daisy"])
def test_imagenet_folders_by_index_id_or_name(class_folders, name):
    assert folder(class_folders(name), categories="imagenet").present == ("daisy",)


@pytest.mark.parametrize("name", ["school_bus", "school bus", "School_Bus", "779", "n04146614"])
def test_underscores_stand_for_spaces(class_folders, name):
    dataset = folder(class_folders(name), categories="imagenet")
    assert dataset.present == ("school bus",)
    assert dataset.pictures("school bus", "screening", 1, 0)[0].startswith(f"{name}/")


@pytest.mark.parametrize("name", ["crane", "maillot", "schol_bus", "1000", "-1"])
def test_ambiguous_and_unknown_imagenet_folders_are_refused(class_folders, name):
    with pytest.raises(InputError, match=f"{name}.*is not an ImageNet class"):
        folder(class_folders("daisy", name), categories="imagenet")


def test_two_folders_of_one_class_are_refused(class_folders):
    with pytest.raises(InputError, match="'985' and 'daisy' are both of the class 'daisy'"):
        folder(class_folders("daisy", "985"), categories="imagenet")


def test_what_is_no_picture_is_not_listed(class_folders, picture_file):
    root = class_folders("a", number=2)
    (root / "a" / "notes.txt").write_text("x")
    (root / "a" / "._0.png").write_bytes(b"a resource fork")
    (root / ".cache").mkdir()
    (root / "list.csv").write_text("x")
    picture_file(root / "a" / "UPPER.JPG")
    dataset = folder(root)
    assert dataset.categories == ("a",)
    names = dataset.pictures("a", "screening", 10, 0)
    assert sorted(names) == ["a/0.png", "a/1.png", "a/UPPER.JPG"]
    assert dataset.path("a/0.png") == str(root / "a" / "0.png")


def test_pictures_are_read(class_folders):
    root = class_folders("a", number=1)
    expected = np.asarray(Image.open(root / "a" / "0.png"))
    assert np.array_equal(np.asarray(folder(root).read("a/0.png")), expected)


def test_bad_pictures_are_listed_and_refused_by_name(class_folders):
    root = class_folders("a", number=1)
    (root / "a" / "dir.png").mkdir()
    (root / "a" / "link.png").symlink_to("nowhere")
    (root / "a" / "zero.png").write_bytes(b"")
    dataset = folder(root)
    assert dataset.state(["a"])
    for name in ("a/dir.png", "a/link.png", "a/zero.png"):
        assert name in dataset.pictures("a", "screening", 9, 0)
        with pytest.raises(InputError, match=name):
            dataset.read(name)


def test_accents_are_compared_composed(class_folders):
    """macOS's older file systems take them off their letters."""
    root = class_folders(normalize("NFD", "café"), "thé")
    dataset = folder(root)
    assert dataset.categories == ("café", "thé")
    assert select(dataset, [normalize("NFD", "café"), normalize("NFC", "thé")]) == ["café", "thé"]
    assert dataset.read(dataset.pictures("café", "screening", 1, 0)[0]).size == (12, 10)
    class_folders("café")
    with pytest.raises(InputError, match="both of the class 'café'"):
        folder(root)


def test_pictures_a_level_below_are_pointed_at(class_folders):
    root = class_folders("n01443537/images", "n01629819/images", root="tiny/train")
    with pytest.raises(InputError, match=r"n01443537: its pictures lie in 'images' within"):
        folder(root).pictures("goldfish", "screening", 1, 0)
    above = folder(root.parent)
    with pytest.raises(InputError, match=r"give it as the root: '.*tiny/train'"):
        above.pictures("train", "screening", 1, 0)


def test_a_picture_that_links_to_itself_is_refused_by_name(class_folders):
    root = class_folders("a", number=1)
    (root / "a" / "loop.png").symlink_to("loop.png")
    dataset = folder(root)
    assert dataset.state(["a"])
    assert "a/loop.png" in dataset.pictures("a", "screening", 9, 0)
    with pytest.raises(InputError, match=r"loop\.png.*cannot be decoded"):
        dataset.read("a/loop.png")
    (root / "loop").symlink_to("loop")
    with pytest.raises(InputError, match="is not a folder"):
        folder(root / "loop", training_root=str(root / "loop"))


@pytest.mark.parametrize("suffix", [".jfif", ".jpe", ".pgm", ".pnm", ".JPG"])
def test_pictures_by_their_other_endings(class_folders, suffix):
    root = class_folders("a", number=1)
    Image.new("L", (4, 4), 7).save(
        root / "a" / f"x{suffix}", "JPEG" if "j" in suffix.lower() else "PPM"
    )
    assert np.asarray(folder(root).read(f"a/x{suffix}")).mean() == 7


def test_what_imagefolder_reads_is_listed():
    assert set(IMG_EXTENSIONS) <= set(EXTENSIONS)


def test_torchvision_s_decoding_is_imagefolder_s(tmp_path):
    """Turned by EXIF, transparent, of a palette: as `own loop` would have read them."""
    (tmp_path / "a").mkdir()
    rng = np.random.default_rng(0)
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = rng.integers(0, 256, (6, 9, 4), dtype=np.uint8)
    Image.fromarray(pixels[..., :3].copy()).save(tmp_path / "a/turned.jpg", exif=exif)
    Image.fromarray(pixels).save(tmp_path / "a/clear.png")
    grey = Image.fromarray(pixels[..., 0].copy()).convert("P")
    grey.save(tmp_path / "a/palette.png", transparency=grey.getpixel((0, 0)))
    theirs, ours = ImageFolder(tmp_path), folder(tmp_path, decode="torchvision")
    differs = []
    for path, _ in theirs.samples:
        expected = np.asarray(theirs.loader(path))
        name = str(Path(path).relative_to(tmp_path))
        assert np.array_equal(np.asarray(ours.read(name)), expected)
        differs.append(not np.array_equal(np.asarray(folder(tmp_path).read(name)), expected))
    assert sum(differs) == 3


@pytest.mark.parametrize("name", [b"\xff.png", b"a\rb.png"])
def test_names_that_no_table_can_hold_are_refused(class_folders, name):
    root = class_folders("a", number=1)
    with open(os.path.join(os.fsencode(root / "a"), name), "wb"):  # noqa: PTH118, PTH123
        pass
    with pytest.raises(InputError, match="rename it"):
        folder(root).pictures("a", "screening", 1, 0)


@pytest.mark.parametrize("name", ["a b", "it's", "new\nline", "brûlée", "-rf", "$(rm)"])
def test_awkward_class_names_work(class_folders, name):
    dataset = folder(class_folders(name))
    assert dataset.present == (name,)
    assert dataset.read(dataset.pictures(name, "screening", 1, 0)[0]).size == (12, 10)


def test_roots_that_cannot_be_used_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"dataset\.root: .*absent.* is not a folder"):
        folder(tmp_path / "absent")
    with pytest.raises(InputError, match="one folder a class"):
        folder(tmp_path)
