"""Results that were cut short stop the run by name; pictures that nobody recognises do not stop it."""

import shutil

import pandas as pd

from invariances.tables.frames import seal_of

STUBBORN = """

class Stubborn(nn.Module):
    def __init__(self, num_classes: int, answer: int = 0) -> None:
        super().__init__()
        self.weight = nn.Parameter(5.0 * nn.functional.one_hot(torch.tensor(answer), num_classes))

    def forward(self, pictures):
        return self.weight * (1 + 0.1 * pictures.mean(dim=(1, 2, 3))[:, None])
"""
TABLES = ("thresholds.csv", "claims.csv", "truth.csv", "baseline/one.csv")


def test_a_run_in_which_nothing_is_recognised_ends_with_its_tables_and_says_so(empty, small):
    networks = empty.path / "small_networks.py"
    networks.write_text(networks.read_text() + STUBBORN)
    # The thirteenth category is none of the classes.
    own = {"network": "small_networks:Stubborn", "options": {"answer": 12}}
    small |= {"models": {"one": small["models"]["one"] | own}, "pairs": [], "chunks": 1}
    small["transforms"] = {"brightness": {"steps": 3}}
    empty.configure(small | {"itn": {"enabled": False}})
    said = empty.run(*(f"results/small/{name}" for name in TABLES))
    warned = "network one recognises 0 of 12 untransformed pictures, no more than guessing would"
    assert said.count(warned) == 1
    table = pd.read_csv(empty.path / "results/small/thresholds.csv")
    assert (table["threshold"] == 0).all()
    assert table["recognised"].isna().all()


def test_tables_that_lost_their_end_stop_the_run_by_name_with_the_remedy(house):
    """Two rows of a manifest, and a direction: where a digest lies beside, and where it does not."""
    results = house.path / "results/small"
    manifest, table = (
        results / "images/32-32-bilinear/0-of-2.csv",
        results / "thresholds/one/rotate.csv",
    )
    sweep = "results/small/sweeps/one/brightness/0-of-2.npz"
    for path, lost, target, rule in (
        (manifest, 2, sweep, "sweep"),
        (table, 1, "results/small/thresholds.csv", "thresholds_all"),
    ):
        whole, seal = path.read_bytes(), seal_of(path)
        path.write_bytes(b"".join(whole.splitlines(keepends=True)[:-lost]))
        for sealed in (True, False):
            kept = seal.with_suffix(".kept")
            if not sealed:
                shutil.move(seal, kept)
            done = house.snakemake(target, "--forcerun", rule, "--allowed-rules", rule)
            said = done.stdout + done.stderr
            assert done.returncode != 0, said
            assert path.name in said.split(f"Error in rule {rule}")[1]
            assert "remove it and run again" in said or "a cell is missing" in said
        shutil.move(kept, seal)
        path.write_bytes(whole)
