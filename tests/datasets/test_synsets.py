"""ImageNet's classes: complete, in the networks' order, by all their names."""

from types import SimpleNamespace

import pytest

from invariances.datasets.synsets import ImageNetTable


def test_the_table_is_complete_and_in_the_networks_order():
    table = ImageNetTable.load()
    assert len(set(table.names)) == len(set(table.ids)) == len(table.index) == 1000
    known = {
        "daisy": 985, "pizza": 963, "volcano": 980, "school bus": 779, "warplane": 895,
        "castle": 483, "crash helmet": 518, "wing": 908, "soccer ball": 805, "police van": 734,
        "Model T": 661, "vault": 884,
    }  # fmt: skip
    assert {name: table.names.index(name) for name in known} == known


def test_the_table_s_order_is_torchvision_s():
    from torchvision.models import ResNet18_Weights

    table, theirs = ImageNetTable.load(), ResNet18_Weights.DEFAULT.meta["categories"]
    same = [theirs[place].lower() in map(str.lower, table.synonyms[place]) for place in range(1000)]
    assert sum(same) > 960


def test_every_class_answers_to_its_names():
    table = ImageNetTable.load()
    aliases = table.aliases()
    for place, name in enumerate(table.names):
        for key in (str(place), table.ids[place], name):
            assert aliases[key] == name
        if len(table.synonyms[place]) > 1:
            assert aliases[", ".join(table.synonyms[place])] == name


@pytest.mark.parametrize("word", ["crane", "maillot", "panther", "Sus scrofa", "horn"])
def test_words_of_two_classes_name_neither(word):
    aliases = ImageNetTable.load().aliases()
    assert word not in aliases
    assert word.lower() not in aliases


def test_the_two_cranes_are_told_apart():
    aliases = ImageNetTable.load().aliases()
    assert aliases["134"] == aliases["n02012849"] == "crane (n02012849)"
    assert aliases["517"] == aliases["n03126707"] == "crane (n03126707)"
    assert aliases["Cardigan"] != aliases["cardigan"]


def test_torchvision_s_own_names_are_accepted():
    from torchvision.models import ResNet18_Weights

    from invariances.datasets import named_alike

    table, theirs = ImageNetTable.load(), ResNet18_Weights.DEFAULT.meta["categories"]
    alone = [name for place, name in enumerate(theirs) if table.find(name) != table.names[place]]
    assert alone == ["crane", "maillot"]  # two classes each
    assert table.are_these(theirs) and not table.are_these(theirs[::-1])
    dataset = SimpleNamespace(categories=table.names)
    assert named_alike(theirs, dataset) == table.names
    assert named_alike(["a", "b"], dataset) == ("a", "b")
