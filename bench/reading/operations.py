"""How many floating-point operations a network takes for a page, and how many a core could do in the time."""

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from bench.results import ROOT

WIDTHS = (160, 480, 960)
"""Three widths settle a polynomial of the second degree: convolutions grow with the width, attention with its square."""

PEAK_SIDE = 2048


class StripOperations:
    """Operations (a multiplication and an addition are two) of a recogniser for one strip, by its width in columns."""

    def __init__(self, model: bytes) -> None:
        counts = [network_operations(model, (1, 3, 48, width)) for width in WIDTHS]
        self._polynomial = np.linalg.solve(np.vander(WIDTHS, 3), counts)

    def of(self, width: int) -> float:
        return float(np.polyval(self._polynomial, width))


def network_operations(model: bytes, shape: Sequence[int]) -> int:
    """Of convolutions and matrix products for one input of *shape*, all but a hundredth of the whole.

    The network is run once, unoptimised, so that its nodes are those of the file, and the runtime tells each node's shapes.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.enable_profiling = True
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    with tempfile.TemporaryDirectory(prefix="claimkeep-bench-") as folder:
        options.profile_file_prefix = str(Path(folder) / "trace")
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        session.run(None, {session.get_inputs()[0].name: np.zeros(shape, dtype=np.float32)})
        trace = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    return sum(node_operations(event["args"]) for event in trace if "output_type_shape" in event.get("args", {}))


def node_operations(node: Mapping[str, Any]) -> int:
    """*node* as onnxruntime's trace tells it: `op_name`, and shapes of inputs and outputs.

    Raises ValueError for a node that is none of those counted, but multiplies matrices all the same.
    """
    if node["op_name"] not in _OPERATIONS:
        if re.search("Conv|MatMul|Gemm|LSTM|GRU", node["op_name"]):
            raise ValueError(f"operations of {node['op_name']} are not known")
        return 0
    inputs, (output, *_) = _shapes(node["input_type_shape"]), _shapes(node["output_type_shape"])
    return int(_OPERATIONS[node["op_name"]](inputs, output))


def _shapes(told: Iterable[Mapping[str, Sequence[int]]]) -> list[Sequence[int]]:
    return [shape for each in told for shape in each.values()]


_OPERATIONS = {
    "Conv": lambda inputs, output: 2 * prod(output) * prod(inputs[1][1:]),
    # The trace leaves its kernel out; in these networks it is as large as the stride, so each output has one term per channel.
    "ConvTranspose": lambda inputs, output: 2 * prod(output) * inputs[0][1],
    "MatMul": lambda inputs, output: 2 * prod(output) * inputs[0][-1],
}


def peak_operations_per_second() -> float:
    """Of one core in float32: a large matrix product, measured in a process that is held to one thread."""
    words = ("env", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", sys.executable, "-m", "bench.reading.operations")
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return float(done.stdout)


def _measured_peak() -> float:
    """The best of several: whatever else runs on the machine only ever takes time."""
    one, other = np.random.default_rng(0).random((2, PEAK_SIDE, PEAK_SIDE), dtype=np.float32)
    seconds = []
    for _ in range(7):
        began = time.thread_time()
        one @ other
        seconds.append(time.thread_time() - began)
    return 2 * PEAK_SIDE**3 / min(seconds)


if __name__ == "__main__":
    print(_measured_peak())
