"""Write notebook.json: numbers of the lecture that lecture.json does not hold, the way examples/lecture.ts makes them.

    python notebook.py --names names.txt > notebook.json        # about two minutes, one thread

The full data set (all words, before the split), minibatches from torch.manual_seed(1), parameters from a generator seeded 2147483647.
"""
import argparse
import json
import random

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
ap = argparse.ArgumentParser()
ap.add_argument('--names', default='names.txt')
words = open(ap.parse_args().names).read().splitlines()
stoi = {s: i for i, s in enumerate(['.'] + sorted(set(''.join(words))))}


def build_dataset(words, block_size=3):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w + '.':
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return torch.tensor(X), torch.tensor(Y)


def fresh(E, H):
    g = torch.Generator().manual_seed(2147483647)
    P = [torch.randn(s, generator=g) for s in ((27, E), (3 * E, H), (H,), (H, 27), (27,))]
    for p in P:
        p.requires_grad = True
    return P


def forward(P, X):
    C, W1, b1, W2, b2 = P
    h = torch.tanh(C[X].view(-1, W1.shape[0]) @ W1 + b1)
    return h @ W2 + b2


def train_on(data, P, count, lr):
    X, Y = data
    losses = []
    for i in range(count):
        ix = torch.randint(0, X.shape[0], (32,))
        loss = F.cross_entropy(forward(P, X[ix]), Y[ix])
        for p in P:
            p.grad = None
        loss.backward()
        for p in P:
            p.data += -lr(i) * p.grad
        losses.append(loss.item())
    return losses


@torch.no_grad()
def loss_of(P, data):
    return F.cross_entropy(forward(P, data[0]), data[1]).item()


full = build_dataset(words)
out = {'torch': torch.__version__, 'cpu_capability': torch.backends.cpu.get_cpu_capability(), 'full': {'shape': list(full[0].shape)}}

P = fresh(2, 100)
out['full']['initial'] = loss_of(P, full)
torch.manual_seed(1)
losses = train_on(full, P, 1000, lambda i: 0.1)
out['full'] |= {'losses': {i: losses[i] for i in (0, 1, 2, 3, 4, 99, 999)}, 'after_1000': loss_of(P, full)}

out['by_hand'] = {}
for lr in (0.0001, 0.001, 0.1, 1, 10):
    torch.manual_seed(1)
    losses = train_on(full, fresh(2, 100), 100, lambda i: lr)
    out['by_hand'][str(lr)] = [losses[i] for i in (0, 24, 49, 74, 99)]

lrs = 10 ** torch.linspace(-3, 0, 1000)
torch.manual_seed(1)
losses = train_on(full, fresh(2, 100), 1000, lambda i: lrs[i])
out['finder'] = {str(i): losses[i] for i in range(0, 1000, 100)}

torch.manual_seed(1)
P = fresh(2, 100)
out['decay'] = []
for lr in (0.1, 0.1, 0.01):
    train_on(full, P, 10000, lambda i: lr)
    out['decay'].append(loss_of(P, full))

random.seed(42)
random.shuffle(words)
n1, n2 = int(0.8 * len(words)), int(0.9 * len(words))
train, dev = build_dataset(words[:n1]), build_dataset(words[n1:n2])
for name, E, H, steps in (('split', 2, 100, 30000), ('h300', 2, 300, 60000)):
    torch.manual_seed(1)
    P = fresh(E, H)
    train_on(train, P, steps, lambda i: 0.1 if i < steps / 2 else 0.01)
    out[name] = {'steps': steps, 'parameters': sum(p.nelement() for p in P), 'train': loss_of(P, train), 'dev': loss_of(P, dev)}

print(json.dumps(out, indent=1))
