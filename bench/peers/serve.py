"""What every peer in Python shares: it warms up, says that it is ready, then measures for as many seconds as each line of its input says."""
import json, sys, time


def serve(name, work, amount=1.0):
    """work(n) does it n times over; answers are `amount` per time: steps per second, or GFLOP/s."""
    n, start = 1, time.perf_counter()
    while True:
        t = time.perf_counter()
        work(n)
        if time.perf_counter() - t > 0.02:
            break
        n *= 2
    while time.perf_counter() - start < 0.3:
        work(n)
    print(json.dumps({"ready": name}), flush=True)
    for line in sys.stdin:
        done, start = 0, time.perf_counter()
        while (now := time.perf_counter()) - start < float(line):
            work(n)
            done += n
        print(json.dumps({"rate": amount * done / (now - start)}), flush=True)
