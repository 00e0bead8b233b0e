"""Have a network choose its best classes itself, so that rows of 18,710 scores never leave the runtime.

An ONNX file is one protobuf message, and protobuf defines that the concatenation of two messages is their merge: repeated
fields are appended (https://protobuf.dev/programming-guides/encoding/#last-one-wins). So a `TopK` node, its constant and two
graph outputs are added by appending a few dozen bytes, without a library that knows all of ONNX. Field numbers below are
those of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
"""

import struct

PROBABILITIES = "claimkeep_top_probabilities"
CLASSES = "claimkeep_top_classes"

_COUNT = "claimkeep_top_count"
_FLOAT, _INT64 = 1, 7  # TensorProto.DataType
_LENGTH_DELIMITED = 2  # protobuf wire type


def with_top_choices(model: bytes, scores: str, count: int) -> bytes:
    """*model* with two more outputs, PROBABILITIES and CLASSES: the *count* best of the last axis of tensor *scores*."""
    node = b"".join(
        (
            _text(1, scores) + _text(1, _COUNT),  # NodeProto.input
            _text(2, PROBABILITIES) + _text(2, CLASSES),  # NodeProto.output
            _text(3, "claimkeep_top"),  # NodeProto.name
            _text(4, "TopK"),  # NodeProto.op_type
        )
    )
    graph = b"".join(
        (
            _bytes(1, node),  # GraphProto.node
            _bytes(5, _int64_vector(_COUNT, count)),  # GraphProto.initializer
            _bytes(12, _output(PROBABILITIES, _FLOAT)),  # GraphProto.output
            _bytes(12, _output(CLASSES, _INT64)),
        )
    )
    return model + _bytes(7, graph)  # ModelProto.graph


def _int64_vector(name: str, value: int) -> bytes:
    """TensorProto: dims, data_type, name, raw_data."""
    return _number(1, 1) + _number(2, _INT64) + _text(8, name) + _bytes(9, struct.pack("<q", value))


def _output(name: str, element: int) -> bytes:
    """ValueInfoProto: name, type.tensor_type.elem_type; the shape is left for the runtime to infer."""
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, element)))


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | _LENGTH_DELIMITED) + _varint(len(value)) + value


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    septets = bytearray()
    while value > 0x7F:
        septets.append(value & 0x7F | 0x80)
        value >>= 7
    septets.append(value)
    return bytes(septets)
