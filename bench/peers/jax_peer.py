"""JAX, the whole loop under jit and lax.scan. Usage: jax_peer.py step BATCH THREADS | words BATCH THREADS"""
import os, sys

task, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))  # XLA's CPU threads follow the cores it may use
import jax
import jax.numpy as jnp
from serve import serve

N, V, context, E, H, lr = (182_625, 27, 3, 10, 200, 0.1) if task == "step" else (100_000, 16_383, 5, 30, 100, 1e-4)
k = jax.random.split(jax.random.key(0), 7)
X, Y = jax.random.randint(k[0], (N, context), 0, V), jax.random.randint(k[1], (N,), 0, V)
shapes = {"C": (V, E), "W1": (context * E, H), "b1": (H,), "W2": (H, V), "b2": (V,)}
parameters = {name: jax.random.normal(key, shape) for key, (name, shape) in zip(k[2:], shapes.items())}
if task == "words":  # as mm-train's: unscaled, probabilities are subnormal numbers, which are slow
    parameters |= {name: parameters[name] / shapes[name][0] ** 0.5 for name in ("W1", "W2")}


def loss_of(p, x, y):
    h = jnp.tanh(p["C"][x].reshape(-1, context * E) @ p["W1"] + p["b1"])
    logits = h @ p["W2"] + p["b2"]
    return (jax.nn.logsumexp(logits, axis=1) - jnp.take_along_axis(logits, y[:, None], 1)[:, 0]).mean()


def step(p, key):
    ix = jax.random.randint(key, (batch,), 0, N)
    loss, grads = jax.value_and_grad(loss_of)(p, X[ix], Y[ix])
    return jax.tree.map(lambda a, g: a - lr * g, p, grads), loss


@jax.jit
def run(p, keys):
    return jax.lax.scan(step, p, keys)


steps = max(2, 8_000 // batch if task == "step" else 2)
keys = jax.random.split(jax.random.key(1), steps)


def work(n):
    for _ in range(n):
        jax.block_until_ready(run(parameters, keys))


serve(f"JAX {jax.__version__}", work, steps)
