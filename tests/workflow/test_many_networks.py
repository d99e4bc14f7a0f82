"""Eight networks, six of them a series of checkpoints: from a pattern to their ranking."""

import pandas as pd
import pytest
import torch
from safetensors.torch import save_file

pytestmark = pytest.mark.slow
NETWORKS, CHECKPOINTS = 8, 6
"""More than six networks are compared with the next alone."""
MODEL = {"network": "small_networks:coarse", "preprocessing": {"resize": 32, "crop": 32}}


def weigh(folder):
    """Checkpoints on the way from one random network to another, each a little farther."""
    draw = torch.Generator().manual_seed(0)
    first, last = torch.randn(2, 13, 48, generator=draw)
    for epoch in range(1, CHECKPOINTS + 1):
        weight = first + (last - first) * (epoch - 1) / (CHECKPOINTS - 1)
        save_file(
            {"2.weight": weight, "2.bias": torch.zeros(13)}, folder / f"epoch_{epoch}.safetensors"
        )


def test_many_networks_are_ranked(empty, small):
    (empty.path / "runs/a").mkdir(parents=True)
    weigh(empty.path / "runs/a")
    singles = {
        f"net{seed}": MODEL | {"weights": "own", "options": {"seed": seed}}
        for seed in range(NETWORKS - CHECKPOINTS)
    }
    series = {"runs": MODEL | {"weights": "runs/*/epoch_*.safetensors", "label": "{1}{2}"}}
    small |= {
        "models": series | singles,
        "pairs": [],
        "tuples": [],
        "itn": {"enabled": False},
        "chunks": 1,
    }
    small["figures"] |= {"draw": ["ranking", "trend", "tradeoff", "comparison"], "dpi": 72}
    # As many pictures as order any networks at all.
    small["dataset"]["images"] = 2
    empty.configure(small)
    results = empty.path / "results/small"
    wanted = (
        *(
            "ranking.csv",
            "networks.csv",
            "explorer.html",
            "figures/ranking.png",
            "figures/trend.png",
        ),
        *("figures/tradeoff/accuracy.png", "figures/tradeoff/parameters.png"),
    )
    said = empty.run(*(f"results/small/{name}" for name in wanted))
    assert f"models.a{CHECKPOINTS}:" in said
    table = pd.read_csv(results / "ranking.csv")
    assert len(table) == NETWORKS * (2 + 2 + 1)
    checkpoints = table[table["series"] == "runs-a"]
    assert set(checkpoints["model"]) == {f"a{epoch}" for epoch in range(1, CHECKPOINTS + 1)}
    assert set(checkpoints["at"]) == set(range(1, CHECKPOINTS + 1))
    for _, cell in table.groupby(["transform", "direction"]):
        assert cell["rank"].min() == 1
        assert (cell["rank_low"] <= cell["rank"]).all()
        assert (cell["rank"] <= cell["rank_high"]).all()
    # Each with the next: 7 pairs, not 28.
    left = empty.jobs()
    assert len([job for job in left if job.startswith("figure_comparison ")]) == NETWORKS - 1
    assert not any(job.startswith(("sweep ", "classifier ")) for job in left)
    sizes = pd.read_csv(results / "networks.csv")
    # One linear layer of 48 inputs, 13 outputs each with a bias; its operations are too few to be told.
    assert (sizes["parameters"] == 49 * 13).all()
    assert sizes["multiply_adds"].isna().all()
    assert "figure_tradeoff_multiply_adds" not in {
        job.split()[0] for job in empty.jobs("--forceall")
    }
    for name in wanted:
        if not name.endswith(".csv"):
            assert (empty.path / "results/small" / name).stat().st_size > 5000
    # Another checkpoint is another network, and nothing else is swept anew.
    last = empty.path / f"runs/a/epoch_{CHECKPOINTS}.safetensors"
    another = last.with_name(f"epoch_{CHECKPOINTS + 1}.safetensors")
    another.write_bytes(last.read_bytes())
    swept = [job for job in empty.jobs() if job.startswith("sweep ")]
    assert swept
    assert all(f"model=a{CHECKPOINTS + 1}" in job for job in swept)
    # What a series is called trains and sweeps nothing.
    another.unlink()
    small["models"]["net0"] = small["models"]["net0"] | {"series": {"name": "alone", "at": 1}}
    empty.configure(small)
    assert not any(job.startswith(("sweep ", "classifier ")) for job in empty.jobs())
