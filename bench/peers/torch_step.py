"""The lecture's training step in eager PyTorch: steps per second. Usage: torch_step.py BATCH THREADS SECONDS"""
import json, sys, time
import torch

batch, threads, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
torch.set_num_threads(threads)
g = torch.Generator().manual_seed(2147483647)
N, V = 182_625, 27
X, Y = torch.randint(0, V, (N, 3), generator=g), torch.randint(0, V, (N,), generator=g)
C = torch.randn((V, 10), generator=g)
W1, b1 = torch.randn((30, 200), generator=g), torch.randn(200, generator=g)
W2, b2 = torch.randn((200, V), generator=g), torch.randn(V, generator=g)
parameters = [C, W1, b1, W2, b2]
for p in parameters:
    p.requires_grad = True


def step():
    ix = torch.randint(0, N, (batch,), generator=g)
    h = torch.tanh(C[X[ix]].view(-1, 30) @ W1 + b1)
    loss = torch.nn.functional.cross_entropy(h @ W2 + b2, Y[ix])
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data += -0.1 * p.grad
    return loss.item()


def rate(duration):
    count, start = 0, time.perf_counter()
    while (now := time.perf_counter()) - start < duration:
        for _ in range(10):
            step()
        count += 10
    return count / (now - start)


rate(0.3)
print(json.dumps({"stepsPerSecond": [rate(seconds / 5) for _ in range(5)], "version": torch.__version__}))
