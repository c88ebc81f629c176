"""Write masks.json: masks, positions and changes in place, with their gradients, as PyTorch 2.13 computes them.

    python masks.py > masks.json
"""
import json

import torch
import torch.nn.functional as F

inf, nan = float('inf'), float('nan')
G = torch.Generator().manual_seed(5)
f = lambda *values: torch.tensor(values)
i = lambda *values: torch.tensor(values, dtype=torch.int64)
r = lambda *shape: torch.randn(shape, generator=G)

INPUTS = {
    'special': {'a': f(1.5, -0.0, 0.0, nan, inf, -inf, 2.0), 'b': f(1.5, 0.0, 1.0, nan, inf, inf, -2.0)},
    'whole': {'a': i(-3, 0, 2147483647, 5, -2147483648), 'b': i(-3, 1, -1, 2, 7)},
    'matrix': {'a': r(3, 4), 'b': r(4), 'i': i(2, 0, 2)},
    'places': {'a': r(2, 3, 2), 'b': r(2, 4, 2), 'i': i(2, 0, 2, 1)},
    'powers': {'a': f(0.0, 0.0, 4.0), 'b': f(1.75, 0.0, 0.5)},
    'losses': {'a': r(2, 5, 3), 'y': torch.tensor([[0, 4, 2], [-100, 1, 1]]), 'w': torch.rand(5, generator=G)},
}
CASES = [
    ('special', name) for name in ['a == b', 'a != b', 'a < b', 'a <= b', 'a > b', 'a >= b', 'a.bool()', 'a > 0', 'torch.where(a > b, a, b)',
                                   'a.masked_fill(a != a, 0)', 'torch.where(a == a, a, 0)', 'a.logical_and(b)', 'a.logical_or(b)', 'a.logical_xor(b)',
                                   'a.logical_not()', '(a > b) + (a == b)', '(a >= b) * (a <= b)', '(a > b).sum()', 'torch.ones_like(a)', 'torch.maximum(a > 0, b > 0)',
                                   'torch.minimum(a > 0, b > 0)', 'torch.sign(a > 0)', 'torch.where(a > b, 0, b > 0)',
                                   'torch.where(a > b, b > 0, 0)']
] + [
    ('whole', name) for name in ['a == b', 'a != b', 'a < b', 'a <= b', 'a > b', 'a >= b', 'a > 1.5', 'a < 3000000000', 'torch.where(a > b, a, b)',
                                 'torch.where(a > b, 1, 0)', 'torch.where(a > b, a, 0.5)', 'torch.zeros_like(a)', 'a.masked_fill(a < 0, -1)']
] + [
    ('matrix', name) for name in ['torch.where(a > b, a, b)', 'torch.where(a > b, 0.0, b)', 'a.masked_fill(b > 0, -1e9)', 'a.masked_fill(a > b, b[0])',
                                  'a.gather(0, i.view(1, 3))', 'a[i, i]', 'a[:, i]', 'a.max()', 'a.max(1).values',
                                  'a.detach().clone().index_add_(1, i, a.detach()[:, :3], alpha=2)',
                                  'a.detach().clone().index_add_(0, i, a.detach())', 'a.detach().clone().copy_(b.detach())',
                                  'a.detach().clone().fill_(2)', 'i.clone().add_(3).mul_(i).sub_(1)', 'torch.zeros(3, 4).copy_(i.view(3, 1))',
                                  'torch.zeros(3, 4, dtype=torch.int64).copy_(a.detach() * 3)',
                                  'a.detach().clone().index_put_((i, i), b.detach()[:3], accumulate=True)',
                                  'a.detach().clone().index_put_((a > 0,), torch.tensor(9.))']
] + [
    ('places', name) for name in ['a.gather(1, i.view(1, 4, 1))', 'a.gather(1, i.view(1, 2, 2))', 'a[:, i]', 'a[:, i, 1]',
                                  'a.detach().clone().index_add_(1, i, b.detach())']
] + [
    ('powers', 'torch.pow(a, b).sqrt()')
] + [
    ('losses', f'F.cross_entropy(a, y, reduction={reduction!r}{more})') for reduction in ['mean', 'sum', 'none']
    for more in ['', ', weight=w', ', label_smoothing=0.1', ', weight=w, label_smoothing=0.3']
]


def record(x):
    special = {inf: 'Infinity', -inf: '-Infinity'}
    value = lambda v: 'NaN' if v != v else special.get(v, v)
    dtype = str(x.dtype).removeprefix('torch.')
    return {'dtype': dtype, 'shape': list(x.shape), 'values': [value(v) for v in x.detach().flatten().tolist()]}


cases = []
for name, expr in CASES:
    inputs = {k: x.clone().requires_grad_(x.is_floating_point() and k != 'w') for k, x in INPUTS[name].items()}
    out = eval(expr, {'torch': torch, 'F': F, **inputs})
    case = {'expr': expr, 'inputs': {k: record(x) for k, x in inputs.items()}, 'output': record(out)}
    if out.requires_grad:
        g = torch.arange(1, out.numel() + 1).float().view(out.shape)
        out.backward(g)
        case['grads'] = {k: record(x.grad) for k, x in inputs.items() if x.grad is not None}
    cases.append(case)
print(json.dumps({'torch': torch.__version__, 'cases': cases}, indent=1))
