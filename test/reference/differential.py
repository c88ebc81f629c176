"""What PyTorch answers to the cases of test/fuzz/torch: one case in JSON a line on stdin, one answer a line on stdout. Run by
`npm run verify:torch`, which also says how to install PyTorch.

An answer has for each step its dtype, shape, numbers (base64 of float32 or int32) and bounds (exponents of 2, null: exact; see
differential_bounds.py), or the error; then the leaves as they are in the end, or their gradients of sum(out * upstream).
"""
import base64
import json
import math
import sys
import warnings
from array import array

import torch

from differential_bounds import BOUNDS, LARGEST, MULTILINEAR, TINY, U, jacobian_terms
from differential_operations import OPERATIONS

warnings.simplefilter('ignore')
torch.set_num_threads(1)
DTYPES = {'float32': torch.float32, 'int32': torch.int32, 'bool': torch.bool}
PATTERN = [1, -0.5, 2, 0.25, -1.5, 3, -0.75]


def number(x):
    """Whole numbers are Python's int, as JavaScript's are int32 here."""
    return float(x) if isinstance(x, str) else int(x) if float(x).is_integer() else float(x)


def decoded(x, leaves, results):
    if isinstance(x, dict):
        if 'l' in x:
            return leaves[x['l']]
        if 'v' in x:
            return results[x['v']]
        if 'n' in x:
            return number(x['n'])
        return x if 's' in x else {k: decoded(y, leaves, results) for k, y in x.items()}
    if isinstance(x, list):
        return [decoded(y, leaves, results) for y in x]
    return number(x) if isinstance(x, (int, float)) and not isinstance(x, bool) else x


def call(args, leaves, results):
    list_ = [decoded(x, leaves, results) for x in args]
    options = list_.pop() if isinstance(list_[-1], dict) and 's' not in list_[-1] else {}
    return list_, options


def mapped(x, f):
    if isinstance(x, torch.Tensor):
        return f(x)
    if isinstance(x, list):
        return [mapped(y, f) for y in x]
    return {k: mapped(y, f) for k, y in x.items()} if isinstance(x, dict) else x


wide = lambda x: mapped(x, lambda t: t.detach().double() if t.dtype == torch.float32 else t.detach())


def encoded(t):
    """base64 of float32, else of int32."""
    kind = 'f' if t.is_floating_point() else 'i'
    return base64.b64encode(array(kind, t.detach().reshape(-1).tolist()).tobytes()).decode()


def exponents(bound, out):
    """Powers of 2 that are no less; 999: nothing is promised, -999: exact."""
    def of(b, y):
        if b / U > LARGEST:
            return 999
        return math.frexp(b)[1] if b > 0 and math.isfinite(y) else -999
    return [of(b, y) for b, y in zip(bound.reshape(-1).tolist(), out.reshape(-1).tolist())]


def is_too_large(out):
    """Whether this library refuses it, whose sums are int32."""
    return out.dtype == torch.int64 and out.numel() > 0 and (out.max() > 2 ** 31 - 1 or out.min() < -2 ** 31)


def spread_of(op, args):
    """What the exponentials of a softmax owe to the rounded distance from the maximum."""
    z = args[0] if op != 'linearCrossEntropy' else args[0] @ args[1] + args[2]
    z = z.detach()[z.isfinite()]
    return 2 * min(104, float(z.max() - z.min())) if z.numel() else 0


