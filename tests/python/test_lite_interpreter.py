"""What tf.lite.Interpreter is documented to do, of octet's class and of LiteRT's: the same assertions for both."""

import gc
import importlib
import warnings
from pathlib import Path

import numpy as np
import pytest

MODELS = Path(__file__).parent / "models"
KEYS = {
    "name", "index", "shape", "shape_signature", "dtype", "quantization", "quantization_parameters", "sparsity_parameters",
}  # fmt: skip
REFUSED = (ValueError, RuntimeError)
OCTET = ("octet_tflite.lite", "octet_tflite.lite.experimental")  # modules of the class and of its resolvers


class Implementation:
    """An Interpreter class, and the enumeration of its resolvers."""

    def __init__(self, module, resolvers):
        is_ours = module.startswith("octet_tflite")
        self.create = (importlib.import_module if is_ours else pytest.importorskip)(module).Interpreter
        self.resolvers = importlib.import_module(resolvers).OpResolverType

    def load(self, file, **options):
        return self.create(model_path=str(MODELS / file), **options)

    def ready(self, file, **options):
        interpreter = self.load(file, **options)
        interpreter.allocate_tensors()
        return interpreter


@pytest.fixture(
    params=[
        OCTET,
        ("ai_edge_litert.interpreter", "ai_edge_litert.interpreter"),
    ],
    ids=["octet", "litert"],
)
def lite(request):
    return Implementation(*request.param)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # LiteRT's, of its own options
        yield


def index_of(details, name):
    return next(one["index"] for one in details if one["name"] == name)


def set_ones(interpreter, value=1):
    for one in interpreter.get_input_details():
        interpreter.set_tensor(one["index"], np.full(one["shape"], value, one["dtype"]))


def run(interpreter):
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


# ---- the file ----


def test_path_and_content_give_the_same(lite):
    content = (MODELS / "two_inputs_int8.tflite").read_bytes()
    by_content, by_path = (
        lite.create(model_content=content),
        lite.create(model_path=str(MODELS / "two_inputs_int8.tflite")),
    )
    results = []
    for interpreter in (by_content, by_path, lite.create(MODELS / "two_inputs_int8.tflite")):
        interpreter.allocate_tensors()
        set_ones(interpreter)
        results.append(run(interpreter).tolist())
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"model_path": "x.tflite", "model_content": b"x"},
        {"model_path": "/no/such/file.tflite"},
        {"model_content": b"this is no model at all"},
    ],
)
def test_no_model_is_value_error(lite, arguments):
    with pytest.raises(ValueError):
        lite.create(**arguments)


@pytest.mark.parametrize("num_threads", [0, -1, "2", 1.5])
def test_num_threads_must_be_a_positive_int(lite, num_threads):
    with pytest.raises(ValueError):
        lite.load("flatten.tflite", num_threads=num_threads)


@pytest.mark.parametrize("num_threads", [None, 1, 2])
def test_num_threads_do_not_change_results(lite, num_threads):
    interpreter = lite.ready("flatten.tflite", num_threads=num_threads)
    set_ones(interpreter)
    reference = lite.ready("flatten.tflite")
    set_ones(reference)
    np.testing.assert_allclose(run(interpreter), run(reference), rtol=1e-6)


def test_resolver_types_are_accepted_and_others_refused(lite):
    for resolver in lite.resolvers:
        interpreter = lite.ready("two_inputs_int8.tflite", experimental_op_resolver_type=resolver)
        set_ones(interpreter)
        assert np.abs(run(interpreter) - np.array([[31, 23]])).max() <= 1
    with pytest.raises(ValueError):
        lite.load("two_inputs_int8.tflite", experimental_op_resolver_type="BUILTIN_FAST")


def test_unknown_argument_is_type_error(lite):
    with pytest.raises(TypeError):
        lite.load("flatten.tflite", threads=1)


# ---- details ----


