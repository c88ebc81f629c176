"""numpy's product, which is OpenBLAS. Usage: numpy_peer.py matmul N THREADS"""
import os, sys

size = int(sys.argv[2])
os.environ["OPENBLAS_NUM_THREADS"] = sys.argv[3]
import numpy as np
from serve import serve

r = np.random.default_rng(1)
a, b = (r.standard_normal((size, size), dtype=np.float32) for _ in range(2))
out = np.empty_like(a)
blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]


def work(n):
    for _ in range(n):
        np.matmul(a, b, out=out)


serve(f"numpy {np.__version__} ({blas['name']} {blas['version']})", work, 2e-9 * size**3)
