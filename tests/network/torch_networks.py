"""Networks as modules of PyTorch, which load what `deno task export --format pytorch-npz` writes.

python3 torch_networks.py NETWORK WEIGHTS.npz INPUTS.npz AB.npy
NETWORK is the "network" of a config.json; INPUTS has lightness [N, H, W, 1] and hints [N, H, W, 3];
AB gets ab / 128, [N, H, W, 2].
"""

import json
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional as F

BINS = 261
TEMPERATURE = 0.7
DILATIONS = (1, 2, 4, 8)
DEVIATION = 5


class PlainCnn(nn.Module):
    """Lightness [N, 1, H, W] to ab / 128 [N, 2, H, W]."""

    def __init__(self, config):
        super().__init__()
        channels = 1
        for i, filters in enumerate(config["filters"], 1):
            setattr(self, f"conv{i}", nn.Conv2d(channels, filters, 3, padding=1))
            setattr(self, f"bn{i}", nn.BatchNorm2d(filters, eps=1e-3))
            channels = filters
        self.output = nn.Conv2d(channels, 2, 1)
        self.depth = len(config["filters"])

    def forward(self, lightness, hints):
        features = lightness
        for i in range(1, self.depth + 1):
            conv, norm = getattr(self, f"conv{i}"), getattr(self, f"bn{i}")
            features = norm(F.relu(conv(features)))
        return torch.tanh(self.output(features))


class Palette(nn.Module):
    """Lightness [N, 1, H, W] and hints [N, 3, H, W] to ab / 128 [N, 2, H, W], faithful ones."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        widths, channels = config["widths"], 4
        for level, filters in enumerate(widths):
            self.add(f"down{level + 1}", channels, filters, stride=2)
            for i in range(config["encoderConvs"][level]):
                self.add(f"down{level + 1}_conv{i + 1}", filters, filters)
            channels = filters
        for level in reversed(range(len(widths) - 1)):
            filters = widths[level]
            self.add(f"up{level + 1}", channels, filters)
            for i in range(config["decoderConvs"][level]):
                self.add(f"up{level + 1}_conv{i + 1}", filters, filters)
            channels = filters
        self.bins = nn.Conv2d(channels, BINS, 1)
        self.bins.register_buffer("prior", torch.zeros(BINS))
        self.bins.register_buffer("centers", torch.zeros(BINS, 2))

    def add(self, name, channels, filters, stride=1):
        setattr(self, name, nn.Conv2d(channels, filters, 3, stride))
        setattr(self, f"{name}_bn", nn.BatchNorm2d(filters, eps=1e-3))

    def block(self, name, features):
        conv, norm = getattr(self, name), getattr(self, f"{name}_bn")
        # Of even sides a stride of 2 pads only behind.
        pad = (0, 1, 0, 1) if conv.stride == (2, 2) else (1, 1, 1, 1)
        return norm(F.relu(conv(F.pad(features, pad))))

    def forward(self, lightness, hints):
        features, skips = torch.cat([lightness / 50 - 1, hints], 1), []
        for level in range(len(self.config["widths"])):
            features = self.block(f"down{level + 1}", features)
            for i in range(self.config["encoderConvs"][level]):
                features = self.block(f"down{level + 1}_conv{i + 1}", features)
            skips.append(features)
        for level in reversed(range(len(self.config["widths"]) - 1)):
            larger = F.interpolate(features, scale_factor=2, mode="nearest")
            features = self.block(f"up{level + 1}", larger) + skips[level]
            for i in range(self.config["decoderConvs"][level]):
                features = self.block(f"up{level + 1}_conv{i + 1}", features)
        features = coherent(features, F.avg_pool2d(lightness, 2))
        shares = torch.softmax(self.bins(features) / TEMPERATURE, 1)
        ab = torch.einsum("nqhw,qc->nchw", shares, self.bins.centers / 128)
        return F.interpolate(ab, scale_factor=2, mode="bilinear", align_corners=False)


def coherent(features, guide):
    """Averages features over neighbors of the same lightness, near ones first, then farther ones."""
    for dilation in DILATIONS:
        pad = [dilation] * 4
        images, channels, height, width = features.shape
        near = F.unfold(F.pad(features, pad), 3, dilation)
        near = near.view(images, channels, 9, height, width)
        others = F.unfold(F.pad(guide, pad, value=1e9), 3, dilation).view(images, 9, height, width)
        places = torch.tensor([0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25]).view(1, 9, 1, 1)
        weights = (places * torch.exp(-((others - guide) ** 2) / (2 * DEVIATION**2)))[:, None]
        features = (weights * near).sum(2) / weights.sum(2)
    return features


def main(config, weights_path, inputs_path, ab_path):
    config = json.loads(config)
    network = {"plain-cnn": PlainCnn, "palette": Palette}[config["kind"]](config).eval()
    weights = numpy.load(weights_path)
    network.load_state_dict({name: torch.from_numpy(weights[name]) for name in weights})
    inputs = numpy.load(inputs_path)
    lightness, hints = (
        torch.from_numpy(inputs[name]).permute(0, 3, 1, 2) for name in ("lightness", "hints")
    )
    with torch.no_grad():
        ab = network(lightness, hints)
    numpy.save(ab_path, ab.permute(0, 2, 3, 1).contiguous().numpy())


main(*sys.argv[1:])