def test_details_have_the_documented_keys_and_types(lite):
    interpreter = lite.load("two_inputs_int8.tflite")
    for one in interpreter.get_input_details() + interpreter.get_output_details() + interpreter.get_tensor_details():
        assert KEYS <= set(one)
        assert type(one["name"]) is str and type(one["index"]) is int
        assert one["shape"].dtype == one["shape_signature"].dtype == np.int32
        assert isinstance(one["dtype"], type) and issubclass(one["dtype"], np.generic)
        scale, zero_point = one["quantization"]
        assert type(one["quantization"]) is tuple and type(scale) is float and type(zero_point) is int
        parameters = one["quantization_parameters"]
        assert parameters["scales"].dtype == np.float32 and parameters["zero_points"].dtype == np.int32
        assert len(parameters["scales"]) == len(parameters["zero_points"])
        assert type(parameters["quantized_dimension"]) is int
        assert one["sparsity_parameters"] == {}


def test_details_of_inputs_and_outputs(lite):
    interpreter = lite.load("two_inputs_int8.tflite")
    first, second = interpreter.get_input_details()
    assert [first["name"], second["name"]] == ["serving_default_b:0", "serving_default_a:0"]
    assert [first["index"], second["index"]] == [0, 1]
    assert first["dtype"] is np.int8
    assert first["shape"].tolist() == [1, 3] and first["shape_signature"].tolist() == [-1, 3]
    assert first["quantization"] == (pytest.approx(0.016962990164756775, abs=0), 11)
    assert first["quantization_parameters"]["scales"].tolist() == [first["quantization"][0]]
    (output,) = interpreter.get_output_details()
    assert output["name"] == "StatefulPartitionedCall:0" and output["index"] == 6
    assert output["shape"].tolist() == [1, 2] and output["shape_signature"].tolist() == [-1, 2]
    assert output["quantization"][1] == 31


def test_details_of_constants_with_a_scale_for_each_channel(lite):
    details = {one["name"]: one for one in lite.load("two_inputs_int8.tflite").get_tensor_details()}
    weights = details["model/dense/MatMul"]
    assert weights["quantization"] == (0.0, 0)
    assert weights["quantization_parameters"]["scales"].shape == (5,)
    assert weights["quantization_parameters"]["zero_points"].tolist() == [0] * 5
    assert weights["quantization_parameters"]["quantized_dimension"] == 0
    assert weights["shape"].tolist() == weights["shape_signature"].tolist() == [5, 4]


def test_details_of_floats_have_no_parameters(lite):
    (one,) = lite.load("flatten.tflite").get_output_details()
    assert one["quantization"] == (0.0, 0) and one["dtype"] is np.float32
    assert one["quantization_parameters"]["scales"].shape == (0,)


def test_details_are_the_callers_own(lite):
    interpreter = lite.load("flatten.tflite")
    interpreter.get_input_details()[0]["shape"][0] = 77
    interpreter.get_input_details()[0]["name"] = "other"
    assert interpreter.get_input_details()[0]["shape"].tolist() == [1, 3, 2]
    assert interpreter.get_input_details()[0]["name"] == "serving_default_image:0"


# ---- values ----


def test_result_is_right(lite):
    interpreter = lite.ready("flatten.tflite")
    (weights,) = (one["index"] for one in interpreter.get_tensor_details() if one["shape"].tolist() == [3, 6])
    image = np.arange(6, dtype=np.float32).reshape(1, 3, 2)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
    np.testing.assert_allclose(run(interpreter), image.reshape(1, 6) @ interpreter.get_tensor(weights).T, rtol=1e-5)


def test_nothing_works_before_allocate_tensors(lite):
    interpreter = lite.load("flatten.tflite")
    source, target = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    with pytest.raises(RuntimeError):
        interpreter.invoke()
    with pytest.raises(ValueError):
        interpreter.set_tensor(source, np.zeros((1, 3, 2), np.float32))
    with pytest.raises(ValueError):
        interpreter.get_tensor(target)
    with pytest.raises(ValueError):
        interpreter.tensor(source)()


