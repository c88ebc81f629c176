"""How far two right answers of one operation may be apart. For differential.py.

U is the unit roundoff of float32, 2^-24. Both sides start from the same float32 operands, so that nothing is owed for what
came before. What is not named here is exact: one rounding of the exact result, or no arithmetic at all.
- A function of mathematics is within `ULPS` units in the last place on both sides together.
- A sum of n terms, in whatever order, is within n U of the sum of the terms' magnitudes: 2 n U for two sides. So are products
  of matrices, running sums, and what is added up at repeated positions; a mean has one rounding more.
- A variance: the mean is wrong by at most d = (n + 2) U max|x|, which moves the sum of squares by 2 d |x - mean| + d^2 each.
- A softmax: the difference from the maximum is rounded, which is a relative error of U |x - max| of its exponential and of
  each of the sum's; then 2 ulp of exp, n U of the sum and a quotient. Its logarithm has the same as an absolute error.
A result below 2^-126 may be wrong by units of 2^-149. Where magnitudes reach the largest float32, the order of a sum decides
whether it overflows: nothing is promised.

Gradients: the rule of each operation is a linear map J of the gradient behind it. Each element is a sum of at most n products
with at most 8 roundings (functions of mathematics count 4), so it is within (8 + n) U of |J|^T |g| on either side, and the
whole chain within the sum of these, times the product of the |J|^T applied to the upstream gradient's magnitude. Where J is
itself a difference (1 - y^2 of tanh) `jacobian_terms` adds the magnitudes of its terms.
"""
import torch

from differential_operations import rows

U = 2.0 ** -24
TINY = 2.0 ** -149
LARGEST = 3.4028e38
ULPS = {'sqrt': 1, 'exp': 2, 'log': 2, 'log10': 4, 'tanh': 4, 'sigmoid': 6, 'pow': 3}


def finite(a):
    """What is not finite makes no rounding: the result is not finite either, and the same."""
    return a.double().nan_to_num(0, 0, 0).abs()


def of_quotient(out, a, b):
    """PyTorch multiplies a number by the reciprocal; else both are exact."""
    return None if isinstance(a, torch.Tensor) else 4 * U * out.abs()


def over(f, a, dim, keepdim):
    """f over some dimensions, or all."""
    if not a.dim():
        return a
    dims = list(range(a.dim())) if dim is None or dim == [] else dim
    return f(a, dims, keepdim) if a.numel() or f is not torch.amax else torch.sum(a, dims, keepdim)  # which is 0 of none