def jacobians(op, args, options):
    """|J| with its hidden terms by operand, and how many roundings the rule may have."""
    operands = []

    def leaf(t):
        if t.dtype != torch.float32:
            return t
        x = t.detach().double()
        operands.append((t, (x.nan_to_num(0, 0, 0) if op in MULTILINEAR else x).requires_grad_()))
        return operands[-1][1]
    wide_args, wide_options = mapped(args, leaf), mapped(options, lambda t: t.detach().double())
    saturates = op in ('linear', 'embeddingLinear') and wide_args[-1] == 'tanh'
    out = OPERATIONS[op](*(wide_args[:-1] if saturates else wide_args), **wide_options)
    if not out.requires_grad:
        return [], 0
    rows = [[] for _ in operands]
    flat = out.reshape(-1)
    for j in range(flat.numel()):
        grads = torch.autograd.grad(flat[j], [x for _, x in operands], retain_graph=True, allow_unused=True)
        for row, g, (_, x) in zip(rows, grads, operands):
            row.append((torch.zeros_like(x) if g is None else g).reshape(-1).abs())
    terms = jacobian_terms(op, out.detach(), [w.detach() if isinstance(w, torch.Tensor) else w for w in wide_args], options)
    roundings = 0
    found = []
    for k, ((t, x), row) in enumerate(zip(operands, rows)):
        J = torch.stack(row) if row else torch.zeros(0, x.numel(), dtype=torch.float64)
        if saturates:
            J = 2 * J  # 1 + y^2, where tanh has 1 - y^2
        if terms is not None and k == 0:
            J = J + terms
        elif terms is not None and terms.numel():
            J = J + terms.max()
        if J.numel():
            roundings = max(roundings, 8 + int((J != 0).sum(0).max()))
        found.append((t, J))
    if op in ('softmax', 'logSoftmax', 'crossEntropy', 'linearCrossEntropy'):
        roundings += spread_of(op, wide_args)
    return found, roundings


def answer(case):
    leaves = [torch.tensor([number(x) for x in leaf['values']], dtype=torch.float64).to(DTYPES[leaf['dtype']])
              .reshape(leaf['shape']).requires_grad_(leaf['grad']) for leaf in case['leaves']]
    results, steps, maps = [], [], []
    for op, *args in case['steps']:
        try:
            list_, options = call(args, leaves, results)
            before = wide(mapped(list_, torch.clone)) if op in BOUNDS else None
            out = OPERATIONS[op](*list_, **options)
        except Exception as error:  # whatever PyTorch refuses
            steps.append({'error': str(error).split('\n')[0][:100]})
            return {'steps': steps}
        if is_too_large(out):
            steps.append({'dtype': 'int64', 'shape': list(out.shape), 'numbers': '', 'bounds': None})
            return {'steps': steps}
        out = out.int() if out.dtype == torch.int64 else out
        bounds = None
        if op in BOUNDS and out.dtype == torch.float32 and out.numel():
            try:
                wide_out = wide(out)
                bound = BOUNDS[op](wide_out, *before, **wide(options))
                bounds = None if bound is None else exponents((bound + TINY).expand(out.shape), wide_out)
            except Exception as error:
                raise RuntimeError(f'{case}: {op}') from error
        steps.append({'dtype': str(out.dtype)[6:], 'shape': list(out.shape), 'numbers': encoded(out), 'bounds': bounds})
        maps.append((out, op, list_, options))
        results.append(out)
    result = {'steps': steps}
    out = results[-1]
    if not any(leaf['grad'] for leaf in case['leaves']):
        result['leaves'] = [encoded(leaf) for leaf in leaves]
    elif out.requires_grad:
        upstream = torch.tensor([PATTERN[i % 7] for i in range(out.numel())]).reshape(out.shape)
        try:
            out.backward(upstream)
        except RuntimeError as error:
            result['gradients'] = {'error': str(error)[:100]}
        else:
            result['gradients'] = gradients(out, upstream, leaves, maps)
    return result


def product(magnitudes, J):
    """What is not finite bounds nothing: there the gradient itself does."""
    return magnitudes.nan_to_num(0, 0, 0) @ J.nan_to_num(0, 0, 0)


def gradients(out, upstream, leaves, maps):
    sums = {id(out): upstream.double().abs().reshape(-1)}
    total = 0
    for result, op, args, options in reversed(maps):
        if id(result) not in sums or not result.requires_grad:
            continue
        found, roundings = jacobians(op, args, options)
        total += roundings
        for t, J in found:
            if t is result:
                continue
            part = product(sums[id(result)], J) + 2.0 ** -126
            sums[id(t)] = sums.get(id(t), 0) + part
    answers = []
    for leaf in leaves:
        if leaf.grad is None:
            answers.append(None)
            continue
        g = leaf.grad
        magnitude = sums.get(id(leaf))
        own = 2 * U * total * g.double().nan_to_num(0, 0, 0).abs().reshape(-1)
        bound = own if magnitude is None else torch.maximum(own, 2 * U * total * magnitude)
        answers.append({'numbers': encoded(g), 'bounds': exponents(bound, g)})
    return answers


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)), separators=(',', ':')))