def test_constants_can_be_read_before_allocate_tensors(lite):
    interpreter = lite.load("two_inputs_int8.tflite")
    weights = interpreter.get_tensor(index_of(interpreter.get_tensor_details(), "model/dense/MatMul"))
    assert weights.shape == (5, 4) and weights.dtype == np.int8
    interpreter.resize_tensor_input(0, [2, 3])
    again = interpreter.get_tensor(index_of(interpreter.get_tensor_details(), "model/dense/MatMul"))
    assert (again == weights).all()


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((1, 3, 2), np.float64),
        np.zeros((1, 3, 2), np.int8),
        np.zeros((3, 2), np.float32),
        np.zeros((1, 2, 3), np.float32),
        np.zeros((1, 3, 2, 1), np.float32),
        np.zeros((2, 3, 2), np.float32),
        np.zeros((0, 3, 2), np.float32),
        np.float32(1),
        [[[1, 2], [3, 4], [5, 6]]],
        None,
        "text",
    ],
    ids=lambda value: f"{getattr(value, 'dtype', type(value).__name__)}{getattr(value, 'shape', '')}",
)
def test_set_tensor_refuses_other_types_and_shapes(lite, value):
    interpreter = lite.ready("flatten.tflite")
    with pytest.raises(ValueError):
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], value)


def test_another_thread_is_told_that_the_interpreter_is_in_use():
    octet = Implementation(*OCTET).ready("flatten.tflite")
    context = octet._main.context
    set_ones(octet)
    with context.lock:  # as while another thread is in invoke()
        for attempt in (
            octet.invoke,
            octet.allocate_tensors,
            octet.reset_all_variables,
            lambda: octet.get_tensor(0),
            lambda: octet.set_tensor(0, np.zeros((1, 3, 2), np.float32)),
            lambda: octet.resize_tensor_input(0, [2, 3, 2]),
            lambda: octet.get_signature_runner()(image=np.zeros((1, 3, 2), np.float32)),
        ):
            with pytest.raises(RuntimeError, match="in use by another thread"):
                attempt()
    octet.invoke()


def test_float_sums_are_in_litert_order_where_reference_kernels_are_asked_for():
    pytest.importorskip("ai_edge_litert.interpreter")
    results = []
    image = np.random.default_rng(0).normal(size=(1, 3, 2)).astype(np.float32)
    for names in (OCTET, ("ai_edge_litert.interpreter", "ai_edge_litert.interpreter")):
        lite = Implementation(*names)
        interpreter = lite.ready("flatten.tflite", experimental_op_resolver_type=lite.resolvers.BUILTIN_REF)
        interpreter.set_tensor(0, image)
        results.append(run(interpreter).tobytes())
    assert results[0] == results[1]


def test_sentences_say_what_is_right():
    octet = Implementation(*OCTET).ready("two_inputs_int8.tflite")
    for words, attempt in {
        "tensor 6 .StatefulPartitionedCall:0. is no input: these are 0, 1": lambda: octet.set_tensor(
            6, np.zeros((1, 2), np.int8)
        ),
        "tensor 9: this model has tensors 0 to 6": lambda: octet.get_tensor(9),
        "takes int8, float32 is given": lambda: octet.set_tensor(0, np.zeros((1, 3), np.float32)),
        r"has the shape \[1, 3\], one of \[1, 2\] is given": lambda: octet.set_tensor(0, np.zeros((1, 2), np.int8)),
        "experimental_preserve_all_tensors=True": lambda: octet.get_tensor(4),
        "it has serving_default": lambda: octet.get_signature_runner("other"),
    }.items():
        with pytest.raises(ValueError, match=words):
            attempt()
    with pytest.raises(AttributeError, match="has no modify_graph_with_delegate: it has allocate_tensors"):
        octet.modify_graph_with_delegate


