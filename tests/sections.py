"""Sections of a config, as tests write them."""

from typing import Any

from invariances.configuration import dataset_settings
from invariances.configuration.declaration import Dataset
from invariances.datasets import Dataset as Opened
from invariances.datasets import open_dataset


def opened(**section: Any) -> Opened:
    """The dataset of a config's section."""
    return open_dataset(dataset_settings(Dataset(**section)))
