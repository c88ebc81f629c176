"""The word-level step in PyTorch: Bengio et al. (2003) on a vocabulary of 16,383 words, forward, backward and SGD.

    python bench/peers/word_step.py [threads ...]        one JSON line per number of threads, milliseconds per step
"""
import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F

V, CONTEXT, M, H, BATCH = 16_383, 5, 30, 100, 256


def measure(threads: int, rounds: int = 30) -> dict:
    torch.set_num_threads(threads)
    g = torch.Generator().manual_seed(1)
    shapes = [(V, M), (CONTEXT * M, H), (H,), (H, V), (V,)]
    parameters = [(0.1 * torch.randn(s, generator=g)).requires_grad_() for s in shapes]
    C, W1, b1, W2, b2 = parameters
    x = torch.randint(V, (BATCH, CONTEXT), generator=g)
    y = torch.randint(V, (BATCH,), generator=g)

    def step() -> float:
        h = torch.tanh(C[x].view(BATCH, -1) @ W1 + b1)
        loss = F.cross_entropy(h @ W2 + b2, y)
        for p in parameters:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in parameters:
                p += -0.1 * p.grad
        return loss.item()

    for _ in range(3):
        step()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    return {"peer": f"PyTorch {torch.__version__}", "threads": threads, "batch": BATCH, "vocabulary": V,
            "msPerStep": {"median": statistics.median(times), "min": min(times), "max": max(times)}}


for count in [int(a) for a in sys.argv[1:]] or [1, 2]:
    print(json.dumps(measure(count)), flush=True)