@pytest.mark.parametrize("index", [-1, 7, 1000])
def test_there_is_no_such_tensor(lite, index):
    interpreter = lite.ready("two_inputs_int8.tflite")
    with pytest.raises(ValueError):
        interpreter.set_tensor(index, np.zeros((1, 3), np.int8))
    with pytest.raises(ValueError):
        interpreter.get_tensor(index)
    with pytest.raises(ValueError):
        interpreter.tensor(index)()
    with pytest.raises(REFUSED):
        interpreter.resize_tensor_input(index, [1, 3])


@pytest.mark.parametrize("index", ["x", 1.0, None, [0], np.array([0])])
def test_the_index_of_a_tensor_is_a_whole_number(lite, index):
    interpreter = lite.ready("two_inputs_int8.tflite")
    value = np.zeros(1, np.int8)
    for use in (
        lambda: interpreter.get_tensor(index),
        lambda: interpreter.tensor(index)(),
        lambda: interpreter.set_tensor(index, value),
        lambda: interpreter.resize_tensor_input(index, [1, 1]),
    ):
        with pytest.raises(TypeError):
            use()


def test_an_index_may_be_any_kind_of_whole_number(lite):
    interpreter = lite.ready("two_inputs_int8.tflite")
    source = interpreter.get_input_details()[0]
    for index in (np.int64(source["index"]), np.array(source["index"])):
        interpreter.set_tensor(index, np.ones(source["shape"], source["dtype"]))
        assert (interpreter.get_tensor(index) == 1).all()
        assert interpreter.tensor(index)().shape == tuple(source["shape"])


def test_set_tensor_copies_arrays_of_any_layout(lite):
    interpreter = lite.ready("flatten.tflite")
    index = interpreter.get_input_details()[0]["index"]
    image = np.arange(6, dtype=np.float32).reshape(1, 3, 2)
    read_only = image.copy()
    read_only.flags.writeable = False
    wide = np.zeros((1, 6, 4), np.float32)
    wide[:, ::2, ::2] = image
    for value in (image, np.asfortranarray(image), wide[:, ::2, ::2], read_only, image[:, ::-1][:, ::-1]):
        interpreter.set_tensor(index, value)
        assert interpreter.get_tensor(index).tolist() == image.tolist()
    image[:] = -1
    assert interpreter.get_tensor(index).min() == 0


def test_get_tensor_gives_a_copy(lite):
    interpreter = lite.ready("flatten.tflite")
    set_ones(interpreter)
    first = run(interpreter)
    assert first.flags.owndata and first.flags.writeable
    kept = first.copy()
    set_ones(interpreter, 5)
    second = run(interpreter)
    assert (first == kept).all() and (second != kept).any()
    first[:] = 0
    assert (interpreter.get_tensor(interpreter.get_output_details()[0]["index"]) == second).all()


def test_inputs_stay_from_run_to_run(lite):
    interpreter = lite.ready("two_inputs_int8.tflite")
    set_ones(interpreter, 3)
    first = run(interpreter)
    assert (run(interpreter) == first).all()
    assert interpreter.get_tensor(0).tolist() == [[3, 3, 3]]


def test_what_lies_between_operators_is_kept_where_asked(lite):
    interpreter = lite.ready("two_inputs_int8.tflite", experimental_preserve_all_tensors=True)
    joined = index_of(interpreter.get_tensor_details(), "model/concatenate/concat")
    set_ones(interpreter)
    interpreter.invoke()
    assert np.abs(interpreter.get_tensor(joined) - np.array([[11, 11, 17, 12, 11, 1, 1, 1]])).max() <= 1


# ---- tensor() ----


def test_tensor_is_a_function_of_the_memory_itself(lite):
    interpreter = lite.ready("flatten.tflite")
    source = interpreter.tensor(interpreter.get_input_details()[0]["index"])
    target = interpreter.tensor(interpreter.get_output_details()[0]["index"])
    source().fill(1.0)
    interpreter.invoke()
    first = target().copy()
    source()[:] = 5.0
    assert interpreter.get_tensor(interpreter.get_input_details()[0]["index"]).max() == 5.0
    interpreter.invoke()
    assert (target() != first).any()
    assert not source().flags.owndata and source().flags.writeable


