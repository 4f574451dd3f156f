"""octet_tflite.lite.TFLiteConverter: what is written, and what is refused."""

import itertools
import subprocess

import numpy as np
import octet_tflite
import pytest
from helpers import EXAMPLES, ROOT, command, digits
from octet_tflite import lite
from octet_tflite.lite.spec import plan

FC = EXAMPLES / "mnist_fc_k2.h5"
SAVED_MODELS = ROOT / "tests" / "cli" / "fixtures" / "saved_models"
INT8 = [lite.OpsSet.TFLITE_BUILTINS_INT8]
INT16X8 = [lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]


@pytest.fixture(scope="module")
def images():
    return digits()[0][:40]


def converter(images=None, optimizations=(lite.Optimize.DEFAULT,), **attributes):
    made = lite.TFLiteConverter.from_keras_model(FC)
    made.optimizations = optimizations
    if images is not None:
        made.representative_dataset = lambda: ([image[np.newaxis]] for image in images)
    for name, value in attributes.items():
        setattr(made.target_spec if name.startswith("supported") else made, name, value)
    return made


def types_of(content):
    interpreter = lite.Interpreter(model_content=content)
    details = {one["name"]: one["dtype"].__name__ for one in interpreter.get_tensor_details()}
    ports = interpreter.get_input_details() + interpreter.get_output_details()
    return details, [one["dtype"].__name__ for one in ports]


MODES = [
    # attributes; with samples; options of the command
    ({"optimizations": []}, False, ["--mode", "float32"]),
    ({"optimizations": []}, True, ["--mode", "float32"]),
    ({}, False, ["--mode", "dynamic"]),
    ({"optimizations": [lite.Optimize.OPTIMIZE_FOR_SIZE]}, False, ["--mode", "dynamic"]),
    ({"supported_types": ["float16"]}, False, ["--mode", "float16"]),
    ({"supported_types": [np.float16]}, True, ["--mode", "float16"]),
    ({}, True, ["--input-type", "float32", "--output-type", "float32"]),
    ({"supported_ops": INT8}, True, ["--input-type", "float32", "--output-type", "float32"]),
    ({"supported_types": [np.int8]}, True, ["--input-type", "float32", "--output-type", "float32"]),
    ({"supported_ops": INT8, "inference_input_type": np.int8, "inference_output_type": "int8"}, True, []),
    ({"inference_input_type": np.uint8, "inference_output_type": np.dtype("uint8")}, True,
     ["--input-type", "uint8", "--output-type", "uint8"]),
    ({"inference_input_type": np.uint8}, True, ["--input-type", "uint8", "--output-type", "float32"]),
    ({"supported_ops": INT16X8}, True, ["--mode", "int16x8"]),
    ({"supported_ops": [*INT16X8, lite.OpsSet.TFLITE_BUILTINS], "inference_input_type": np.int16,
      "inference_output_type": np.int16}, True,
     ["--mode", "int16x8", "--input-type", "int16", "--output-type", "int16"]),
    ({"supported_ops": INT8, "_experimental_disable_per_channel": True}, True,
     ["--per-tensor", "--input-type", "float32", "--output-type", "float32"]),
    ({"_experimental_disable_per_channel_quantization_for_dense_layers": True}, True,
     ["--per-tensor-dense", "--input-type", "float32", "--output-type", "float32"]),
    ({"_experimental_disable_per_channel": True}, False, ["--mode", "dynamic", "--per-tensor"]),
    ({"strict_tensorflow": True}, True, ["--strict-tensorflow", "--input-type", "float32", "--output-type", "float32"]),
]  # fmt: skip


@pytest.mark.parametrize("attributes, with_samples, options", MODES, ids=str)
def test_the_command_writes_the_same_bytes(images, tmp_path, attributes, with_samples, options):
    np.save(tmp_path / "images.npy", images)
    data = ["--data", tmp_path / "images.npy", "--samples", "all"] if with_samples and options[:2] not in (
        ["--mode", "float32"], ["--mode", "float16"]) else []  # fmt: skip
    target = tmp_path / "out.tflite"
    subprocess.run([*command(), "quantize", FC, *data, *options, "--no-evaluate", "-o", target], check=True)
    assert converter(images if with_samples else None, **attributes).convert() == target.read_bytes()


