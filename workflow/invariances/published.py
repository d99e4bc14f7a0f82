"""The paper's very networks: Krizhevsky's AlexNet in two columns, and TF-Slim's ResNet V1 101.

Both see pictures of 0 to 255: `preprocessing` of a config is then ``std: [0.00392157, ...]``, 1 / 255, and
``mean`` what is taken off first, as config/paper.yaml has them. Weights come from the files that people
have, in TensorFlow's layout: a network's ``published`` gives them torch's.

References
----------
Krizhevsky, Sutskever & Hinton, ImageNet classification with deep convolutional neural networks, 2012.
Guerzhoy & Frossard, AlexNet implementation in TensorFlow, with weights, 2016: ``bvlc_alexnet.npy``.
He, Zhang, Ren & Sun, Deep residual learning for image recognition, 2016; TF-Slim's resnet_v1.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

State = dict[str, Tensor]


class KrizhevskyAlexNet(nn.Module):
    """AlexNet as of 2012: two groups of filters, local response normalisation after the first two layers.

    Parameters
    ----------
    preprocessing : ``caffe``, as the weights were trained: blue before red, the first convolution without
        padding, and the training pictures' mean taken off before; ``script``, as Guerzhoy and Frossard's
        program shows pictures to them: red before blue, less the picture's own mean over all pixels and
        colours, the first convolution padded by 4; ``swapped``, as copies of it do that mean to exchange
        red and blue, and write blue over both. The paper says none of them.
    dense : units of the two hidden dense layers.

    Pictures are float [N, 3, 227, 227], RGB in 0 to 255 (``caffe``: less the mean); logits
    [N, num_classes].
    """

    def __init__(
        self, num_classes: int = 1000, preprocessing: str = "caffe", dense: int = 4096
    ) -> None:
        super().__init__()
        if preprocessing not in ("caffe", "script", "swapped"):
            raise ValueError(f"preprocessing {preprocessing!r}: caffe, script or swapped")
        self.script, self.swapped = preprocessing != "caffe", preprocessing == "swapped"
        self.conv1 = nn.Conv2d(3, 96, 11, stride=4, padding=4 if self.script else 0)
        self.conv2 = nn.Conv2d(96, 256, 5, padding=2, groups=2)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=2)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=2)
        self.fc6 = nn.Linear(256 * 6 * 6, dense)
        self.fc7 = nn.Linear(dense, dense)
        self.fc8 = nn.Linear(dense, num_classes)
        # torch divides alpha by the size: 1e-4 / 5, as in both programs.
        self.norm = nn.LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=1.0)
        self.pool = nn.MaxPool2d(3, stride=2)

    def forward(self, pictures: Tensor) -> Tensor:
        if self.script:
            pictures = pictures - pictures.mean(dim=(1, 2, 3), keepdim=True)
        if self.swapped:
            pictures = pictures[:, [2, 1, 2]]
        x = self.pool(self.norm(self.conv1(pictures).relu()))
        x = self.pool(self.norm(self.conv2(x).relu()))
        x = self.conv4(self.conv3(x).relu()).relu()
        x = self.pool(self.conv5(x).relu())
        logits: Tensor = self.fc8(self.fc7(self.fc6(x.flatten(1)).relu()).relu())
        return logits

    def published(self, state: Mapping[str, Tensor]) -> State:
        """The weights of ``bvlc_alexnet.npy``, ``conv1.0`` to ``fc8.1``, in torch's names and layout.

        Others are given back as they are. There, filters are [height, width, in, out], and what goes into
        the first dense layer is ordered by place, then channel; here by channel, then place.
        """
        names = [f"{layer}.{part}" for layer in LAYERS for part in (0, 1)]
        if set(state) != set(names):
            return dict(state)
        found: State = {}
        for layer in LAYERS:
            weight, bias = state[f"{layer}.0"], state[f"{layer}.1"]
            if weight.dim() == 4:
                weight = weight.permute(3, 2, 0, 1)
            elif layer == "fc6" and len(weight) == 256 * 6 * 6:
                weight = weight.reshape(6, 6, 256, -1).permute(3, 2, 0, 1).flatten(1)
            else:
                weight = weight.T
            if layer == "conv1" and not self.script:
                weight = weight.flip(1)  # blue before red
            found |= {f"{layer}.weight": weight.contiguous(), f"{layer}.bias": bias.contiguous()}
        return found


LAYERS = ("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8")


class Bottleneck(nn.Module):
    """TF-Slim's bottleneck: the stride is its 3 by 3 convolution's, and that of a block's last unit."""

    def __init__(self, inner: int, depth: int, before: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.shortcut = _normalised(before, depth, 1, stride) if before != depth else None
        self.conv1 = _normalised(before, inner, 1, 1)
        self.conv2 = _normalised(inner, inner, 3, stride)
        self.conv3 = _normalised(inner, depth, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        short = (
            x[:, :, :: self.stride, :: self.stride] if self.shortcut is None else self.shortcut(x)
        )
        inner = self.conv2(self.conv1(x).relu()).relu()
        output: Tensor = (short + self.conv3(inner)).relu()
        return output


def _normalised(before: int, after: int, size: int, stride: int) -> nn.Sequential:
    # Explicit padding, the same on both sides, also with a stride: TF-Slim's conv2d_same.
    convolution = nn.Conv2d(before, after, size, stride, padding=size // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after, eps=1e-5))


class SlimResNet(nn.Module):
    """ResNet V1 as TF-Slim has it; `units` of its four blocks, 101 layers by default.

    The paper's text speaks of 152 layers as well; the network that it names is ResNet V1 101.

    Pictures are float [N, 3, H, W], RGB in 0 to 255 less the training pictures' mean; logits
    [N, num_classes].
    """

    def __init__(
        self, num_classes: int = 1000, units: tuple[int, ...] = (3, 4, 23, 3), width: int = 64
    ) -> None:
        super().__init__()
        self.conv1 = _normalised(3, width, 7, 2)
        blocks: list[nn.Module] = []
        before = width
        for place, count in enumerate(units):
            inner = width * 2**place
            block: list[nn.Module] = []
            for unit in range(count):
                last = unit == count - 1 and place < len(units) - 1
                block.append(Bottleneck(inner, 4 * inner, before, 2 if last else 1))
                before = 4 * inner
            blocks.append(nn.Sequential(*block))
        self.blocks = nn.Sequential(*blocks)
        self.logits = nn.Linear(before, num_classes)

    def forward(self, pictures: Tensor) -> Tensor:
        x = self.conv1(pictures).relu()
        # Where a pixel is wanting TensorFlow pads below and to the right.
        x = functional.max_pool2d(_padded(x, 3, 2), 3, stride=2)
        logits: Tensor = self.logits(self.blocks(x).mean(dim=(2, 3)))
        return logits

    def published(self, state: Mapping[str, Tensor]) -> State:
        """The weights of TF-Slim's checkpoint under its own names, in torch's names and layout.

        ``resnet_v1_101/block1/unit_1/bottleneck_v1/conv1/weights`` and so on, as docs/paper-networks.md
        writes them into a .safetensors file; others are given back as they are.
        """
        bodies = {name.partition("/")[2]: value for name, value in state.items() if "/" in name}
        if len(bodies) < len(state):
            return dict(state)
        found: State = {}
        for name, value in bodies.items():
            where = _place(name)
            if where:
                found[where] = _layout(value, where)
        return found


def _padded(x: Tensor, size: int, stride: int) -> Tensor:
    """Padding as TensorFlow's SAME, of the smallest number: what is odd goes below and to the right."""
    wanted = [max((-(-side // stride) - 1) * stride + size - side, 0) for side in x.shape[2:]]
    (top, left) = (pad // 2 for pad in wanted)
    (bottom, right) = (pad - pad // 2 for pad in wanted)
    return functional.pad(x, (left, right, top, bottom), value=-torch.inf)


NORMALISATION = {
    "gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var",
}  # fmt: skip


def _place(name: str) -> str:
    """Where a tensor of TF-Slim's is in `SlimResNet`, "" for what belongs to training alone."""
    parts = name.split("/")
    if len(parts) < 2:
        return ""
    if parts[0] == "logits":
        return {"logits/weights": "logits.weight", "logits/biases": "logits.bias"}.get(name, "")
    if parts[-1] == "weights":
        end = "0.weight"
    elif parts[-2] == "BatchNorm" and parts[-1] in NORMALISATION:
        end = f"1.{NORMALISATION[parts[-1]]}"
    else:
        return ""
    if parts[0] == "conv1":
        return f"conv1.{end}"
    if not parts[0].startswith("block"):
        return ""
    block, unit = (
        int(part.removeprefix(head)) - 1 for part, head in zip(parts, HEADS, strict=False)
    )
    return f"blocks.{block}.{unit}.{parts[3]}.{end}"


HEADS = ("block", "unit_")


def _layout(value: Tensor, where: str) -> Tensor:
    """[height, width, in, out] as [out, in, height, width]; the logits' 1 by 1 as a matrix."""
    if value.dim() != 4:
        return value
    turned = value.permute(3, 2, 0, 1).contiguous()
    return turned.flatten(1) if where.startswith("logits") else turned
