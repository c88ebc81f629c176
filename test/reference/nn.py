"""Writes nn.json: a network of torch.nn's modules, its names, its first numbers and its training (PyTorch 2.13, CPU).

    python nn.py > nn.json

All that is random comes from one generator, as the tests draw it: parameters in the order of making, then a mask for each step.
"""
import json

import numpy
import torch
from torch import nn

STEPS = 6


def record(x):
    """float32 in as few digits as tell it apart."""
    values = [float(str(v)) if x.is_floating_point() else int(v) for v in x.detach().numpy().ravel()]
    return {"dtype": str(x.dtype).removeprefix("torch."), "shape": list(x.shape), "values": values}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(27, 4)
        self.body = nn.Sequential(
            nn.Flatten(), nn.Linear(12, 8, bias=False), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.25)
        )
        self.scale = nn.Parameter(torch.ones(8))
        self.heads = nn.ModuleList([nn.Linear(8, 27), nn.Linear(8, 27)])
        self.register_buffer("shift", torch.full((27,), 0.5))

    def forward(self, x):
        h = self.body(self.embed(x)) * self.scale
        return self.heads[0](h) + self.heads[1](h) + self.shift


torch.manual_seed(7)
net = Net()


def state():
    """Without the count of batches, which is kept for a momentum of None only."""
    return {name: record(t) for name, t in net.state_dict().items() if "num_batches" not in name}


first = state()
X = torch.arange(81).view(27, 3) % 27
Y = torch.arange(27) * 5 % 27
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
losses = []
for _ in range(STEPS):
    loss = nn.functional.cross_entropy(net(X), Y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
last = state()
net.eval()
evaluated = nn.functional.cross_entropy(net(X), Y).item()

torch.manual_seed(3)
linear = nn.Linear(5, 4)
x = torch.randn(2, 3, 5)
cube = {"x": record(x), "out": record(linear(x))}

print(json.dumps({
    "torch": torch.__version__,
    "parameters": [name for name, _ in net.named_parameters()],
    "first": first, "losses": losses, "last": last, "evaluated": evaluated, "cube": cube,
}, separators=(",", ":")).replace('"last"', '\n"last"').replace('"losses"', '\n"losses"').replace('"cube"', '\n"cube"'))
