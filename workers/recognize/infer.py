"""Running a network: the one interface behind which the compute runtime lies."""

from typing import Any, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray


class Network(Protocol):
    """A loaded network with one input."""

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[Any], ...]:
        """The outputs chosen when it was loaded, in that order. Raises the runtime's error on a shape it cannot take."""
        ...


class OnnxNetwork:
    """A network on onnxruntime, on the processor, in float32."""

    def __init__(self, model: bytes, outputs: tuple[str, ...], threads: int) -> None:
        """*outputs* names the tensors wanted. Raises the runtime's error where *model* is not an ONNX file."""
        self._session = onnxruntime.InferenceSession(model, _options(threads), providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._outputs = list(outputs)

    @property
    def metadata(self) -> dict[str, str]:
        """What the model's file says of itself."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, batch: NDArray[np.float32]) -> tuple[NDArray[Any], ...]:
        return tuple(self._session.run(self._outputs, {self._input: batch}))


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
