"""Pictures from which random crops are taken: for rules/consistency.smk."""


def whole_pictures(kind):
    """All chunks' pictures, the largest square of each."""

    def paths(w):
        preprocessing = NETWORKS[w.model].preprocessing
        key = preprocessing.prepared(preprocessing.resize)
        return [f"{RESULTS}/images/{key}/{chunk}.{kind}" for chunk in CHUNKS]

    return paths
