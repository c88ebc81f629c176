"""Write print.json: tensors and the text that PyTorch prints for them.

    python print.py > print.json
"""
import base64
import json

import torch

G = torch.Generator().manual_seed(2147483647)
inf, nan = float('inf'), float('nan')
r = lambda *shape: torch.randn(shape, generator=G)
CASES = [
    torch.tensor(3.0), torch.tensor(2.5), torch.tensor(-0.0), torch.tensor(1e-5), torch.tensor(123456789.0), torch.tensor(7), torch.tensor(nan),
    torch.tensor([]), torch.zeros(2, 0), torch.zeros(0, 3), torch.zeros(3), torch.tensor([0.0, -0.0, 0.5]), torch.tensor([1.0, 2.0, -10.0]),
    torch.tensor([1.0, 2.5, -0.12345]), torch.tensor([1.0, 2000.0, 3.5]), torch.tensor([1.0, 2000.0, 3.0]), torch.tensor([1.0, 1000.0]),
    torch.tensor([0.03125, 0.09375, 0.15625, -0.03125, 0.21875]),  # ties: to the even digit
    torch.tensor([100002.5, 100007.5, 1.0, 9.999951]), torch.tensor([1.000025e5, 262145.5, 0.001]),
    torch.tensor([nan, inf, -inf, 1.0]), torch.tensor([nan, inf, -inf, 1.5]), torch.tensor([nan, inf]), torch.tensor([inf, 1e10, 1.0]),
    torch.tensor([1e-45, 3.4028235e38, 1.1754944e-38]), torch.tensor([1e8, 2.0]), torch.tensor([99999999.0, 1e8]), torch.tensor([2e8, 1e8]),
    torch.tensor([0.00011, 0.1]), torch.tensor([0.00009, 0.01]), torch.tensor([99999.99999, 123.0]), torch.tensor([0.99999, 0.5]),
    torch.tensor([1, 2, 3]), torch.tensor([[1, -20], [300, 4]]), torch.tensor([[[1], [2]], [[3], [4]]]), torch.arange(100), torch.arange(18).view(3, 3, 2),
    torch.arange(24).view(2, 1, 3, 4), torch.arange(40).view(1, 40), torch.full((4,), 16777217),
    r(27, 2), r(6), r(100), r(3, 30), r(2, 3, 4), 100 * r(3, 4), r(4, 4).exp(), 10 ** r(3, 3).mul(3), r(3, 3).mul(4).round(), r(2, 2, 2, 2),
    r(1000), r(1001), r(11, 92), r(7, 144), r(501, 2), r(2, 501), r(11, 10, 10), r(5, 6, 34), r(2, 3, 10, 17), torch.arange(2000),
    torch.arange(1001).view(7, 143), torch.cat([torch.full((500,), 1e9), r(502)]).view(-1, 2), torch.arange(1004).view(251, 4).t(),
]


def case(t):
    head, text = {'dtype': str(t.dtype).removeprefix('torch.'), 'shape': list(t.shape)}, {'text': str(t)}
    if t.is_floating_point() and t.numel() > 100:
        return head | {'b64': base64.b64encode(t.contiguous().numpy().astype('<f4').tobytes()).decode()} | text
    values = [v if v == v and abs(v) != inf else str(v) for v in t.reshape(-1).tolist()]
    values = [{'nan': 'NaN', 'inf': 'Infinity', '-inf': '-Infinity'}.get(v, v) for v in values]
    # -0.0 is not kept by every JSON writer
    return head | {'values': ['-0' if str(v) == '-0.0' else v for v in values]} | text


print('[\n' + ',\n'.join(json.dumps(case(t), separators=(',', ':')) for t in CASES) + '\n]')