def count(a, out):
    return max(1, a.numel() // max(1, out.numel()))


def of_sum(out, a, dim=None, keepdim=False):
    return 2 * count(a, out) * U * over(torch.sum, finite(a), dim, keepdim)


def of_mean(out, a, dim=None, keepdim=False):
    return (2 * count(a, out) + 2) * U * over(torch.mean, finite(a), dim, keepdim)


def of_variance(out, a, dim=None, keepdim=False, correction=1):
    n = count(a, out)
    d = 2 * (n + 2) * U * over(torch.amax, finite(a), dim, True)
    apart = (a - over(torch.mean, a, dim, True)).abs()
    freedom = max(n - correction, 1e-30)
    return over(torch.sum, 2 * d * apart + d * d, dim, keepdim) / freedom + 2 * (n + 4) * U * out.abs()


def of_deviation(out, a, *rest, **options):
    square = of_variance(out * out, a, *rest, **options)
    return torch.minimum(square / out, square.sqrt()) + 2 * U * out


def exponents_error(a, dim):
    """Relative error of a softmax's exponentials and their sum."""
    finite = torch.where(a.isfinite(), a, 0.0)
    apart = (over(torch.amax, finite, dim, True) - finite).clamp(max=104)
    return 2 * U * (apart + over(torch.amax, apart, dim, True) + (a.shape[dim] if a.dim() else 1) + 8)


def of_softmax(out, a, dim):
    return exponents_error(a, dim) * out


def of_log_softmax(out, a, dim):
    finite = torch.where(a.isfinite(), a, 0.0)
    return exponents_error(a, dim) + 4 * U * (out.abs() + over(torch.amax, finite.abs(), dim, True))


def of_matmul(out, a, b):
    return 2 * a.shape[-1] * U * torch.matmul(finite(a), finite(b))


def of_linear(out, x, weight, bias, activation='none'):
    z = x @ weight + bias
    bound = 2 * (x.shape[1] + 1) * U * (finite(x) @ finite(weight) + finite(bias))
    # tanh' <= 1 - tanh^2 nearby; 1 is never less.
    return bound if activation == 'none' else bound + ULPS['tanh'] * 2 * U * torch.tanh(z).abs()


def of_embedding_linear(out, tokens, table, weight, bias, activation='none'):
    return of_linear(out, rows(tokens, table), weight, bias, activation)


def of_cross_entropy(out, logits, targets, reduction='mean', weight=None, **options):
    """Every row's terms at their largest: at most the weights' share of each, and the sum over n rows."""
    if not logits.numel():
        return torch.zeros_like(out)
    dim = 1 if logits.dim() > 1 else 0
    logs = torch.log_softmax(logits, dim)
    row = (of_log_softmax(logs, logits, dim) + 4 * U * logs.abs()).nan_to_num(0, 0, 0).sum(dim)
    if weight is not None:
        row = row * weight.abs().max()
    n = max(1, targets.numel())
    row = row + 2 * (n + logits.shape[dim] + 8) * U * over(torch.amax, out.abs().nan_to_num(0, 0, 0), None, False)
    if reduction == 'none':
        return row
    if reduction == 'sum':
        return row.sum() + 2 * n * U * out.abs()
    total = weight.double()[targets.long().clamp(0, len(weight) - 1)].sum() if weight is not None else n
    return row.sum() * (1 if weight is None else n / total.clamp(min=1e-30)) + 2 * n * U * out.abs()


def of_linear_cross_entropy(out, x, weight, bias, targets, reduction='mean'):
    z = x @ weight + bias
    moved = 2 * of_linear(z, x, weight, bias).max() if z.numel() else 0
    return of_cross_entropy(out, z, targets, reduction) + moved * (targets.numel() if reduction == 'sum' else 1)


def of_index_add(out, a, dim, index, source, alpha=1):
    return 2 * (index.numel() + 1) * U * finite(a).index_add(dim, index, finite(source * alpha))


def of_put(out, a, at, values, accumulate=False):
    if not accumulate:
        return None
    magnitude = finite(a)
    at = tuple(p.long() if p.dtype == torch.int32 else p for p in at)
    values = finite(values) if isinstance(values, torch.Tensor) else torch.tensor(abs(values), dtype=a.dtype)
    n = a[at].numel()
    return 2 * (n + 1) * U * magnitude.index_put_(at, values, True)


BOUNDS = {
    **{name: (lambda k: lambda out, *_: k * 2 * U * out.abs() + k * TINY)(k) for name, k in ULPS.items()},
    'gelu': lambda out, a, **_: 8 * U * a.abs() + 4 * TINY,
    'div': of_quotient, 'sum': of_sum, 'mean': of_mean, 'var': of_variance, 'std': of_deviation,
    'cumsum': lambda out, a, dim: 2 * (a.shape[dim] if a.dim() else 1) * U * torch.cumsum(finite(a), dim),
    'softmax': of_softmax, 'logSoftmax': of_log_softmax, 'crossEntropy': of_cross_entropy,
    'matmul': of_matmul, 'linear': of_linear, 'embeddingLinear': of_embedding_linear,
    'linearCrossEntropy': of_linear_cross_entropy,
    'indexAdd_': of_index_add, 'indexPut_': of_put,
}


# Of these an infinite operand is taken as 0, or it would hide the magnitudes of all other terms: 0 * inf.
MULTILINEAR = ('matmul', 'linear', 'embeddingLinear', 'linearCrossEntropy')


def jacobian_terms(op, out, args, options):
    """Magnitudes that |J| hides where J is a difference, to be added to it: for each output element a row over the first
    operand; None where there are none."""
    a = args[0]
    if op == 'tanh':
        return torch.diag(2 * out.reshape(-1) ** 2)
    if op == 'gelu':
        # |x| pdf(x) < 0.25; of the approximation x (1 - tanh^2) times a square, which is 0 for large x
        large = a.reshape(-1).abs().clamp(max=10)
        return torch.diag(2 + (large ** 3 if options.get('approximate') == 'tanh' else 0 * large))
    if op in ('softmax', 'logSoftmax'):
        one = torch.eye(a.numel(), dtype=a.dtype)
        each = out.abs() if op == 'softmax' else out.exp()
        return 2 * (torch.diag(each.reshape(-1)) if op == 'softmax' else one)
    if op in ('var', 'std'):
        dim = args[1] if len(args) > 1 else None
        n = count(a, out)
        freedom = max(n - options.get('correction', 1), 1e-30)
        scale = over(torch.amax, a.abs(), dim, True).expand(a.shape).reshape(1, -1)
        return 4 * scale / freedom / (out.reshape(-1, 1) if op == 'std' else 1)
    if op in ('crossEntropy', 'linearCrossEntropy'):
        weight = options.get('weight')
        scale = 1.0 if weight is None or not weight.numel() else float(weight.abs().max() / max(float(weight.abs().min()), 1e-30))
        if op == 'crossEntropy':
            return torch.full((out.numel(), a.numel()), 2 * scale, dtype=a.dtype)
        return torch.full((out.numel(), a.numel()), 4 * float(args[1].abs().sum()), dtype=a.dtype)
    return None