def test_nothing_runs_while_an_array_of_the_memory_is_alive(lite):
    interpreter = lite.ready("flatten.tflite")
    index = interpreter.get_input_details()[0]["index"]
    array = interpreter.tensor(index)()
    part = array[0]
    for _ in range(2):
        with pytest.raises(RuntimeError):
            interpreter.invoke()
        with pytest.raises(RuntimeError):
            interpreter.allocate_tensors()
        with pytest.raises(RuntimeError):
            interpreter.resize_tensor_input(index, [2, 3, 2])
        array = None  # a slice counts too
    part = None  # noqa: F841
    interpreter.invoke()


def test_an_array_of_the_memory_outlives_the_interpreter(lite):
    interpreter = lite.ready("flatten.tflite")
    set_ones(interpreter, 2)
    interpreter.invoke()
    arrays = [
        interpreter.tensor(one["index"])() for one in interpreter.get_input_details() + interpreter.get_output_details()
    ]
    kept = [array.copy() for array in arrays]
    del interpreter
    gc.collect()
    assert all((array == copy).all() for array, copy in zip(arrays, kept))


# ---- shapes ----


@pytest.mark.parametrize("strict", [False, True])
def test_an_open_batch_can_be_resized(lite, strict):
    interpreter = lite.load("flatten.tflite")
    index = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(index, [4, 3, 2], strict=strict)
    assert interpreter.get_input_details()[0]["shape"].tolist() == [4, 3, 2]
    interpreter.allocate_tensors()
    (output,) = interpreter.get_output_details()
    assert output["shape"].tolist() == [4, 3] and output["shape_signature"].tolist() == [-1, 3]
    images = np.arange(24, dtype=np.float32).reshape(4, 3, 2)
    interpreter.set_tensor(index, images)
    together = run(interpreter)
    single = lite.ready("flatten.tflite")
    for image, result in zip(images, together):
        single.set_tensor(index, image[None])
        np.testing.assert_allclose(run(single)[0], result, rtol=1e-5)


def test_open_height_and_width_can_be_resized(lite):
    interpreter = lite.load("open_size.tflite")
    (one,) = interpreter.get_input_details()
    assert one["shape"].tolist() == [1, 1, 1, 1] and one["shape_signature"].tolist() == [-1, -1, -1, 1]
    interpreter.resize_tensor_input(one["index"], [2, 5, 4, 1], strict=True)
    interpreter.allocate_tensors()
    set_ones(interpreter)
    assert run(interpreter).shape == (2, 5, 4, 2)


def test_strict_refuses_what_is_not_open(lite):
    interpreter = lite.load("flatten.tflite")
    index = interpreter.get_input_details()[0]["index"]
    for shape in ([1, 4, 2], [1, 3, 2, 1]):
        with pytest.raises(REFUSED):
            interpreter.resize_tensor_input(index, shape, strict=True)
    assert interpreter.get_input_details()[0]["shape"].tolist() == [1, 3, 2]


def test_a_negative_size_is_refused(lite):
    interpreter = lite.load("flatten.tflite")
    with pytest.raises(REFUSED):
        interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], [-1, 3, 2])


def test_resizing_asks_for_allocate_tensors(lite):
    interpreter = lite.ready("flatten.tflite")
    index = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(index, [2, 3, 2])
    with pytest.raises(RuntimeError):
        interpreter.invoke()
    with pytest.raises(ValueError):
        interpreter.set_tensor(index, np.zeros((2, 3, 2), np.float32))
    interpreter.allocate_tensors()
    interpreter.set_tensor(index, np.zeros((2, 3, 2), np.float32))
    assert run(interpreter).shape == (2, 3)


def test_the_same_shape_needs_no_allocate_tensors(lite):
    interpreter = lite.ready("flatten.tflite")
    set_ones(interpreter)
    first = run(interpreter)
    interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], [1, 3, 2])
    assert (run(interpreter) == first).all()


