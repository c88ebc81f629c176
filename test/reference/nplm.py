"""Gradients of Bengio et al.'s network (2003, eq. 1) by PyTorch, for test/models/nplm.test.ts. Usage: python nplm.py > nplm.json"""
import json
import torch

g = torch.Generator().manual_seed(3)
cases = []
for V, k, m, h, direct, n, *tied in [
    (7, 2, 3, 4, True, 5), (7, 2, 3, 4, False, 5), (7, 2, 3, 0, True, 5), (1500, 4, 6, 10, True, 33), (40, 1, 1, 1, False, 1), (600, 5, 7, 3, True, 64),
    (7, 2, 3, 4, False, 5, True), (600, 3, 5, 8, False, 33, True),
]:
    randn = lambda *shape: (torch.randn(shape, generator=g, dtype=torch.float32) * 0.5).requires_grad_()
    C, b = randn(V, m), randn(V)
    H, d, U = (randn(k * m, h), randn(h), None if tied else randn(h, V)) if h else (None, None, None)
    P = randn(h, m) if tied else None
    W = randn(k * m, V) if direct else None
    X = torch.randint(0, V, (n, k), generator=g)
    Y = torch.randint(0, V, (n,), generator=g)
    # float64: what both float32 computations are near
    p = {name: t.detach().double().requires_grad_() for name, t in dict(C=C, H=H, d=d, P=P, W=W, U=U, b=b).items() if t is not None}
    x = p["C"][X.flip(1)].reshape(n, k * m)
    y = p["b"]
    if direct: y = y + x @ p["W"]
    if h: y = y + torch.tanh(x @ p["H"] + p["d"]) @ (p["P"] @ p["C"].T if tied else p["U"])
    loss = torch.nn.functional.cross_entropy(y.expand(n, V), Y)
    loss.backward()
    flat = lambda t: [float(f"{v:.9g}") for v in t.flatten().tolist()]
    cases.append(dict(shape=dict(vocabularySize=V, blockSize=k, embedding=m, hidden=h, direct=direct, **(dict(tied=True) if tied else {})), X=X.tolist(), Y=Y.tolist(), loss=loss.item(),
                      parameters={n: flat(t.detach().float()) for n, t in p.items()}, gradients={n: flat(t.grad) for n, t in p.items()}))
print(json.dumps(cases))
