"""Which runtime a processor gets."""

import pytest

from workers.recognize.infer import Runtime, best_runtime, runtime_for


@pytest.mark.parametrize("flag", ["amx_bf16", "avx512_bf16"])
def test_a_processor_that_multiplies_bfloat16_gets_openvino(flag: str):
    assert runtime_for(frozenset({"avx2", flag})) is Runtime.OPENVINO_BF16


@pytest.mark.parametrize("flags", [frozenset(), frozenset({"sse2"}), frozenset({"avx2", "fma"}), frozenset({"avx512f"})])
def test_any_other_gets_onnxruntime(flags: frozenset[str]):
    assert runtime_for(flags) is Runtime.ONNXRUNTIME


def test_this_processor_gets_one_of_them():
    assert best_runtime() in Runtime
