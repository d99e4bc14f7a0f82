"""ImageNet's thousand classes: WordNet id, index and name, from the tables that timm ships."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from invariances.errors import InputError, unknown
from invariances.names import composed

OTHER_NAMES = {134: "crane bird", 639: "maillot tank suit"}
"""Names of torchvision's (``weights.meta["categories"]``) for classes that share their first word."""


@dataclass(frozen=True)
class ImageNetTable:
    """The classes of ILSVRC2012 in the order of networks' logits.

    Attributes
    ----------
    ids : WordNet ids, ``n01440764`` first.
    names : one name each, unique; where two classes share a word, with the id.
    synonyms : all words of each class.
    index : WordNet id -> place.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    synonyms: tuple[tuple[str, ...], ...]
    index: dict[str, int]

    @staticmethod
    @lru_cache(maxsize=1)
    def load() -> "ImageNetTable":
        """Read timm's tables as data: importing timm would import torch."""
        tables = _tables()
        ids = tuple((tables / "imagenet_synsets.txt").read_text().split())
        lines = (tables / "imagenet_synset_to_lemma.txt").read_text().splitlines()
        lemmas = dict(line.split("\t", 1) for line in lines)
        synonyms = tuple(tuple(lemmas[wnid].split(", ")) for wnid in ids)
        first = Counter(words[0] for words in synonyms)
        names = tuple(
            words[0] if first[words[0]] == 1 else f"{words[0]} ({wnid})"
            for words, wnid in zip(synonyms, ids, strict=True)
        )
        return ImageNetTable(ids, names, synonyms, {wnid: place for place, wnid in enumerate(ids)})

    def aliases(self) -> dict[str, str]:
        """Every way to name a class (any case): id, index, name, and words that no other class has."""
        counts = Counter(word.lower() for words in self.synonyms for word in words)
        table: dict[str, str] = {}
        for place, name in enumerate(self.names):
            words = [word for word in self.synonyms[place] if counts[word.lower()] == 1]
            # A class of one word would otherwise claim it from the classes that share it.
            if len(self.synonyms[place]) > 1:
                words.append(", ".join(self.synonyms[place]))
            if place in OTHER_NAMES:
                words.append(OTHER_NAMES[place])
            for key in (str(place), self.ids[place], name, *words):
                table[key] = name
                table.setdefault(key.lower(), name)
        return table

    def resolve(self, folder: str, root: Path) -> str:
        """The class that a folder's name means; raises InputError naming the folder."""
        name = self.find(folder)
        if name is None:
            what = f"{root / folder} is not an ImageNet class"
            raise self.shared(what, folder) or unknown(what, folder, self.names)
        return name

    def find(self, word: str) -> str | None:
        """The class of this name, in any case, ``_`` for spaces; None where there is none, or several."""
        aliases, word = self.aliases_cached(), composed(word)
        return aliases.get(word, aliases.get(word.replace("_", " ").lower()))

    def shared(self, what: str, word: str) -> InputError | None:
        """The error for a word that several classes share, with their WordNet ids; None for others."""
        plain = composed(word).replace("_", " ").lower()
        places = [
            place for place, words in enumerate(self.synonyms) if plain in map(str.lower, words)
        ]
        if len(places) < 2:
            return None
        meanings = ", ".join(f"{self.ids[place]} ({self.meaning(place)})" for place in places)
        number = {2: "two", 3: "three"}.get(len(places), str(len(places)))
        return InputError(f"{what}: {word!r} is {number} classes; write the WordNet id: {meanings}")

    def meaning(self, place: int) -> str:
        """What a class is, in a few words."""
        lines = (_tables() / "imagenet_synset_to_definition.txt").read_text().splitlines()
        meanings = dict(line.split("\t", 1) for line in lines)
        return meanings[self.ids[place]].split(";")[0]

    def are_these(self, names: Sequence[str]) -> bool:
        """Whether `names` are these classes in this order, each by any of its words."""
        return len(names) == len(self.ids) and all(
            name.lower()
            in {self.ids[place], self.names[place].lower(), OTHER_NAMES.get(place)}
            | {word.lower() for word in self.synonyms[place]}
            for place, name in enumerate(names)
        )

    @lru_cache(maxsize=1)  # noqa: B019 - there is one table for the life of the process
    def aliases_cached(self) -> dict[str, str]:
        """``aliases``, made once."""
        return self.aliases()

    def __hash__(self) -> int:
        return id(self)


def _tables() -> Path:
    """The folder of timm's tables."""
    spec = find_spec("timm")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("timm is needed for ImageNet's class names")
    return Path(spec.submodule_search_locations[0]) / "data" / "_info"
