"""``imagenet`` in its three layouts, ``imagenette``, and the table of classes."""

import csv
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat
from sections import opened

from invariances.datasets import imagenette, select
from invariances.errors import InputError

WNIDS = ["n11939491", "n02012849", "n03126707", "n01440764"]  # daisy, both cranes, tench
LABELS = [WNIDS[place % 4] for place in range(12)]
NAMES = [f"ILSVRC2012_val_{place + 1:08d}.JPEG" for place in range(12)]


def jpeg(place):
    buffer = io.BytesIO()
    Image.new("RGB", (16, 12), (20 * place, 0, 0)).save(buffer, "JPEG")
    return buffer.getvalue()


def add(archive, name, content):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def devkit(path, labels=LABELS):
    """As ILSVRC2012_devkit_t12: ids in WordNet's order, not the networks'; inner nodes above 1000."""
    fields = [("ILSVRC2012_ID", "O"), ("WNID", "O"), ("words", "O"), ("gloss", "O")]
    fields += [("num_children", "O"), ("children", "O"), ("num_train_images", "O")]
    known = [*WNIDS, "n00001740"]
    synsets = np.zeros((len(known), 1), dtype=fields)
    for place, wnid in enumerate(known):
        number = 1001 if wnid == "n00001740" else 4 - place
        synsets[place, 0] = (number, wnid, "words", "gloss", 0, np.array([], np.uint16), 1300)
    matrix = io.BytesIO()
    savemat(matrix, {"synsets": synsets})
    truth = "\n".join(str(4 - WNIDS.index(wnid)) for wnid in labels) + "\n"
    with tarfile.open(path, "w:gz") as kit:
        add(kit, "ILSVRC2012_devkit_t12/data/meta.mat", matrix.getvalue())
        add(
            kit, "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", truth.encode()
        )


def as_folders(root):
    for name, wnid in zip(NAMES, LABELS, strict=True):
        (root / wnid).mkdir(parents=True, exist_ok=True)
        (root / wnid / name).write_bytes(jpeg(NAMES.index(name)))


def as_tar(root, names=NAMES):
    root.mkdir(parents=True, exist_ok=True)
    devkit(root / "ILSVRC2012_devkit_t12.tar.gz")
    with tarfile.open(root / "ILSVRC2012_img_val.tar", "w") as archive:
        for place in reversed(range(len(names))):  # the archive's order is not the labels'
            add(archive, names[place], jpeg(place))


def as_kaggle(root, rows=None):
    pictures = root / "ILSVRC/Data/CLS-LOC/val"
    pictures.mkdir(parents=True)
    for place, name in enumerate(NAMES):
        (pictures / name).write_bytes(jpeg(place))
    with (root / "LOC_val_solution.csv").open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["ImageId", "PredictionString"])
        writer.writerows(
            rows
            or [
                [name.removesuffix(".JPEG"), f"{wnid} 85 1 499 272 {wnid} 1 2 3 4"]
                for name, wnid in zip(NAMES, LABELS, strict=True)
            ]
        )


LAYOUTS = {
    "folders": as_folders,
    "val": lambda root: as_folders(root / "val"),
    "tar": as_tar,
    "kaggle": as_kaggle,
}


def imagenet(root, **section):
    return opened(name="imagenet", root=str(root), **section)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_pictures_and_labels(tmp_path, layout):
    LAYOUTS[layout](tmp_path)
    dataset = imagenet(tmp_path, images=2)
    assert len(dataset.categories) == 1000
    assert select(dataset, ["n11939491", 985 - 985]) == ["daisy", "tench"]
    screened = dataset.pictures("daisy", "screening", 99, 0)
    rest = [p for s in ("training", "validation") for p in dataset.pictures("daisy", s, 99, 0)]
    assert len(screened) == 2
    numbers = sorted(int(name.split("_")[-1].removesuffix(".JPEG")) for name in screened + rest)
    assert numbers == [1, 5, 9]
    for name in screened:
        number = int(name.split("_")[-1].removesuffix(".JPEG"))
        image = dataset.read(name)
        assert image.size == (16, 12)
        assert abs(int(np.asarray(image)[6, 8, 0]) - 20 * (number - 1)) <= 2
        assert dataset.path(name).endswith(f"ILSVRC2012_val_{number:08d}.JPEG")
    with pytest.raises(InputError):
        select(dataset, ["crane"])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_state_is_stable_and_sees_changes(tmp_path, layout):
    LAYOUTS[layout](tmp_path)
    before = imagenet(tmp_path).state(["daisy"])
    assert imagenet(tmp_path).state(["daisy"]) == before
    file = next(
        path for path in sorted(tmp_path.rglob(NAMES[0])) or [tmp_path / "ILSVRC2012_img_val.tar"]
    )
    other = next(iter(tmp_path.rglob(NAMES[1])), None)
    if other is not None:
        other.write_bytes(b"another class's")
        assert imagenet(tmp_path).state(["daisy"]) == before
    file.write_bytes(file.read_bytes() + b"\0")
    assert imagenet(tmp_path).state(["daisy"]) != before


