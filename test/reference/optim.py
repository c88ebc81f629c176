"""Writes optim.json: torch.optim's updates, gradient clipping, learning rates and dropout masks (PyTorch 2.13, CPU).

    python optim.py > optim.json

Parameters and gradients are randn of seeds, which the tests draw from their own generator.
"""
import json

import numpy
import torch

SHAPES = [[3, 7], [5]]
STEPS = 24
OPTIMIZERS = {
    "SGD": [
        {"lr": 0.1},
        {"lr": 0.1, "momentum": 0.9},
        {"lr": 0.1, "momentum": 0.9, "nesterov": True},
        {"lr": 0.05, "momentum": 0.5, "dampening": 0.3, "weight_decay": 0.1},
        {"lr": 0.1, "weight_decay": 0.2},
    ],
    "AdamW": [
        {},
        {"lr": 0.01, "betas": [0.9, 0.99], "weight_decay": 0.1},
        {"lr": 0.003, "betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.0},
        {"lr": 0.1, "betas": [0.0, 0.999], "weight_decay": 1.0},
    ],
}


def numbers(x):
    """float32 in as few digits as tell it apart."""
    return [float(str(v)) for v in x.detach().numpy().astype(numpy.float32).ravel()]


def run(name, options):
    """The second half of the steps has half the rate, so that a rate that changes is seen too."""
    g = torch.Generator().manual_seed(1)
    params = [torch.randn(s, generator=g).requires_grad_() for s in SHAPES]
    optimizer = getattr(torch.optim, name)(params, foreach=False, **options)
    steps = []
    for step in range(STEPS):
        if step == STEPS // 2:
            for group in optimizer.param_groups:
                group["lr"] /= 2
        for p in params:
            p.grad = torch.randn(p.shape, generator=g)
        optimizer.step()
        steps.append([numbers(p) for p in params])
    return {"optimizer": name, "options": options, "steps": steps}


def clip(max_norm, scale):
    g = torch.Generator().manual_seed(2)
    params = [torch.zeros(s).requires_grad_() for s in SHAPES]
    for p in params:
        p.grad = torch.randn(p.shape, generator=g) * scale
    norm = torch.nn.utils.clip_grad_norm_(params, max_norm, foreach=False)
    return {"maxNorm": max_norm, "scale": scale, "norm": norm.item(), "gradients": [numbers(p.grad) for p in params]}


def rates(text, steps, make):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = make(optimizer)
    out = []
    for step in range(steps):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < steps - 1:
            scheduler.step()
    return {"text": text, "steps": steps, "rates": out}


def dropout(p):
    torch.manual_seed(7)
    masks = [torch.nn.functional.dropout(torch.ones(5, 9), p) for _ in range(2)]
    return {"p": p, "masks": [numbers(m) for m in masks]}


s = torch.optim.lr_scheduler
result = {
    "torch": torch.__version__,
    "shapes": SHAPES,
    "optimizers": [run(name, options) for name, all_options in OPTIMIZERS.items() for options in all_options],
    "clip": [clip(1.0, 1.0), clip(100.0, 1.0), clip(0.5, 1e-4), clip(2.5, 1e8)],
    "dropout": [dropout(p) for p in (0.0, 0.1, 0.5, 0.7)],
    "schedules": [
        rates("step:0.1*0.5/7", 40, lambda o: s.StepLR(o, 7, 0.5)),
        rates("step:0.1*0.1/1000", 40, lambda o: s.StepLR(o, 1000, 0.1)),
        rates("cosine:0.1->0.001", 50, lambda o: s.CosineAnnealingLR(o, 50, 0.001)),
        rates("cosine:0.1->0", 33, lambda o: s.CosineAnnealingLR(o, 33, 0.0)),
        rates("onecycle:0.3", 50, lambda o: s.OneCycleLR(o, 0.3, total_steps=50)),
        rates("onecycle:0.01/0.1", 77, lambda o: s.OneCycleLR(o, 0.01, total_steps=77, pct_start=0.1)),
        rates("onecycle:1/0.5", 31, lambda o: s.OneCycleLR(o, 1.0, total_steps=31, pct_start=0.5)),
    ],
}
print(json.dumps(result, separators=(",", ":")).replace('{"optimizer"', '\n{"optimizer"').replace('{"text"', '\n{"text"'))