def test_shapes_that_do_not_go_together_are_told_by_allocate_tensors(lite):
    interpreter = lite.load("two_inputs_int8.tflite")
    interpreter.resize_tensor_input(0, [2, 3])
    with pytest.raises(RuntimeError):
        interpreter.allocate_tensors()
    interpreter.resize_tensor_input(1, [2, 4])
    interpreter.allocate_tensors()
    set_ones(interpreter)
    assert run(interpreter).shape == (2, 2)


# ---- state ----


def test_state_goes_on_and_is_reset(lite):
    interpreter = lite.ready("lstm.tflite")
    set_ones(interpreter)
    first, second = run(interpreter), run(interpreter)
    assert np.abs(first - second).max() > 0.01
    interpreter.reset_all_variables()
    np.testing.assert_allclose(run(interpreter), first, rtol=1e-6)


# ---- signatures ----


def test_signatures_are_listed(lite):
    assert lite.load("two_inputs_int8.tflite").get_signature_list() == {
        "serving_default": {"inputs": ["a", "b"], "outputs": ["sum"]}
    }
    assert lite.load("signatures.tflite").get_signature_list() == {
        "add": {"inputs": ["x", "y"], "outputs": ["sum"]},
        "halve": {"inputs": ["x"], "outputs": ["double", "half"]},
    }


def test_a_signature_is_called_with_keywords(lite):
    runner = lite.load("two_inputs_int8.tflite").get_signature_runner()
    for n in (1, 3, 2):
        result = runner(a=np.ones((n, 4), np.int8), b=np.ones((n, 3), np.int8))
        assert list(result) == ["sum"] and result["sum"].shape == (n, 2)
        assert np.abs(result["sum"] - np.array([[31, 23]])).max() <= 1


def test_each_signature_has_its_graph(lite):
    interpreter = lite.load("signatures.tflite")
    halve, add = interpreter.get_signature_runner("halve"), interpreter.get_signature_runner(signature_key="add")
    x = np.array([1, 2, 3], np.float32)
    result = halve(x=x)
    assert sorted(result) == ["double", "half"]
    assert result["double"].tolist() == [2, 4, 6] and result["half"].tolist() == [0.5, 1, 1.5]
    assert add(x=x[None, :2], y=x[None, 1:])["sum"].tolist() == [[3, 5]]
    assert halve(x=x + 1)["double"].tolist() == [4, 6, 8]


def test_a_signature_has_details_by_name(lite):
    runner = lite.load("signatures.tflite").get_signature_runner("halve")
    inputs, outputs = runner.get_input_details(), runner.get_output_details()
    assert list(inputs) == ["x"] and sorted(outputs) == ["double", "half"]
    assert KEYS <= set(inputs["x"])
    assert inputs["x"]["shape"].tolist() == [3] and inputs["x"]["index"] == 0
    assert (outputs["half"]["index"], outputs["double"]["index"]) == (3, 4)
    assert outputs["half"]["name"] == "PartitionedCall_1:1" and outputs["half"]["dtype"] is np.float32


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"x": np.ones(3, np.float32), "y": np.ones(3, np.float32)},
        {"z": np.ones(3, np.float32)},
        {"x": np.ones(3, np.int8)},
    ],
)
def test_a_signature_refuses_other_inputs(lite, arguments):
    runner = lite.load("signatures.tflite").get_signature_runner("halve")
    with pytest.raises(ValueError):
        runner(**arguments)


def test_a_signature_takes_no_positions(lite):
    with pytest.raises(TypeError):
        lite.load("signatures.tflite").get_signature_runner("halve")(np.ones(3, np.float32))


def test_a_signature_must_be_one_of_the_model(lite):
    with pytest.raises(ValueError):
        lite.load("signatures.tflite").get_signature_runner("divide")
    with pytest.raises(ValueError):
        lite.load("signatures.tflite").get_signature_runner()
