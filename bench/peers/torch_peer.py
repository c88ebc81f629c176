"""Eager PyTorch. Usage: torch_peer.py step BATCH THREADS | words BATCH THREADS | paper BATCH THREADS | matmul N THREADS"""
import sys
import torch
from serve import serve

task, size, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
name = f"PyTorch {torch.__version__}"
g = torch.Generator().manual_seed(2147483647)


def randn(*shape):
    return torch.randn(shape, generator=g)


def trainer(N, V, context, E, H, lr):
    """One call is one step, as the lecture writes it, on random examples."""
    X, Y = torch.randint(0, V, (N, context), generator=g), torch.randint(0, V, (N,), generator=g)
    C, W1, b1, W2, b2 = parameters = [randn(V, E), randn(context * E, H), randn(H), randn(H, V), randn(V)]
    if task == "words":  # as mm-train's: unscaled, probabilities are subnormal numbers, which are slow
        W1 /= (context * E) ** 0.5
        W2 /= H**0.5
    for p in parameters:
        p.requires_grad = True

    def step():
        ix = torch.randint(0, N, (size,), generator=g)
        h = torch.tanh(C[X[ix]].view(-1, context * E) @ W1 + b1)
        loss = torch.nn.functional.cross_entropy(h @ W2 + b2, Y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        for p in parameters:
            p.data += -lr * p.grad
        return loss.item()

    return step


def paper():
    """MLP9 of Bengio et al. (2003), as somebody who knows PyTorch writes it: fused optimizer loops, weight decay in groups."""
    V, k, m, h = 16_490, 4, 30, 100
    stream = torch.randint(0, V, (100_000,), generator=g)
    X, Y = stream.unfold(0, k, 1)[:-1], stream[k:]
    C, H, d, U, b = parameters = [randn(V, m) * 0.5, randn(k * m, h) * 0.1, torch.zeros(h), torch.zeros(h, V), torch.zeros(V)]
    for p in parameters:
        p.requires_grad = True
    optimizer = torch.optim.SGD([dict(params=[C, H, U], weight_decay=1e-4), dict(params=[d, b])], lr=1e-4)

    def step():
        ix = torch.randint(0, len(Y), (size,), generator=g)
        a = torch.tanh(torch.addmm(d, C[X[ix].flip(1)].view(-1, k * m), H))
        loss = torch.nn.functional.cross_entropy(torch.addmm(b, a, U), Y[ix])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


if task == "matmul":
    a, b, out = randn(size, size), randn(size, size), torch.empty(size, size)

    def once():
        torch.mm(a, b, out=out)
else:
    once = paper() if task == "paper" else trainer(182_625, 27, 3, 10, 200, 0.1) if task == "step" else trainer(100_000, 16_383, 5, 30, 100, 1e-4)


def work(n):
    for _ in range(n):
        once()


serve(name, work, 2e-9 * size**3 if task == "matmul" else 1.0)
