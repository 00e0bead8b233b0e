"""Running a network: the one interface behind which the compute runtimes lie, and which of them this processor gets.

Measured on the recogniser, one thread: with AMX, OpenVINO in bfloat16 is three times as fast as onnxruntime; without, both
reach nine tenths of the processor's float32 peak and onnxruntime is ahead by a tenth, starts sooner and holds less memory.
"""

import importlib
import platform
import sys
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

BF16_FLAGS = frozenset({"amx_bf16", "avx512_bf16"})
"""Instructions that multiply bfloat16, as Linux names them."""


class Runtime(StrEnum):
    """What runs the networks, and in which numbers."""

    ONNXRUNTIME = "onnxruntime-f32"
    OPENVINO_F32 = "openvino-f32"
    OPENVINO_BF16 = "openvino-bf16"


class Network(Protocol):
    """A loaded network with one input."""

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[Any], ...]:
        """The outputs chosen when it was loaded, in that order. Raises the runtime's error on a shape it cannot take."""
        ...


def best_runtime() -> Runtime:
    """The fastest for this processor."""
    return runtime_for(_processor_flags())


def runtime_for(flags: frozenset[str]) -> Runtime:
    """*flags* as Linux lists them in /proc/cpuinfo."""
    return Runtime.OPENVINO_BF16 if flags & BF16_FLAGS else Runtime.ONNXRUNTIME


def load(model: bytes, outputs: tuple[str, ...], threads: int, runtime: Runtime) -> Network:
    """*outputs* names the tensors wanted. Raises the runtime's error where *model* is not an ONNX file."""
    if runtime is Runtime.ONNXRUNTIME:
        return OnnxNetwork(model, outputs, threads)
    return OpenVinoNetwork(model, outputs, threads, bf16=runtime is Runtime.OPENVINO_BF16)


class OnnxNetwork:
    """A network on onnxruntime, on the processor, in float32."""

    def __init__(self, model: bytes, outputs: tuple[str, ...], threads: int) -> None:
        self._session = onnxruntime.InferenceSession(model, _options(threads), providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._outputs = list(outputs)

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[Any], ...]:
        return tuple(self._session.run(self._outputs, {self._input: batch}))


class OpenVinoNetwork:
    """A network on OpenVINO, on the processor. In bfloat16 results differ from float32's in the third digit."""

    def __init__(self, model: bytes, outputs: tuple[str, ...], threads: int, *, bf16: bool) -> None:
        core = _openvino().Core()
        graph = core.read_model(model)
        for result in graph.get_results():
            if not result.get_output_tensor(0).get_names() & set(outputs):
                graph.remove_result(result)
        properties = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": "bf16" if bf16 else "f32",
            "ENABLE_CPU_PINNING": False,  # pinned, the processes of a pool would share the first core
        }
        self._request = core.compile_model(graph, "CPU", properties).create_infer_request()
        self._outputs = outputs

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[Any], ...]:
        self._request.infer([batch])
        # The request keeps its output buffers and fills them again on the next run.
        return tuple(self._request.get_tensor(name).data.copy() for name in self._outputs)


def _openvino() -> ModuleType:
    """Imported here, as it takes half a second that only those shall pay who use it, and without its telemetry, which writes
    into the home folder and calls its maker as soon as it is imported."""
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment] # to Python: there is none; OpenVINO then does without
    return importlib.import_module("openvino")


def _processor_flags() -> frozenset[str]:
    """Empty where the system does not tell: then nothing but float32 is counted on."""
    if platform.machine() != "x86_64" or not (cpu := Path("/proc/cpuinfo")).exists():
        return frozenset()
    lines = (line for line in cpu.read_text(encoding="utf-8").splitlines() if line.startswith("flags"))
    return frozenset(next(lines, "").partition(":")[2].split())


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Every page brings other shapes: a memory plan for each, and an arena that keeps its largest blocks, only ever grow.
    options.enable_mem_pattern = False
    options.enable_cpu_mem_arena = False
    # A pool that spins between nodes takes the core from the other worker processes.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only: warnings would quote tensor names on standard error for every load
    return options
