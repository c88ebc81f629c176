"""The lecture's training step in JAX, the whole loop under jit and lax.scan: steps per second. Usage: jax_step.py BATCH THREADS SECONDS"""
import json, os, sys, time

batch, threads, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:threads]))  # XLA's CPU threads follow the cores it may use
import jax
import jax.numpy as jnp

N, V = 182_625, 27
k = jax.random.split(jax.random.key(0), 7)
X, Y = jax.random.randint(k[0], (N, 3), 0, V), jax.random.randint(k[1], (N,), 0, V)
parameters = {
    "C": jax.random.normal(k[2], (V, 10)), "W1": jax.random.normal(k[3], (30, 200)), "b1": jax.random.normal(k[4], (200,)),
    "W2": jax.random.normal(k[5], (200, V)), "b2": jax.random.normal(k[6], (V,)),
}


def loss_of(p, x, y):
    h = jnp.tanh(p["C"][x].reshape(-1, 30) @ p["W1"] + p["b1"])
    logits = h @ p["W2"] + p["b2"]
    return (jax.nn.logsumexp(logits, axis=1) - jnp.take_along_axis(logits, y[:, None], 1)[:, 0]).mean()


def step(p, key):
    ix = jax.random.randint(key, (batch,), 0, N)
    loss, grads = jax.value_and_grad(loss_of)(p, X[ix], Y[ix])
    return jax.tree.map(lambda a, g: a - 0.1 * g, p, grads), loss


@jax.jit
def run(p, keys):
    return jax.lax.scan(step, p, keys)


count = max(10, 64_000 // batch)
keys = jax.random.split(jax.random.key(1), count)
jax.block_until_ready(run(parameters, keys))
rates = []
start = time.perf_counter()
while time.perf_counter() - start < seconds or len(rates) < 5:
    t = time.perf_counter()
    jax.block_until_ready(run(parameters, keys))
    rates.append(count / (time.perf_counter() - t))
print(json.dumps({"stepsPerSecond": rates, "version": jax.__version__}))
