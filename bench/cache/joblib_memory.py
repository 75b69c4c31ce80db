"""The same as manyhands.ts with joblib.Memory: prints one line of JSON. Called with a folder and a number of calls."""

import json
import shutil
import sys
import time

import joblib
import numpy as np

folder, small_count = sys.argv[1], int(sys.argv[2])
memory = joblib.Memory(folder, verbose=0)
BIG_COUNT = 50


@memory.cache
def small(n):
    return {"id": n, "name": f"item {n}", "score": n * 0.1, "tags": ["a", "b", "c"]}


@memory.cache
def big(n):
    return {"n": n, "data": np.full(131_072, float(n))}


def plain_big(n):
    return {"n": n, "data": np.full(131_072, float(n))}


def microseconds(call, numbers):
    started = time.perf_counter()
    for n in numbers:
        call(n)
    return (time.perf_counter() - started) / len(numbers) * 1e6


figures = {}
small(-1), big(-1)
figures["small miss"] = microseconds(small, range(small_count))
figures["small hit"] = microseconds(small, range(small_count))
figures["1 MB miss"] = microseconds(big, range(BIG_COUNT)) - microseconds(plain_big, range(BIG_COUNT))
figures["1 MB hit"] = microseconds(big, range(BIG_COUNT))
value = {"id": 17, "name": "item 17", "score": 1.7, "tags": ["a", "b", "c"], "nested": {"ok": True}}
figures["hash small"] = microseconds(lambda _: joblib.hash(value), range(2_000))
array = np.arange(12_500_000, dtype=np.float64) * 0.1
figures["hash 100 MB"] = microseconds(lambda _: joblib.hash(array), range(3))
shutil.rmtree(folder, ignore_errors=True)
print(json.dumps(figures))