@pytest.mark.parametrize(
    "attributes, mode, calibrates",
    [
        ({}, "int8", False),
        ({"optimizations": []}, "float32", False),
        ({"supported_ops": INT8, "inference_input_type": np.uint8}, "int8", False),
        ({"supported_ops": INT16X8}, "int16x8", False),
        ({"representative_dataset": list}, "int8", True),
    ],
)
def test_trained_ranges_need_no_samples(attributes, mode, calibrates):
    made = converter(**attributes)
    planned = plan(made, lambda: True)
    assert (planned.mode, planned.calibrates) == (mode, calibrates)


def test_inputs_and_outputs_are_float_unless_asked(images):
    details, ports = types_of(converter(images).convert())
    assert ports == ["float32", "float32"] and "int8" in details.values()
    assert types_of(converter(images, inference_input_type=np.int8).convert())[1] == ["int8", "float32"]


def test_samples_may_come_in_any_form(images):
    expected = converter(images).convert()
    whole = [images]
    for given in (
        lambda: ([image[np.newaxis]] for image in images),
        lambda: iter([[images[:7]], [images[7:]]]),
        lambda: iter([{"input_1": images[:1]}, {"input_1": images[1:]}]),
        lambda: iter([("serving_default", {"input_1": images})]),
        lambda: iter([(images,)]),
        lambda: [images],
        lambda: [[images.astype(np.float64)]],
        lambda: [[np.asfortranarray(images)]],
        lambda: [[images.astype(">f4")]],
        lambda: [[images.tolist()]],
        [whole],
        lite.RepresentativeDataset(lambda: [whole]),
        lambda: [[images.reshape(-1, 784)]],
    ):
        made = converter()
        made.representative_dataset = given
        assert made.convert() == expected


def test_all_samples_are_used_once_in_order(images):
    seen = []

    def samples():
        for number in range(len(images)):
            seen.append(number)
            yield [images[number : number + 1]]

    made = converter()
    made.representative_dataset = samples
    made.convert()
    assert seen == list(range(len(images)))


def bad(value):
    """Representative data of one batch."""
    return {"representative_dataset": lambda: iter([value])}


ONE = np.zeros((1, 28, 28, 1), np.float32)


@pytest.mark.parametrize(
    "attributes, error, words",
    [
        ({"supported_ops": INT8, "representative_dataset": None}, ValueError, "set representative_dataset"),
        ({"supported_ops": INT8, "supported_types": ["float16"]}, ValueError, "int8 only"),
        ({"inference_input_type": np.float64}, ValueError, "in mode int8 it can be float32 or int8 or uint8"),
        ({"inference_input_type": np.int16}, ValueError, "it can be float32 or int8 or uint8"),
        ({"optimizations": [], "inference_input_type": np.int8}, ValueError, "in mode float32 it can be float32"),
        ({"inference_output_type": "tiny"}, ValueError, "give a type"),
        ({"optimizations": ["FASTER"]}, ValueError, "it takes DEFAULT"),
        ({"optimizations": lite.Optimize.DEFAULT}, ValueError, "give a list"),
        ({"optimizations": [lite.Optimize.EXPERIMENTAL_SPARSITY]}, NotImplementedError, "dense weights"),
        ({"supported_ops": ["SELECT"]}, ValueError, "it takes TFLITE_BUILTINS"),
        ({"supported_ops": []}, ValueError, "is empty"),
        ({"supported_ops": [lite.OpsSet.EXPERIMENTAL_STABLEHLO_OPS]}, NotImplementedError, "StableHLO"),
        ({"supported_types": "int8"}, ValueError, "give a list"),
        ({"allow_custom_ops": True}, NotImplementedError, "octet has only False"),
        ({"representative_dataset": lambda: iter([])}, ValueError, "yields nothing"),
        ({"representative_dataset": lambda: None}, ValueError, "gives NoneType"),
        ({"representative_dataset": 7}, ValueError, "gives int"),
        (bad([]), ValueError, "has 0 arrays, the model has 1 inputs"),
        (bad([ONE, ONE]), ValueError, "has 2 arrays"),
        (bad({}), ValueError, "has no input_1"),
        (bad({"input_1": ONE, "x": ONE}), ValueError, "has x"),
        (bad([ONE.astype(np.uint8)]), ValueError, "uint8 is given, the model takes float32"),
        (bad([ONE.astype(str)]), ValueError, "the model takes float32"),
        (bad([ONE * np.nan]), ValueError, "NaN"),
        (bad([ONE[:, :5]]), ValueError, r"\[5,28,1\] do not fit"),
        (bad([ONE[:0]]), ValueError, "counts samples"),
        (bad([np.float32(1)]), ValueError, "counts samples"),
        (bad([[[1, 2], [3]]]), ValueError, "is no array"),
        (bad([None]), ValueError, "the model takes float32"),
    ],
    ids=itertools.count(),
)
def test_what_does_not_fit_is_told_in_one_sentence(images, attributes, error, words):
    with pytest.raises(error, match=words) as caught:
        converter(images, **attributes).convert()
    assert isinstance(caught.value, octet_tflite.Error) and "\n" not in str(caught.value)


