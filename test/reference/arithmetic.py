"""Writes arithmetic.json: elementwise functions, powers, limits, spreads and running sums of PyTorch 2.13 (CPU), at special cases too.

    python arithmetic.py > arithmetic.json

Each case: a Python expression of its inputs, its result, and the gradients for a result whose gradient is `grad_out`;
`gap` is how far PyTorch's float32 is from its float64, relative to the larger of 1 and the value.
"""
import json
import math

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
generator = torch.Generator().manual_seed(2147483647)
nan, inf = math.nan, math.inf
SPECIAL = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.0, -2.0, 12.0, -12.0, 88.0, -88.0, 100.0, -100.0, 1e-40, -1e-40, 3e38]
PAIRS = [(a, b) for a in SPECIAL[:13] for b in SPECIAL[:13]]
LEFT, RIGHT = [a for a, _ in PAIRS], [b for _, b in PAIRS]


def number(v):
    if isinstance(v, int):
        return v
    if v != v:
        return "NaN"
    if math.isinf(v):
        return "Infinity" if v > 0 else "-Infinity"
    return "-0" if v == 0 and math.copysign(1, v) < 0 else float(f"{v:.9g}")


def record(t):
    t = t.detach()
    return {"dtype": str(t.dtype).removeprefix("torch.").replace("int64", "int32"), "shape": list(t.shape),
            "values": [number(v) for v in t.reshape(-1).tolist()]}


def run(expr, inputs, dtype):
    leaves = {k: torch.tensor(v.tolist(), dtype=dtype if v.is_floating_point() else v.dtype).reshape(v.shape) for k, v in inputs.items()}
    for v in leaves.values():
        v.requires_grad = v.is_floating_point()
    out = eval(expr, {"torch": torch, "F": F, "nan": nan, "inf": inf}, leaves)
    return leaves, list(out) if isinstance(out, tuple) else [out]


def gap(a, b):
    a, b = a.detach().double(), b.detach().double()
    d = ((a - b).abs() / b.abs().clamp(min=1)).reshape(-1)
    d = d[torch.isfinite(d)]
    return float(d.max()) if len(d) else 0.0


cases = []


def case(expr, note="", **inputs):
    inputs = {k: torch.as_tensor(v) for k, v in inputs.items()}
    leaves, outs = run(expr, inputs, torch.float32)
    exact, exact_outs = run(expr, inputs, torch.float64)
    c = {"expr": expr, "note": note, "inputs": {k: record(v) for k, v in inputs.items()}, "outputs": [record(o) for o in outs]}
    c["gap"] = max(gap(a, b) for a, b in zip(outs, exact_outs))
    if outs[0].requires_grad:
        weights = 2 * torch.rand(outs[0].shape, generator=generator) - 1
        outs[0].backward(weights)
        exact_outs[0].backward(weights.double())
        c["grad_out"] = record(weights)
        c["grads"] = {k: record(v.grad) for k, v in leaves.items() if v.grad is not None}
        c["gradGap"] = max(gap(v.grad, exact[k].grad) for k, v in leaves.items() if v.grad is not None)
    cases.append(c)


def randn(*shape):
    return torch.randn(shape, generator=generator)


for expr in ["a.abs()", "a.sign()", "a.relu()", "a.sigmoid()", "F.gelu(a)", "F.gelu(a, approximate='tanh')"]:
    # PyTorch's vectors give NaN for gelu(inf), its scalars inf; near the largest float both overflow on the way.
    case(expr, "special", a=[x for x in SPECIAL if not ("gelu" in expr and (x == 3e38 or (expr == "F.gelu(a)" and x == inf)))])
    case(expr, "normal", a=3 * randn(5, 7))
for expr in ["a.abs()", "a.sign()", "a.relu()"]:
    case(expr, "int32", a=torch.tensor([3, 0, -2], dtype=torch.int32))
case("torch.maximum(a, b)", "special", a=LEFT, b=RIGHT)
case("torch.minimum(a, b)", "special", a=LEFT, b=RIGHT)
case("torch.maximum(a, b)", "broadcast", a=randn(3, 4), b=randn(4))
case("torch.minimum(a, b)", "broadcast", a=randn(3, 1), b=randn(4))
case("torch.maximum(a, b)", "int32", a=torch.tensor([3, 0, -2], dtype=torch.int32), b=torch.tensor([2, 1, -2], dtype=torch.int32))
for low, high in [(-1.0, 1.0), (None, 1.0), (0.0, None), (2.0, 1.0), (nan, 1.0), (0.0, nan), (-inf, inf)]:
    case(f"a.clamp({low}, {high})", "special", a=SPECIAL)
case("a.clamp(0, 2)", "int32", a=torch.tensor([3, 0, -2], dtype=torch.int32))
for name in ["min", "max"]:
    for note, a in {"normal": randn(3, 4), "ties": [[1.0, 3.0, 3.0], [1.0, 1.0, 3.0]], "NaN": [[1.0, nan, nan], [2.0, nan, 0.0]], "zeros": [[0.0, -0.0], [-0.0, 0.0]]}.items():
        case(f"a.{name}()", note, a=a)
        case(f"a.{name}(0)", note, a=a)
        case(f"a.{name}(1, keepdim=True)", note, a=a)
case("a.min()", "int32", a=torch.tensor([3, -(2**31), 2**31 - 1], dtype=torch.int32))
for exponent in [0, 1, 2, 3, -1, -2, -3, 0.5, -0.5, 2.5, -1.5, 7, 33, inf, nan]:
    case(f"a.pow({exponent})", "special", a=SPECIAL)
    case(f"a.pow({exponent})", "positive", a=randn(5, 7).abs() + 0.1)
for base in [0.0, 1.0, 2.0, -2.0, 10.0, inf, nan]:
    case(f"torch.pow({base}, a)", "special", a=SPECIAL[:13])
    case(f"torch.pow({base}, a)", "normal", a=10 * randn(5, 7))
case("torch.pow(a, b)", "special", a=LEFT, b=RIGHT)
case("torch.pow(a, b)", "broadcast", a=randn(3, 4).abs(), b=randn(4))
case("torch.pow(a, b)", "near 1", a=1 + 0.01 * randn(50), b=2000 * randn(50))
case("torch.pow(a, b)", "int32", a=torch.tensor([3, 2, -2, 1, 0], dtype=torch.int32), b=torch.tensor([4, 31, 3, -1, 0], dtype=torch.int32))
for f in ["var", "std"]:
    case(f"a.{f}()", "normal", a=randn(3, 4))
    case(f"a.{f}(0)", "normal", a=randn(3, 4))
    case(f"a.{f}(1, keepdim=True)", "far from 0", a=randn(3, 4) + 1000)
    case(f"a.{f}((0, 2), correction=0)", "normal", a=randn(3, 4, 2))
    for correction in [0, 1, 2, 1.5]:
        case(f"a.{f}(correction={correction})", "two", a=[1.0, 2.0])
    for note, a in {"one": [3.0], "equal": [3.0, 3.0], "NaN": [nan, 1.0], "infinity": [inf, 1.0]}.items():
        case(f"a.{f}()", note, a=a)
for dim in [0, 1, -1]:
    case(f"a.cumsum({dim})", "normal", a=randn(3, 4, 2))
case("a.cumsum(0)", "special", a=[1.0, nan, 2.0, inf])
case("a.cumsum(0)", "one", a=3.0)
case("a.cumsum(0)", "int32", a=torch.tensor([3, 0, -2]))

print('{"torch":%s,"cases":[\n%s\n]}' % (json.dumps(torch.__version__), ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)))
