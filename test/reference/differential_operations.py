"""Each operation of a case of test/fuzz/torch, as PyTorch writes it. For differential.py."""
import torch
import torch.nn.functional as F


def tensor_of(x):
    return x if isinstance(x, torch.Tensor) else torch.tensor(x)


def slice_of(p):
    return slice(*p['s']) if isinstance(p, dict) else Ellipsis if p == '...' else slice(None) if p == ':' else p


def positions(list_):
    """int32 tensors stand where PyTorch has int64."""
    return tuple(p.long() if isinstance(p, torch.Tensor) and p.dtype == torch.int32 else slice_of(p) for p in list_)


def sliced(a, dim, start, end, step):
    a.size(dim)  # IndexError
    return a[(slice(None),) * (dim % a.dim()) + (slice(start, end, step),)]


def layer(z, activation='none'):
    return torch.tanh(z) if activation == 'tanh' else z


def linear(x, weight, bias, activation='none'):
    return layer(F.linear(x, weight.t(), bias), activation)


def rows(tokens, table):
    return F.embedding(tokens, table).reshape(tokens.shape[0], tokens.shape[1] * table.shape[1])


def embedding_linear(tokens, table, weight, bias, activation='none'):
    return layer(rows(tokens, table) @ weight + bias, activation)


def cross_entropy(logits, targets, reduction='mean', ignoreIndex=-100, labelSmoothing=0.0, weight=None):
    if weight is not None:
        weight = weight.to(logits.dtype)
    return F.cross_entropy(logits, targets.long(), weight=weight, ignore_index=ignoreIndex, reduction=reduction,
                           label_smoothing=float(labelSmoothing))


def put(a, at, values, accumulate=False):
    at = tuple(p.long() if p.dtype == torch.int32 else p for p in at)
    return a.index_put_(at, torch.tensor(values, dtype=a.dtype) if not isinstance(values, torch.Tensor) else values, accumulate)


def optional(f):
    """Of a dimension that may be left out."""
    return lambda a, dim=None, **options: f(a) if dim is None and not options else f(a, dim=dim, **options)


OPERATIONS = {
    'add': lambda a, b: a + b, 'sub': lambda a, b: a - b, 'mul': lambda a, b: a * b, 'div': lambda a, b: a / b,
    'neg': lambda a: -a, 'pow': torch.pow,
    'exp': torch.exp, 'log': torch.log, 'log10': torch.log10, 'tanh': torch.tanh, 'sqrt': torch.sqrt,
    'abs': torch.abs, 'sign': torch.sign, 'relu': torch.relu, 'sigmoid': torch.sigmoid,
    'gelu': lambda a, approximate='none': F.gelu(a, approximate=approximate),
    'maximum': lambda a, b: torch.maximum(tensor_of(a), tensor_of(b)),
    'minimum': lambda a, b: torch.minimum(tensor_of(a), tensor_of(b)),
    'clamp': lambda a, low=None, high=None: torch.clamp(a, low, high),
    'where': torch.where, 'maskedFill': lambda a, mask, value: a.masked_fill(mask, value),
    **{name: getattr(torch, name) for name in ('eq', 'ne', 'lt', 'le', 'gt', 'ge')},
    'logicalNot': torch.logical_not, 'logicalAnd': torch.logical_and, 'logicalOr': torch.logical_or,
    'logicalXor': torch.logical_xor,
    'all': lambda a: torch.all(a), 'any': lambda a: torch.any(a),
    'equal': lambda a, b: torch.tensor(torch.equal(a, b)),
    'allclose': lambda a, b, equalNan=False, **options: torch.tensor(torch.allclose(a, b, equal_nan=equalNan, **options)),
    'clone': torch.clone, 'contiguous': lambda a: a.contiguous(),
    'float': lambda a: a.float() if a.dtype != torch.float64 else a, 'int': lambda a: a.int(), 'bool': lambda a: a.bool(),
    'view': lambda a, shape: a.view(shape), 'reshape': lambda a, shape: a.reshape(shape),
    'flatten': lambda a, start=0, end=-1: a.flatten(start, end),
    'squeeze': lambda a, dim=None: a.squeeze() if dim is None else a.squeeze(dim),
    'unsqueeze': torch.unsqueeze, 'permute': lambda a, dims: a.permute(dims), 'transpose': torch.transpose,
    't': torch.t, 'expand': lambda a, shape: a.expand(shape),
    'slice': sliced,
    'select': torch.select, 'unbind': lambda a, dim, k: torch.unbind(a, dim)[k],
    'gather': lambda a, dim, index: torch.gather(a, dim, index.long()),
    'index': lambda a, *at: a[positions(at)],
    'sum': optional(torch.sum), 'mean': optional(torch.mean), 'var': optional(torch.var), 'std': optional(torch.std),
    'cumsum': torch.cumsum, 'max': torch.max, 'min': torch.min,
    'maxAlong': lambda a, dim, **options: torch.max(a, dim, **options)[0],
    'maxAlongIndices': lambda a, dim, **options: torch.max(a, dim, **options)[1],
    'minAlong': lambda a, dim, **options: torch.min(a, dim, **options)[0],
    'minAlongIndices': lambda a, dim, **options: torch.min(a, dim, **options)[1],
    'argmax': optional(torch.argmax),
    'matmul': torch.matmul, 'linear': linear, 'embedding': F.embedding, 'embeddingLinear': embedding_linear,
    'softmax': torch.softmax, 'logSoftmax': torch.log_softmax, 'crossEntropy': cross_entropy,
    'linearCrossEntropy': lambda x, w, b, targets, **options: cross_entropy(linear(x, w, b), targets, **options),
    'oneHot': lambda a, classes: F.one_hot(a.long(), classes),
    'cat': torch.cat, 'stack': torch.stack,
    'zerosLike': torch.zeros_like, 'onesLike': torch.ones_like,
    'add_': lambda a, b: a.add_(b), 'sub_': lambda a, b: a.sub_(b), 'mul_': lambda a, b: a.mul_(b),
    'div_': lambda a, b: a.div_(b), 'copy_': lambda a, b: a.copy_(b), 'fill_': lambda a, b: a.fill_(b),
    'indexPut_': put,
    'indexAdd_': lambda a, dim, index, source, **options: a.index_add_(dim, index, source, **options),
}
