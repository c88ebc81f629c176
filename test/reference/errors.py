"""Writes errors.json: how far PyTorch's sums are from float64 (PyTorch 2.13, one thread, x86-64 with AVX-512).

    python errors.py > errors.json

An error is the root mean square over the outputs, each divided by the sum of its terms' magnitudes
(of probabilities: by itself). test/backend/long-sums.test.ts
makes the same data and measures the same of the package's kernels.
"""
import json

import numpy as np
import torch

LENGTHS = [1, 10, 100, 256, 1000, 10_000, 100_000, 1_000_000]
KINDS = ["normal", "uniform", "constant", "cancelling", "heavy-tailed"]
WIDTH = 16  # columns of an operand


def uniform(n, seed):
    """n numbers from 0 to below 1: a hash of their positions."""
    x = np.arange(n, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(seed * 0x85EBCA6B % 2**32)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = (x ^ (x >> np.uint32(shift))) * np.uint32(factor)
    return ((x ^ (x >> np.uint32(16))) >> np.uint32(8)) * 2.0**-24


def bell(n, seed):
    """Nearly normal: four uniform numbers' sum, of mean 0 and variance 1."""
    return (uniform(n, seed) + uniform(n, seed + 1) + uniform(n, seed + 2) + uniform(n, seed + 3) - 2) * np.sqrt(3)


def data(kind, length, seed):
    """[length, WIDTH] of float32."""
    n = length * WIDTH
    if kind == "normal":
        x = bell(n, seed)
    elif kind == "uniform":
        x = uniform(n, seed)
    elif kind == "constant":
        x = np.tile(0.05 + uniform(WIDTH, seed), length)
    elif kind == "heavy-tailed":  # the tail falls with the square
        x = bell(n, seed) / np.sqrt(uniform(n, seed + 4) + 2.0**-24)
    else:  # every number again, negative and up to 0.1 % larger or smaller
        x = bell(n, seed)
        half = length // 2 * WIDTH
        x[half : 2 * half] = -x[:half] * (1 + 1e-3 * uniform(half, seed + 4))
    return x.astype(np.float32).reshape(length, WIDTH)


def product(kind, length, seed):
    """x^T y, as gradients of weights are."""
    x, y = data(kind, length, seed), data("uniform" if kind == "cancelling" else kind, length, seed + 10)
    out = torch.from_numpy(x).T @ torch.from_numpy(y)
    x, y = x.astype(np.float64), y.astype(np.float64)
    return out, x.T @ y, abs(x).T @ abs(y)


def total(kind, length, seed):
    """Sums over the columns, and over the rows of the transposed."""
    x = data(kind, length, seed)
    columns, rows = torch.from_numpy(x).sum(0), torch.from_numpy(x.T.copy()).sum(1)
    x = x.astype(np.float64)
    return torch.stack([columns, rows]), x.sum(0), abs(x).sum(0)


def rows_into_one(kind, length, seed):
    """The gradient of an embedding whose every token is the same."""
    x = data(kind, length, seed)
    out = torch.zeros(1, WIDTH).index_add_(0, torch.zeros(length, dtype=torch.int64), torch.from_numpy(x))
    x = x.astype(np.float64)
    return out, x.sum(0), abs(x).sum(0)


def probabilities(kind, length, seed):
    """softmax over rows of `length` classes."""
    x = data(kind, length, seed).T.copy()
    out = torch.from_numpy(x).softmax(1)
    e = np.exp(x.astype(np.float64) - x.max(1, keepdims=True))
    exact = e / e.sum(1, keepdims=True)
    return out, exact, exact


def error(kernel, kind, length):
    squares = []
    for i in range(max(1, min(16, 4000 // length))):
        out, exact, magnitude = kernel(kind, length, 100 * i + 1)
        squares.append((((out.numpy() - exact) / np.maximum(magnitude, 1e-300)) ** 2).mean())
    return float(np.sqrt(np.mean(squares)))


if __name__ == "__main__":
    torch.set_num_threads(1)
    kernels = {"product": product, "total": total, "rows into one": rows_into_one,
               "probabilities": probabilities}
    print(json.dumps({
        "torch": torch.__version__,
        "lengths": LENGTHS,
        "errors": {
            name: {kind: [float(f"{error(kernel, kind, n):.4g}") for n in LENGTHS] for kind in KINDS
                   # Most of such probabilities are too small for a float32.
                   if (name, kind) != ("probabilities", "heavy-tailed")}
            for name, kernel in kernels.items()
        },
    }, indent=1))
