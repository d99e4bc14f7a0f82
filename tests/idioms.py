"""Small networks in the idioms that people write; input [N, 3, 32, 32], four classes."""

from types import SimpleNamespace

import torch
from torch import nn
from torch.nn import functional


class Plain(nn.Module):
    def __init__(self, num_classes=4, width=6):
        super().__init__()
        self.convolution = nn.Conv2d(3, width, 5, stride=2, padding=2)
        self.norm = nn.BatchNorm2d(width)
        self.head = nn.Linear(width * 4, num_classes)

    def features(self, x):
        return functional.adaptive_avg_pool2d(self.norm(self.convolution(x)).relu(), 2)

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


class View(Plain):
    def forward(self, x):
        x = self.features(x)
        return self.head(x.view(x.size(0), -1))


class Flat(nn.Module):
    """No convolution at all."""

    def __init__(self, num_classes=4):
        super().__init__()
        self.head = nn.Linear(3 * 32 * 32, num_classes)

    def forward(self, x):
        return self.head(x.view(x.size(0), -1))


class Volume(Plain):
    """Weights of five dimensions."""

    def __init__(self, num_classes=4):
        super().__init__(num_classes)
        self.volume = nn.Conv3d(3, 3, (1, 3, 3), padding=(0, 1, 1))

    def forward(self, x):
        return super().forward(self.volume(x[:, :, None])[:, :, 0])


class NoReturn(Plain):
    def train(self, mode=True):
        super().train(mode)
        self.norm.training = False


class Lazy(Plain):
    def __init__(self, num_classes=4):
        super().__init__(num_classes)
        self.head = nn.LazyLinear(num_classes)


class InPlace(Plain):
    def forward(self, x):
        return super().forward(x.mul_(1.5).add_(0.1))


class BatchStats(Plain):
    def __init__(self, num_classes=4):
        super().__init__(num_classes)
        self.norm = nn.BatchNorm2d(6, track_running_stats=False)


class BatchMean(Plain):
    def forward(self, x):
        logits = super().forward(x)
        return logits - logits.mean(dim=0)


class LeftTraining(Plain):
    """Batch normalisation that nobody can put into evaluation mode."""

    def train(self, mode=True):
        return super().train(True)


class Dropped(Plain):
    def forward(self, x):
        return self.head(functional.dropout(self.features(x).flatten(1)))


class Noisy(Plain):
    def forward(self, x):
        return super().forward(x + 0.05 * torch.randn_like(x))


class Counts(Plain):
    calls = 0

    def forward(self, x):
        self.calls += 1
        return super().forward(x) * self.calls


class Softmaxed(Plain):
    def forward(self, x):
        return super().forward(x).softmax(1)


class LogSoftmaxed(Plain):
    def forward(self, x):
        return super().forward(x).log_softmax(1)


class NoGradient(Plain):
    def forward(self, x):
        with torch.no_grad():
            return super().forward(x)


class OneAtATime(Plain):
    def forward(self, x):
        return self.head(self.features(x).reshape(1, -1))


class Squeezes(Plain):
    def forward(self, x):
        return super().forward(x).squeeze()


class Single(Plain):
    def __init__(self, num_classes=1):
        super().__init__(1)


class Named(Plain):
    """Puts out an object with its logits, as some libraries do."""

    def forward(self, x):
        return SimpleNamespace(logits=super().forward(x))


class Hidden(Plain):
    """Computes in float32 whatever it is given, and its answers are ill-conditioned."""

    def forward(self, x):
        return super().forward(x.float())


def double(num_classes=4):
    return Plain(num_classes).double()


def data_parallel(num_classes=4):
    return nn.DataParallel(Plain(num_classes))


def scripted(num_classes=4):
    return torch.jit.script(Plain(num_classes))


class Child(nn.Module):
    """A network whose only child is called `module`."""

    def __init__(self, num_classes=4):
        super().__init__()
        self.module = Plain(num_classes)

    def forward(self, x):
        return self.module(x)