def test_what_the_generator_raises_comes_through():
    def samples():
        yield [ONE]
        raise ZeroDivisionError("in the middle")

    made = converter()
    made.representative_dataset = samples
    with pytest.raises(ZeroDivisionError, match="in the middle"):
        made.convert()


def test_what_is_not_there_is_said_by_name(tmp_path):
    made = converter()
    with pytest.raises(AttributeError, match="has no post_training_quantize: it has .*optimizations"):
        made.post_training_quantize = True
    with pytest.raises(AttributeError, match="has no inference_type"):
        made.inference_type  # noqa: B018
    made.experimental_new_converter = True
    assert made.experimental_new_converter is True
    with pytest.raises(NotImplementedError, match="save the model"):
        lite.TFLiteConverter.from_concrete_functions([])
    with pytest.raises(NotImplementedError, match="is a SavedModel without keras_metadata.pb: .*save it with"):
        lite.TFLiteConverter.from_saved_model(SAVED_MODELS / "plain")
    with pytest.raises(NotImplementedError, match="signature_keys: .*'train'.*: leave signature_keys out"):
        lite.TFLiteConverter.from_saved_model(SAVED_MODELS / "shared", signature_keys=["train"])
    with pytest.raises(AttributeError, match="octet_tflite.lite has no toco_convert: it has .*TFLiteConverter"):
        lite.toco_convert  # noqa: B018
    with pytest.raises(AttributeError, match="it has OpResolverType"):
        lite.experimental.Analyzer  # noqa: B018


def test_a_saved_model_gives_the_bytes_of_its_h5():
    for source in (SAVED_MODELS / "nested", str(SAVED_MODELS / "nested")):
        made = lite.TFLiteConverter.from_saved_model(source, ["serving_default"], {"serve"}).convert()
        assert made == lite.TFLiteConverter.from_keras_model(SAVED_MODELS / "nested.h5").convert()
    assert octet_tflite.load_model(SAVED_MODELS / "shared").summary() != ""


def test_a_quantized_model_is_not_quantized_again(images, tmp_path):
    (tmp_path / "int8.tflite").write_bytes(converter(images).convert())
    with pytest.raises(octet_tflite.UsageError, match="is quantized already"):
        lite.TFLiteConverter.from_keras_model(tmp_path / "int8.tflite")


def test_models_are_taken_as_path_bytes_and_object(images):
    expected = converter(images).convert()
    for source in (str(FC), FC.read_bytes(), octet_tflite.load_model(FC)):
        made = lite.TFLiteConverter.from_keras_model(source)
        made.optimizations = [lite.Optimize.DEFAULT]
        made.representative_dataset = lambda: [[images]]
        assert made.convert() == expected
    with pytest.raises(octet_tflite.UsageError):
        lite.TFLiteConverter.from_keras_model(5)
