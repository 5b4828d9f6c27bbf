"""The networks of `deno task bench train` in PyTorch, timed on request.

Started with the network as JSON, it says what it runs on, then answers one JSON line on stdout for
each JSON line on stdin:
  {"do": "train", "steps": N}    N steps of Adam on one batch -> {"seconds": S}
  {"do": "infer", "batches": N}  N predictions, read back     -> {"seconds": S}
  {"do": "predict", "weights": SAFETENSORS, "lightness": F32, "ab": F32, "size": PX}
                                 reads two files and writes the third -> {"seconds": S}
Batches are made beforehand and lie in the device's memory: only computing is timed.
"""

import argparse
import json
import struct
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

AB_SCALE = 128


def conv_same(conv, features):
    """A convolution with TensorFlow's "same" padding, which a stride of 2 makes lopsided."""
    (kernel, _), (stride, _) = conv.kernel_size, conv.stride
    size = features.shape[-1]
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    if total % 2 == 0:
        return F.conv2d(features, conv.weight, conv.bias, stride, total // 2)
    padded = F.pad(features, (total // 2, total - total // 2) * 2)
    return F.conv2d(padded, conv.weight, conv.bias, stride)


def upsample(features):
    return F.interpolate(features, scale_factor=2, mode="nearest")


def conv(channels, filters, kernel=3, stride=1):
    return nn.Conv2d(channels, filters, kernel, stride)


class EncoderDecoder(nn.Module):
    """src/network/encoder_decoder.ts: lightness [N, 1, H, W] to ab / 128 [N, 2, H, W]."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        layers, channels = {}, 1
        for i, filters in enumerate(config["encoder"]):
            layers[f"conv{i + 1}"] = conv(channels, filters, stride=2 if config["strided"] else 1)
            channels = filters
        if config["batchNorm"]:
            layers["bn1"] = nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
        for i, units in enumerate(config["dense"]):
            layers[f"dense{i + 1}"] = conv(channels, units, kernel=1)
            channels = units
        if config["batchNorm"]:
            layers["bn2"] = nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
        for i, filters in enumerate(config["decoder"]):
            layers[f"conv{len(config['encoder']) + i + 1}"] = conv(channels, filters)
            channels = filters
        layers["output"] = conv(channels, len(config["planes"]), kernel=1)
        self.layers = nn.ModuleDict(layers)

    def forward(self, features):
        config, layers = self.config, self.layers
        encoder, dense = len(config["encoder"]), len(config["dense"])
        for i in range(encoder):
            features = F.relu(conv_same(layers[f"conv{i + 1}"], features))
        if config["batchNorm"]:
            features = layers["bn1"](features)
        for i in range(dense):
            features = F.relu(layers[f"dense{i + 1}"](features))
            if i < dense - 1:
                features = F.dropout(features, config["dropout"], self.training)
        if config["batchNorm"]:
            features = layers["bn2"](features)
        for i in range(len(config["decoder"])):
            if config["strided"] and i > 0:
                features = upsample(features)
            features = F.relu(conv_same(layers[f"conv{encoder + i + 1}"], features))
        planes = torch.tanh(layers["output"](features))
        return upsample(planes) if config["strided"] else planes


class UNet(nn.Module):
    """src/network/u_net.ts: lightness [N, 1, H, W] to ab / 128 [N, 2, H, W]."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        widths, layers, channels = config["widths"], {}, 1
        for level, filters in enumerate(widths):
            name, stride = f"down{level + 1}", config["firstStride"] if level == 0 else 2
            layers[name] = conv(channels, filters, stride=stride)
            for i in range(config["encoderConvs"][level]):
                layers[f"{name}_conv{i + 1}"] = conv(filters, filters)
            channels = filters
        for level in reversed(range(len(widths) - 1)):
            name, filters = f"up{level + 1}", widths[level]
            layers[name] = conv(channels, filters)
            for i in range(config["decoderConvs"][level]):
                layers[f"{name}_conv{i + 1}"] = conv(filters, filters)
            channels = filters
        layers["output"] = conv(channels, 2, kernel=1)
        self.layers = nn.ModuleDict(layers)

    def forward(self, features):
        config, layers, skips = self.config, self.layers, []
        features = features / 50 - 1
        for level in range(len(config["widths"])):
            name = f"down{level + 1}"
            features = F.relu(conv_same(layers[name], features))
            features = self.convs(f"{name}_conv", config["encoderConvs"][level], features)
            skips.append(features)
        for level in reversed(range(len(config["widths"]) - 1)):
            name = f"up{level + 1}"
            features = F.relu(conv_same(layers[name], upsample(features))) + skips[level]
            features = self.convs(f"{name}_conv", config["decoderConvs"][level], features)
        planes = torch.tanh(layers["output"](features))
        return planes if config["firstStride"] == 1 else upsample(planes)

    def convs(self, name, count, features):
        for i in range(count):
            features = F.relu(conv_same(self.layers[f"{name}{i + 1}"], features))
        return features


NETWORKS = {"encoder-decoder": EncoderDecoder, "u-net": UNet}


def read_floats(path):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.float32)


def load_weights(network, path):
    """Reads 32-bit safetensors under our names: kernels as [Kh, Kw, C, F]."""
    with open(path, "rb") as file:
        (header_bytes,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_bytes))
        data = bytearray(file.read())
    names = {"kernel": "weight", "gamma": "weight", "beta": "bias", "moving_mean": "running_mean",
             "moving_variance": "running_var"}
    state = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        (start, end), shape = entry["data_offsets"], entry["shape"]
        array = torch.frombuffer(data[start:end], dtype=torch.float32).reshape(shape)
        layer, weight = name.split("/")
        kernel = array.permute(3, 2, 0, 1) if weight == "kernel" else array
        state[f"layers.{layer}.{names.get(weight, weight)}"] = kernel
    missing, unexpected = network.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ValueError(f"weights must fit, got {missing} missing and {unexpected} unexpected")


class Bench:
    """One network, one batch, and their optimizer."""

    def __init__(self, config, *, batch, size, device):
        self.device = torch.device(device)
        self.network = NETWORKS[config["kind"]](config).to(self.device)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3, eps=1e-7)
        self.lightness = torch.rand(batch, 1, size, size, device=self.device) * 100
        self.target_ab = torch.rand(batch, 2, size, size, device=self.device) - 0.5

    def train(self, steps):
        self.network.train()
        loss = 0
        for _ in range(steps):
            self.optimizer.zero_grad(set_to_none=True)
            loss = F.mse_loss(self.network(self.lightness), self.target_ab)
            loss.backward()
            self.optimizer.step()
        return loss.item()  # waits for the device

    def infer(self, batches):
        self.network.eval()
        with torch.no_grad():
            for _ in range(batches):
                self.network(self.lightness).cpu()

    def predict(self, request):
        load_weights(self.network, request["weights"])
        size = request["size"]
        lightness = read_floats(request["lightness"]).reshape(-1, 1, size, size)
        self.network.eval()
        with torch.no_grad():
            ab = self.network(lightness.to(self.device)).cpu()
        with open(request["ab"], "wb") as file:
            file.write(ab.permute(0, 2, 3, 1).contiguous().numpy().tobytes())

    def answer(self, request):
        start = time.perf_counter()
        if request["do"] == "train":
            self.train(request["steps"])
        elif request["do"] == "infer":
            self.infer(request["batches"])
        else:
            self.predict(request)
        return {"seconds": time.perf_counter() - start}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", required=True, type=json.loads)
    parser.add_argument("--batch", required=True, type=int)
    parser.add_argument("--size", default=64, type=int)
    parser.add_argument("--threads", required=True, type=int)
    parser.add_argument("--cuda", action="store_true", help="where there is such a device")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    # Full 32-bit products, as ours.
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    device = "cuda" if options.cuda and torch.cuda.is_available() else "cpu"
    bench = Bench(options.network, batch=options.batch, size=options.size, device=device)
    name = torch.cuda.get_device_name() if device == "cuda" else f"CPU, {options.threads} threads"
    print(json.dumps({"runs_on": f"PyTorch {torch.__version__}, {name}"}), flush=True)
    for line in sys.stdin:
        print(json.dumps(bench.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
