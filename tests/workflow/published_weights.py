"""Made-up weights of the paper's networks, in the layouts of the files that people have."""

import numpy as np


def alexnet_arrays(rng, dense, classes):
    """What bvlc_alexnet.npy holds, [filters, biases] by layer, with dense layers of this size."""
    shapes = {
        "conv1": (11, 11, 3, 96), "conv2": (5, 5, 48, 256), "conv3": (3, 3, 256, 384),
        "conv4": (3, 3, 192, 384), "conv5": (3, 3, 192, 256),
        "fc6": (9216, dense), "fc7": (dense, dense), "fc8": (dense, classes),
    }  # fmt: skip
    return {
        name: [
            rng.normal(0, 1.4 / np.sqrt(np.prod(shape[:-1])), shape).astype(np.float32),
            rng.normal(0, 0.1, shape[-1]).astype(np.float32),
        ]
        for name, shape in shapes.items()
    }


def slim_state(rng, units, width, classes):
    """TF-Slim's variables, by its names, for a network of this size."""
    state = {}

    def layer(name, size, before, after):
        head = f"resnet_v1_101/{name}"
        scale = 1.4 / np.sqrt(size * size * before)
        state[f"{head}/weights"] = rng.normal(0, scale, (size, size, before, after))
        ranges = {"gamma": (0.5, 1.5), "beta": (-0.2, 0.2), "moving_mean": (-0.2, 0.2)}
        for part, (low, high) in (ranges | {"moving_variance": (0.5, 2)}).items():
            state[f"{head}/BatchNorm/{part}"] = rng.uniform(low, high, after)

    layer("conv1", 7, 3, width)
    before = width
    for block, count in enumerate(units):
        inner = width * 2**block
        for unit in range(count):
            head = f"block{block + 1}/unit_{unit + 1}/bottleneck_v1"
            if before != 4 * inner:
                layer(f"{head}/shortcut", 1, before, 4 * inner)
            layer(f"{head}/conv1", 1, before, inner)
            layer(f"{head}/conv2", 3, inner, inner)
            layer(f"{head}/conv3", 1, inner, 4 * inner)
            before = 4 * inner
    state["resnet_v1_101/logits/weights"] = rng.normal(0, 0.3, (1, 1, before, classes))
    state["resnet_v1_101/logits/biases"] = rng.normal(0, 0.3, classes)
    state["resnet_v1_101/mean_rgb"] = np.zeros(3)
    return {name: value.astype(np.float32) for name, value in state.items()}
