"""Models of one operator, cut out of a .tflite file: LiteRT computes each on the operands that octet had (`octet run --dump`)."""
import glob
import os
import re

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

NAMES = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith("_")}


def is_constant(model, index):
    buffer = model.buffers[model.subgraphs[0].tensors[index].buffer]
    return buffer.data is not None and len(buffer.data) > 0


class Model:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.content = file.read()
        whole = self.unpacked()
        self.graph, self.codes = whole.subgraphs[0], whole.operatorCodes

    def unpacked(self):
        return schema.ModelT.InitFromPackedBuf(self.content)

    def dumped(self, folder):
        """{number of a tensor: array} of a folder that --dump filled: inputs, then what operators computed, in their order. Values that
        are computed once, from constants, are not in it."""
        paths, values = sorted(glob.glob(os.path.join(folder, "*.npy"))), {}
        for tensor in [*self.graph.inputs, *(i for op in self.graph.operators for i in op.outputs)]:
            name = re.sub(r"[^A-Za-z0-9.-]", "_", self.graph.tensors[tensor].name.decode())[:100]
            if paths and os.path.basename(paths[0])[4:-4] == name:
                values[int(tensor)] = np.load(paths.pop(0))
        assert not paths, paths
        return values

    def operator(self, index):
        """Name, inputs and outputs of an operator, as numbers of tensors."""
        op = self.graph.operators[index]
        code = self.codes[op.opcodeIndex]
        return NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)], [int(i) for i in op.inputs], [int(i) for i in op.outputs]

    def run(self, index, values, resolver):
        """Outputs of one operator by LiteRT; values: of dumped(). Operators that only unpack constants for it go with it."""
        model = self.unpacked()
        graph = model.subgraphs[0]
        chosen = graph.operators[index]
        wanted = [int(i) for i in chosen.inputs if i >= 0]
        unpackers = [op for op in graph.operators if op is not chosen and set(op.outputs) & set(wanted) and
                     all(is_constant(model, i) for i in op.inputs)]
        made = {int(i) for op in unpackers for i in op.outputs}
        fed = [i for i in dict.fromkeys(wanted)
               if i not in made and not is_constant(model, i) and not graph.tensors[i].isVariable]
        graph.operators, graph.inputs, graph.outputs = [*unpackers, chosen], fed, [int(i) for i in chosen.outputs]
        model.signatureDefs = None
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        interpreter = Interpreter(model_content=bytes(builder.Output()), experimental_op_resolver_type=resolver, num_threads=1)
        interpreter.allocate_tensors()
        for detail, tensor in zip(interpreter.get_input_details(), fed):
            interpreter.set_tensor(detail["index"], values[tensor].reshape(detail["shape"]))
        interpreter.invoke()
        return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
