"""Static quantisation: weights for each channel, activations by their ranges for the calibration pictures."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.int8_weights.ssd_graph import OnnxGraph

QUANTISED = ["Conv", "Add", "Clip"]


class _Inputs:
    """The data reader of ONNX Runtime."""

    def __init__(self, name: str, values: Iterable[NDArray[np.float32]]) -> None:
        self._values = ({name: value} for value in values)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._values, None)


def quantise(source: Path, target: Path, values: Iterable[NDArray[np.float32]], first: int) -> None:
    """Operators before the convolution number `first` stay in floating point.

    Weights have seven bits (`reduce_range`): with eight, processors without VNNI saturate the sum of two products.
    """
    import onnx
    from onnxruntime import quantization

    model = _prepared(source, target)
    names = [node.name for node in model.graph.node]
    convolutions = [index for index, node in enumerate(model.graph.node) if node.op_type == "Conv"]
    quantization.quantize_static(
        str(target),
        str(target),
        _Inputs(model.graph.input[0].name, values),
        quant_format=quantization.QuantFormat.QDQ,
        per_channel=True,
        reduce_range=True,
        activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8,
        op_types_to_quantize=QUANTISED,
        nodes_to_exclude=names[: convolutions[first]],
    )
    onnx.checker.check_model(onnx.load(str(target)))


def _prepared(source: Path, target: Path) -> Any:
    """With fused operators and named nodes."""
    import onnx
    from onnxruntime.quantization.shape_inference import quant_pre_process

    quant_pre_process(str(source), str(target), skip_symbolic_shape=True)
    model = onnx.load(str(target))
    for number, node in enumerate(model.graph.node):
        node.name = f"node_{number}"
    onnx.save(model, str(target))
    return model


def append_boxes(path: Path, anchors: NDArray[np.float32]) -> None:
    """Replaces the output `encodings` by `boxes`, with the corners `x1 y1 x2 y2` as shares of the picture."""
    import onnx
    from onnx import TensorProto, helper

    model, graph = onnx.load(str(path)), OnnxGraph()
    corners = anchors[None][:, :, [1, 0, 3, 2]]
    size, centre = corners[..., 2:] - corners[..., :2], (corners[..., :2] + corners[..., 2:]) / 2
    offset = graph.add("Gather", ["encodings", graph.constant(np.array([1, 0]))], axis=2)
    growth = graph.add("Gather", ["encodings", graph.constant(np.array([3, 2]))], axis=2)
    moved = graph.add("Mul", [offset, graph.constant(size / 10)])
    middle = graph.add("Add", [moved, graph.constant(centre)])
    factor = graph.add("Exp", [graph.add("Mul", [growth, graph.constant(np.float32(0.2))])])
    half = graph.add("Mul", [factor, graph.constant(size / 2)])
    graph.add("Concat", [graph.add("Sub", [middle, half]), graph.add("Add", [middle, half])], "boxes", axis=2)
    _rename(graph)
    model.graph.node.extend(graph.nodes)
    model.graph.initializer.extend(graph.constants)
    del model.graph.output[1]
    model.graph.output.append(helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [1, *anchors.shape]))
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _rename(graph: OnnxGraph) -> None:
    """Names that the network does not use."""
    own = {constant.name for constant in graph.constants} | {name for node in graph.nodes for name in node.output}
    own -= {"boxes"}
    for constant in graph.constants:
        constant.name = f"boxes_{constant.name}"
    for node in graph.nodes:
        for names in (node.input, node.output):
            names[:] = [f"boxes_{name}" if name in own else name for name in names]
