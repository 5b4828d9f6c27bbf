"""The two networks of Zhang et al. in PyTorch, with random weights: what an import is checked with.

Usage: zhang.py NETWORK WIDTH THREADS CHECKPOINT SIZES FOLDER
Writes a checkpoint as their authors' code names its tensors, and for each size HxW of SIZES (joined
by commas) FOLDER/HxW.lightness, FOLDER/HxW.hints and FOLDER/HxW.ab, 32-bit floats, channels last.
Says {"sizes": {"HxW": {"seconds": median of a prediction}}, "peak_mb": resident} on stdout.
"""

import json
import resource
import sys
import time

import torch
from torch import nn

RUNS = 3


def block(channels, filters, convs, dilation=1, stride=1, norm=True):
    """Convolutions with ReLU, the last one with the stride, and batch norm behind them."""
    layers = []
    for i in range(convs):
        step = stride if i == convs - 1 else 1
        layers += [nn.Conv2d(channels, filters, 3, step, dilation, dilation), nn.ReLU()]
        channels = filters
    return layers + ([nn.BatchNorm2d(filters)] if norm else [])


def double(channels, filters):
    return nn.ConvTranspose2d(channels, filters, 4, 2, 1)


def trunk(width, inputs, strides):
    """Blocks 1 to 7; `strides` is 2 where the first three halve the sides themselves."""
    widths = [(inputs, width, 2), (width, 2 * width, 2), (2 * width, 4 * width, 3)]
    blocks = {
        f"model{i + 1}": block(*sizes, stride=strides) for i, sizes in enumerate(widths)
    }
    for i, (channels, dilation) in enumerate([(4, 1), (8, 2), (8, 2), (8, 1)]):
        blocks[f"model{i + 4}"] = block(channels * width, 8 * width, 3, dilation=dilation)
    return {name: nn.Sequential(*layers) for name, layers in blocks.items()}


class Eccv16(nn.Module):
    def __init__(self, width):
        super().__init__()
        for name, layers in trunk(width, 1, 2).items():
            setattr(self, name, layers)
        enlarged = [double(8 * width, 4 * width), nn.ReLU()]
        convs = block(4 * width, 4 * width, 2, norm=False)
        self.model8 = nn.Sequential(*enlarged, *convs, nn.Conv2d(4 * width, 313, 1))
        self.model_out = nn.Conv2d(313, 2, 1, bias=False)

    def forward(self, lightness, hints):
        features = (lightness - 50) / 100
        for i in range(1, 9):
            features = getattr(self, f"model{i}")(features)
        ab = self.model_out(torch.softmax(features, 1))
        return 110 * nn.functional.interpolate(ab, scale_factor=4, mode="bilinear")


class Siggraph17(nn.Module):
    def __init__(self, width):
        super().__init__()
        for name, layers in trunk(width, 4, 1).items():
            setattr(self, name, layers)
        self.model8up = nn.Sequential(double(8 * width, 4 * width))
        self.model3short8 = nn.Sequential(nn.Conv2d(4 * width, 4 * width, 3, 1, 1))
        self.model8 = nn.Sequential(nn.ReLU(), *block(4 * width, 4 * width, 2))
        self.model9up = nn.Sequential(double(4 * width, 2 * width))
        self.model2short9 = nn.Sequential(nn.Conv2d(2 * width, 2 * width, 3, 1, 1))
        self.model9 = nn.Sequential(nn.ReLU(), *block(2 * width, 2 * width, 1))
        self.model10up = nn.Sequential(double(2 * width, 2 * width))
        self.model1short10 = nn.Sequential(nn.Conv2d(width, 2 * width, 3, 1, 1))
        last = nn.Conv2d(2 * width, 2 * width, 3, 1, 1)
        self.model10 = nn.Sequential(nn.ReLU(), last, nn.LeakyReLU(0.2))
        self.model_class = nn.Sequential(nn.Conv2d(4 * width, 529, 1))
        self.model_out = nn.Sequential(nn.Conv2d(2 * width, 2, 1), nn.Tanh())

    def forward(self, lightness, hints):
        color, mask = hints[:, :2] / 110, hints[:, 2:]
        one = self.model1(torch.cat([(lightness - 50) / 100, color, mask], 1))
        two = self.model2(one[:, :, ::2, ::2])
        three = self.model3(two[:, :, ::2, ::2])
        features = three[:, :, ::2, ::2]
        for i in range(4, 8):
            features = getattr(self, f"model{i}")(features)
        features = self.model8(self.model8up(features) + self.model3short8(three))
        features = self.model9(self.model9up(features) + self.model2short9(two))
        features = self.model10(self.model10up(features) + self.model1short10(one))
        return 110 * self.model_out(features)


def randomize(network):
    """Statistics and gains as a training leaves them, not those of a fresh network."""
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.kaiming_normal_(module.weight)
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)


def measure(network, lightness, hints):
    seconds = []
    with torch.no_grad():
        for _ in range(RUNS + 1):
            start = time.perf_counter()
            ab = network(lightness, hints)
            seconds.append(time.perf_counter() - start)
    return ab, sorted(seconds[1:])[RUNS // 2]


def write(path, tensor):
    tensor[0].permute(1, 2, 0).contiguous().numpy().astype("<f4").tofile(path)


def main():
    name, width, threads, checkpoint, sizes, folder = sys.argv[1:]
    torch.manual_seed(1)
    torch.set_num_threads(int(threads))
    network = {"eccv16": Eccv16, "siggraph17": Siggraph17}[name](int(width)).eval()
    randomize(network)
    torch.save(network.state_dict(), checkpoint)
    result = {}
    for size in sizes.split(","):
        height, columns = map(int, size.split("x"))
        lightness = 100 * torch.rand(1, 1, height, columns)
        mask = (torch.rand(1, 1, height, columns) < 0.01).float()
        hints = torch.cat([mask * 60 * torch.randn(1, 2, height, columns), mask], 1)
        ab, seconds = measure(network, lightness, hints)
        result[size] = {"seconds": seconds}
        for kind, tensor in [("lightness", lightness), ("hints", hints), ("ab", ab)]:
            write(f"{folder}/{size}.{kind}", tensor)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"sizes": result, "peak_mb": peak_mb}))


main()
