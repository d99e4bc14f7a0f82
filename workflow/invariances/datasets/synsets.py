"""ImageNet's thousand classes: WordNet id, index and name, from the tables that timm ships."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from invariances.errors import unknown
from invariances.names import composed


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
        spec = find_spec("timm")
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError("timm is needed for ImageNet's class names")
        tables = Path(spec.submodule_search_locations[0]) / "data" / "_info"
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
            for key in (str(place), self.ids[place], name, *words):
                table[key] = name
                table.setdefault(key.lower(), name)
        return table

    def resolve(self, folder: str, root: Path) -> str:
        """The class that a folder's name means; raises InputError naming the folder."""
        aliases = self.aliases_cached()
        folder = composed(folder)
        name = aliases.get(folder, aliases.get(folder.replace("_", " ").lower()))
        if name is None:
            raise unknown(f"{root / folder} is not an ImageNet class", folder, self.names)
        return name

    @lru_cache(maxsize=1)  # noqa: B019 - there is one table for the life of the process
    def aliases_cached(self) -> dict[str, str]:
        """``aliases``, made once."""
        return self.aliases()

    def __hash__(self) -> int:
        return id(self)
