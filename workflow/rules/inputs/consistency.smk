"""Pictures from which random crops are taken: for rules/consistency.smk."""


def whole_pictures(kind):
    """All chunks' pictures, the largest square of each."""

    def paths(w):
        entry = MODELS[w.model]["preprocessing"]
        side = entry["resize"]
        key = Preparation(side, side, entry["interpolation"]).key
        return [f"{RESULTS}/images/{key}/{chunk}.{kind}" for chunk in RUN["chunks"]]

    return paths
