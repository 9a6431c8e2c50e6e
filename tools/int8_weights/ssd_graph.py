"""Reads the TensorFlow graph of SSD MobileNetV2 with OpenVINO, and writes its network as ONNX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

INPUT = [1, 300, 300, 3]
PREDICTORS = 6  # feature maps with boxes
CLASSES = 91
ARITHMETIC = {"Add": "Add", "Multiply": "Mul", "Subtract": "Sub"}
OPSET = 17


class OnnxGraph:
    """Collects nodes and constants; names are generated."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: Any) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        from onnx import helper

        output = output or f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output


def read_network(graph_path: Path) -> tuple[Any, NDArray[np.float32]]:
    """The part from the picture, `(1, 3, 300, 300)` in RGB, to the predictors, as an OpenVINO model; and the anchors,
    `(1917, 4)` with the corners `y1 x1 y2 x2`."""
    import openvino
    import openvino.opset13 as operators
    from openvino._offline_transformations import apply_moc_transformations

    whole = openvino.Core().read_model(str(graph_path))
    whole.reshape(INPUT)
    nodes = {node.get_friendly_name(): node for node in whole.get_ops()}
    anchors_only = openvino.Model([nodes["Postprocessor/Reshape"].output(0)], whole.get_parameters(), "anchors")
    anchors = openvino.compile_model(anchors_only, "CPU")(np.zeros(INPUT, np.uint8))[0]
    predictors = [
        nodes[f"BoxPredictor_{number}/{kind}/BiasAdd"].output(0)
        for number in range(PREDICTORS)
        for kind in ("BoxEncodingPredictor", "ClassPredictor")
    ]
    picture = operators.parameter([1, 3, *INPUT[1:3]], np.float32, name="image")
    _scaling(whole).input(1).replace_source_output(picture.output(0))
    network = openvino.Model(predictors, [picture], "ssd")
    apply_moc_transformations(network, cf=True)
    return network, np.asarray(anchors, np.float32)


def _scaling(model: Any) -> Any:
    """The multiplication before the first convolution, from 0..255 to 0..2."""
    first = next(node for node in model.get_ordered_ops() if node.get_type_name() == "Convolution")
    shift = first.input(0).get_source_output().get_node()
    return shift.input(0).get_source_output().get_node()


def write_onnx(network: Any, path: Path) -> None:
    """Outputs: `scores`, `(1, 1917, 91)`, and `encodings`, the boxes relative to their anchors, `(1, 1917, 4)`."""
    import onnx
    from onnx import TensorProto, helper

    graph = OnnxGraph()
    predicted = _translated(network, graph)
    joined = []
    for offset, columns in ((0, 4), (1, CLASSES)):
        shape = graph.constant(np.array([1, -1, columns], np.int64))
        parts = [graph.add("Reshape", [name, shape]) for name in predicted[offset::2]]
        joined.append(graph.add("Concat", parts, axis=1))
    graph.add("Identity", [joined[0]], "encodings")
    graph.add("Sigmoid", [joined[1]], "scores")
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1917, n])
        for name, n in (("scores", CLASSES), ("encodings", 4))
    ]
    picture = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, *INPUT[1:3]])
    whole = helper.make_graph(graph.nodes, "ssd_mobilenet_v2_coco", [picture], outputs, graph.constants)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _translated(network: Any, graph: OnnxGraph) -> list[str]:
    """The names of the outputs, in their order."""
    values: dict[str, str | NDArray[Any]] = {}
    results: list[str] = []
    for node in network.get_ordered_ops():
        kind, inputs = node.get_type_name(), [values[_source(i)] for i in node.inputs()]
        if kind == "Parameter":
            values[node.get_friendly_name()] = "image"
        elif kind == "Constant":
            values[node.get_friendly_name()] = node.data.copy()
        elif kind != "Result":
            values[node.get_friendly_name()] = _operator(graph, kind, inputs, node.get_attributes())
    for result in network.get_results():
        name = values[_source(result.input(0))]
        assert isinstance(name, str)
        results.append(name)
    return results


def _source(port: Any) -> str:
    return str(port.get_source_output().get_node().get_friendly_name())


def _operator(graph: OnnxGraph, kind: str, inputs: list[Any], attributes: Any) -> str:
    if kind in ("Convolution", "GroupConvolution"):
        return _convolution(graph, kind, inputs, attributes)
    if kind == "Transpose":
        return graph.add("Transpose", [inputs[0]], perm=[int(axis) for axis in inputs[1]])
    if kind == "Reshape":
        return graph.add("Reshape", [inputs[0], graph.constant(np.asarray(inputs[1], np.int64))])
    names = [value if isinstance(value, str) else graph.constant(value) for value in inputs]
    if kind == "Clamp":
        limits = [graph.constant(np.float32(attributes[side])) for side in ("min", "max")]
        return graph.add("Clip", [*names, *limits])
    return graph.add(ARITHMETIC[kind], names)


def _convolution(graph: OnnxGraph, kind: str, inputs: list[Any], attributes: Any) -> str:
    weights, groups = inputs[1], 1
    if kind == "GroupConvolution":
        groups, weights = weights.shape[0], weights.reshape(-1, *weights.shape[2:])
    padding = attributes["auto_pad"].upper()
    pads = (
        {"pads": [*attributes["pads_begin"], *attributes["pads_end"]]}
        if padding == "EXPLICIT"
        else {"auto_pad": padding}
    )
    return graph.add(
        "Conv", [inputs[0], graph.constant(weights)], strides=list(attributes["strides"]), group=groups, **pads
    )