def test_members_that_would_leave_the_archive_write_nothing(tmp_path):
    root = tmp_path / "data"
    names = [f"../../{NAMES[0]}", f"/tmp/../{NAMES[1]}", *NAMES[2:]]
    as_tar(root, names)
    before = sorted(tmp_path.rglob("*"))
    dataset = imagenet(root, images=9)
    for category in ("daisy", "crane (n02012849)"):
        for name in dataset.pictures(category, "screening", 9, 0):
            assert "/" not in name
            assert dataset.read(name).size == (16, 12)
    assert sorted(tmp_path.rglob("*")) == before


def test_links_in_the_archive_are_not_followed(tmp_path):
    as_tar(tmp_path, NAMES[:11])
    with tarfile.open(tmp_path / "ILSVRC2012_img_val.tar", "a") as archive:
        entry = tarfile.TarInfo(NAMES[11])
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    with pytest.raises(InputError, match=r"holds 11 pictures.*labels 12"):
        imagenet(tmp_path).pictures("daisy", "screening", 1, 0)


@pytest.mark.parametrize("name", ["ILSVRC2012_img_val.tar", "ILSVRC2012_devkit_t12.tar.gz"])
@pytest.mark.parametrize("keep", [0, 100, 400])
def test_damaged_archives_are_refused_by_name(tmp_path, name, keep):
    as_tar(tmp_path)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:keep])
    with pytest.raises(InputError, match=name.split(".")[0]):
        imagenet(tmp_path).pictures("daisy", "screening", 1, 0)


def test_missing_parts_are_named(tmp_path):
    with pytest.raises(InputError, match="neither folders named by WordNet id"):
        imagenet(tmp_path)
    as_tar(tmp_path)
    (tmp_path / "ILSVRC2012_devkit_t12.tar.gz").unlink()
    with pytest.raises(InputError, match=r"ILSVRC2012_devkit_t12\.tar\.gz: missing"):
        imagenet(tmp_path)


def test_a_kaggle_download_without_labels_is_refused(tmp_path):
    as_kaggle(tmp_path)
    (tmp_path / "LOC_val_solution.csv").unlink()
    with pytest.raises(InputError, match=r"LOC_val_solution\.csv: missing"):
        imagenet(tmp_path)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["../../secret", "n11939491 1 2 3 4"], "is not the name of a picture"),
        (["ILSVRC2012_val_00000001", ""], "PredictionString"),
        (["ILSVRC2012_val_00000001", "n00000000 1 2 3 4"], "n00000000.*not an ImageNet class"),
    ],
)
def test_bad_rows_of_kaggle_s_labels_are_refused(tmp_path, row, words):
    as_kaggle(tmp_path, [row])
    with pytest.raises(InputError, match=words):
        imagenet(tmp_path).pictures("daisy", "screening", 1, 0)


def test_a_training_root_needs_folders(tmp_path):
    as_folders(tmp_path / "val")
    as_folders(tmp_path / "train")
    dataset = imagenet(tmp_path, training_root=str(tmp_path / "train"), images=3)
    assert len(dataset.pictures("daisy", "training", 9, 0)) == 2
    as_kaggle(tmp_path / "kaggle")
    with pytest.raises(InputError, match=r"dataset\.training_root"):
        imagenet(tmp_path / "kaggle", training_root=str(tmp_path / "train"))


# ---- imagenette ----------------------------------------------------------------------------------


def test_imagenette_is_known_before_it_is_there(tmp_path):
    dataset = opened(name="imagenette", root=str(tmp_path), images=1)
    assert len(dataset.present) == 10
    assert dataset.present[0] == "tench"
    assert select(dataset, ["n03888257", "golf ball"]) == ["parachute", "golf ball"]
    before = dataset.state(dataset.present)
    with pytest.raises(InputError, match="not downloaded yet"):
        dataset.pictures("tench", "screening", 1, 0)
    for split in ("val", "train"):
        as_folders(tmp_path / imagenette.ARCHIVE / split)
    assert dataset.state(dataset.present) == before
    (name,) = dataset.pictures("tench", "screening", 9, 0)
    assert dataset.read(name).size == (16, 12)
    assert "/val/" in dataset.path(name)
    assert all("/train/" in dataset.path(n) for n in dataset.pictures("tench", "training", 9, 0))


def test_an_interrupted_download_starts_again_and_a_finished_one_does_not(tmp_path, monkeypatch):
    attempts = []

    def fetch(root, split, size, download):
        folder = Path(root) / imagenette.ARCHIVE
        assert not folder.exists()  # torchvision would take it for complete
        folder.mkdir()
        attempts.append(folder)
        if len(attempts) == 1:
            raise OSError("connection lost")
        (folder / "val").mkdir()

    monkeypatch.setattr("torchvision.datasets.Imagenette", fetch)
    with pytest.raises(InputError, match=r"imagenette: the download.*connection lost"):
        imagenette.download(tmp_path)
    assert not (tmp_path / imagenette.ARCHIVE).exists()
    for _ in range(2):
        imagenette.download(tmp_path)
    assert len(attempts) == 2
    assert [path.name for path in tmp_path.iterdir()] == [imagenette.ARCHIVE]
    assert (tmp_path / imagenette.ARCHIVE / "val").is_dir()


# ---- the thousand classes ------------------------------------------------------------------------
