"""The functions of include/octet, as ctypes calls them. Nothing is decided here."""

from ctypes import POINTER, c_bool, c_char_p, c_double, c_int, c_int32, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any

from ._library import library
from ._structs import (
    Aim,
    ArrayFiles,
    ArrayView,
    ArtifactsOptions,
    BudgetOptions,
    Calibration,
    Conversion,
    ExplainOptions,
    ExportOptions,
    Failure,
    FlippedSample,
    LayerFigures,
    LoadOptions,
    NextBatch,
    OpenOptions,
    Report,
    RunOptions,
    Tensor,
)

FUNCTIONS: "dict[str, tuple[Any, list[Any]]]" = {
    # context.h
    "octet_version": (c_char_p, []),
    "octet_error_name": (c_char_p, [c_int]),
    "octet_error_text": (c_char_p, [c_int]),
    "octet_context_create": (c_int, [POINTER(c_void_p)]),
    "octet_context_destroy": (None, [c_void_p]),
    "octet_context_message": (c_char_p, [c_void_p]),
    "octet_context_status": (c_int, [c_void_p]),
    "octet_context_about": (c_char_p, [c_void_p, c_char_p]),
    "octet_context_clear_error": (None, [c_void_p]),
    "octet_context_set_max_memory": (None, [c_void_p, c_size_t]),
    "octet_context_set_hdf5_helper": (c_int, [c_void_p, c_char_p]),
    "octet_context_peak_memory": (c_size_t, [c_void_p]),
    "octet_choice_name": (c_char_p, [c_char_p, c_uint32]),
    "octet_text_free": (None, [c_void_p, c_char_p]),
    "octet_bytes_read": (c_int, [c_void_p, c_int, c_char_p, c_size_t, POINTER(c_void_p), POINTER(c_size_t)]),
    "octet_bytes_free": (None, [c_void_p, c_void_p]),
    # model.h
    "octet_model_load": (c_int, [c_void_p, c_char_p, POINTER(LoadOptions), POINTER(c_void_p)]),
    "octet_model_load_bytes": (
        c_int,
        [c_void_p, c_void_p, c_size_t, c_char_p, POINTER(LoadOptions), POINTER(c_void_p)],
    ),
    "octet_model_destroy": (None, [c_void_p, c_void_p]),
    "octet_model_n_inputs": (c_uint32, [c_void_p]),
    "octet_model_n_outputs": (c_uint32, [c_void_p]),
    "octet_model_input": (None, [c_void_p, c_uint32, POINTER(Tensor)]),
    "octet_model_output": (None, [c_void_p, c_uint32, POINTER(Tensor)]),
    "octet_model_n_tensors": (c_uint32, [c_void_p]),
    "octet_model_tensor": (None, [c_void_p, c_uint32, POINTER(Tensor)]),
    "octet_model_n_signatures": (c_uint32, [c_void_p]),
    "octet_model_signature": (c_char_p, [c_void_p, c_uint32]),
    "octet_model_current_signature": (c_uint32, [c_void_p]),
    "octet_model_format": (c_char_p, [c_void_p]),
    "octet_model_loss": (c_char_p, [c_void_p]),
    "octet_model_is_quantized": (c_bool, [c_void_p]),
    "octet_model_is_trained": (c_int, [c_void_p, c_void_p, POINTER(c_bool)]),
    "octet_model_summary": (c_int, [c_void_p, c_void_p, c_int, POINTER(c_char_p)]),
    "octet_model_inspect": (c_int, [c_void_p, c_void_p, c_int, POINTER(c_char_p)]),
    "octet_model_check": (c_int, [c_void_p, c_void_p, c_char_p, c_int, POINTER(c_bool), POINTER(c_char_p)]),
    "octet_model_write": (c_int, [c_void_p, c_void_p, c_char_p]),
    "octet_model_write_bytes": (c_int, [c_void_p, c_void_p, POINTER(c_void_p), POINTER(c_size_t)]),
    "octet_model_check_output": (c_int, [c_void_p, c_void_p, c_char_p]),
    "octet_model_size": (c_int, [c_void_p, c_void_p, POINTER(c_size_t)]),
    "octet_model_receipt": (c_int, [c_void_p, c_void_p, c_char_p, c_int, POINTER(c_char_p)]),
    # data.h
    "octet_data_open": (c_int, [c_void_p, POINTER(OpenOptions), POINTER(c_void_p)]),
    "octet_data_from_arrays": (
        c_int,
        [c_void_p, POINTER(ArrayView), c_uint32, POINTER(ArrayView), POINTER(OpenOptions), POINTER(c_void_p)],
    ),
    "octet_data_from_batches": (
        c_int,
        [c_void_p, NextBatch, c_void_p, c_uint32, POINTER(OpenOptions), POINTER(c_void_p)],
    ),
    "octet_data_has_split": (c_bool, [c_void_p, c_char_p]),
    "octet_data_close": (None, [c_void_p, c_void_p]),
    # quantization.h
    "octet_model_quantize": (
        c_int,
        [c_void_p, c_void_p, c_void_p, POINTER(Conversion), POINTER(c_void_p), POINTER(Calibration)],
    ),
    "octet_statistics_create": (c_int, [c_void_p, c_void_p, POINTER(c_void_p)]),
    "octet_statistics_destroy": (None, [c_void_p, c_void_p]),
    "octet_statistics_add": (c_int, [c_void_p, c_void_p, c_void_p, POINTER(c_void_p), c_uint64, POINTER(Conversion)]),
    "octet_statistics_add_data": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, POINTER(Conversion)]),
    "octet_statistics_merge": (c_int, [c_void_p, c_void_p, c_void_p]),
    "octet_statistics_save": (c_int, [c_void_p, c_void_p, c_char_p]),
    "octet_statistics_save_bytes": (c_int, [c_void_p, c_void_p, POINTER(c_void_p), POINTER(c_size_t)]),
    "octet_statistics_load": (c_int, [c_void_p, c_char_p, POINTER(c_void_p)]),
    "octet_statistics_load_bytes": (c_int, [c_void_p, c_void_p, c_size_t, c_char_p, POINTER(c_void_p)]),
    "octet_statistics_fingerprint": (c_uint64, [c_void_p]),
    "octet_statistics_missing": (c_int, [c_void_p, c_void_p, POINTER(c_char_p)]),
    "octet_statistics_render": (c_int, [c_void_p, c_void_p, c_char_p, c_int, POINTER(c_char_p)]),
    "octet_statistics_describe": (None, [c_void_p, POINTER(Calibration)]),
    "octet_model_quantize_with": (c_int, [c_void_p, c_void_p, c_void_p, POINTER(Conversion), POINTER(c_void_p)]),
    # run.h
    "octet_interpreter_create": (c_int, [c_void_p, c_void_p, POINTER(RunOptions), POINTER(c_void_p)]),
    "octet_interpreter_destroy": (None, [c_void_p, c_void_p]),
    "octet_interpreter_input": (c_void_p, [c_void_p, c_uint32]),
    "octet_interpreter_output": (c_void_p, [c_void_p, c_uint32]),
    "octet_interpreter_value": (c_void_p, [c_void_p, c_uint32]),
    "octet_interpreter_set_input": (None, [c_void_p, c_uint32, c_void_p]),
    "octet_interpreter_get_output": (None, [c_void_p, c_uint32, c_void_p]),
    "octet_interpreter_run": (None, [c_void_p]),
    "octet_interpreter_reset": (None, [c_void_p]),
    "octet_interpreter_arena_bytes": (c_size_t, [c_void_p]),
    "octet_model_count_samples": (c_int, [c_void_p, c_void_p, c_void_p, POINTER(RunOptions), POINTER(c_uint64)]),
    "octet_model_run_data": (
        c_int,
        [c_void_p, c_void_p, c_void_p, POINTER(RunOptions), c_bool, POINTER(c_void_p), c_uint64],
    ),
    "octet_model_run_files": (c_int, [c_void_p, c_void_p, POINTER(ArrayFiles), POINTER(RunOptions), POINTER(c_uint64)]),
    "octet_array_files_render": (
        c_int,
        [c_void_p, c_void_p, POINTER(ArrayFiles), c_uint64, c_int, POINTER(c_char_p)],
    ),
    "octet_model_bench": (c_int, [c_void_p, c_void_p, c_double, POINTER(RunOptions), c_int, POINTER(c_char_p)]),
    # evaluation.h
    "octet_evaluate": (c_int, [c_void_p, c_void_p, c_void_p, POINTER(RunOptions), POINTER(c_void_p)]),
    "octet_evaluation_merge": (c_int, [c_void_p, POINTER(c_void_p), c_void_p]),
    "octet_evaluation_save": (c_int, [c_void_p, c_void_p, c_char_p]),
    "octet_evaluation_save_bytes": (c_int, [c_void_p, c_void_p, POINTER(c_void_p), POINTER(c_size_t)]),
    "octet_evaluation_load": (c_int, [c_void_p, c_char_p, POINTER(c_void_p)]),
    "octet_evaluation_load_bytes": (c_int, [c_void_p, c_void_p, c_size_t, c_char_p, POINTER(c_void_p)]),
    "octet_evaluation_fingerprint": (c_uint64, [c_void_p]),
    "octet_evaluation_equal": (c_int, [c_void_p, c_void_p, c_void_p, POINTER(c_bool)]),
    "octet_evaluation_missing": (c_int, [c_void_p, c_void_p, POINTER(c_char_p)]),
    "octet_evaluation_destroy": (None, [c_void_p, c_void_p]),
    "octet_evaluation_n_samples": (c_uint64, [c_void_p]),
    "octet_evaluation_has_labels": (c_bool, [c_void_p]),
    "octet_evaluation_accuracy": (c_double, [c_void_p]),
    "octet_evaluation_loss": (c_double, [c_void_p]),
    "octet_evaluation_mean_absolute_error": (c_double, [c_void_p]),
    "octet_evaluation_root_mean_square_error": (c_double, [c_void_p]),
    "octet_evaluation_class": (c_int32, [c_void_p, c_uint64]),
    "octet_saved_kind_of": (c_int, [c_void_p, c_char_p, POINTER(c_int)]),
    "octet_evaluation_render": (c_int, [c_void_p, c_void_p, c_bool, c_int, POINTER(c_char_p)]),
    "octet_compare": (
        c_int,
        [c_void_p, c_void_p, c_void_p, c_void_p, POINTER(Calibration), POINTER(RunOptions), POINTER(c_void_p)],
    ),
    "octet_verdict_destroy": (None, [c_void_p, c_void_p]),
    "octet_verdict_has_labels": (c_bool, [c_void_p]),
    "octet_verdict_drop": (c_double, [c_void_p]),
    "octet_verdict_fidelity": (c_double, [c_void_p]),
    "octet_verdict_render": (c_int, [c_void_p, c_void_p, c_char_p, c_int, POINTER(c_char_p)]),
    "octet_model_quantize_for": (
        c_int,
        [
            c_void_p,
            c_void_p,
            c_void_p,
            c_void_p,
            POINTER(Conversion),
            POINTER(RunOptions),
            POINTER(Aim),
            POINTER(c_void_p),
            POINTER(Calibration),
            POINTER(c_void_p),
            POINTER(c_bool),
        ],
    ),
    "octet_verdict_suggest": (
        c_int,
        [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, POINTER(Conversion), POINTER(RunOptions)],
    ),
    # layers.h
    "octet_compare_layers": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, POINTER(RunOptions), POINTER(c_void_p)]),
    "octet_layers_destroy": (None, [c_void_p, c_void_p]),
    "octet_layers_n_rows": (c_uint32, [c_void_p]),
    "octet_layers_row": (None, [c_void_p, c_uint32, POINTER(LayerFigures)]),
    "octet_layers_worst": (c_uint32, [c_void_p, c_uint32]),
    "octet_layers_first_collapse": (c_uint32, [c_void_p]),
    "octet_layers_n_flipped": (c_uint64, [c_void_p]),
    "octet_layers_flipped": (None, [c_void_p, c_uint64, POINTER(FlippedSample)]),
    "octet_layers_render": (c_int, [c_void_p, c_void_p, c_bool, c_int, POINTER(c_char_p)]),
    # report.h
    "octet_report_render": (c_int, [c_void_p, POINTER(Report), c_int, POINTER(c_char_p)]),
    "octet_report_write": (c_int, [c_void_p, POINTER(Report), c_char_p]),
    "octet_failure_render": (c_int, [c_void_p, POINTER(Failure), POINTER(c_char_p)]),
    # explain.h
    "octet_model_explain": (
        c_int,
        [c_void_p, c_void_p, POINTER(ExplainOptions), POINTER(RunOptions), c_int, POINTER(c_char_p)],
    ),
    # artifacts.h
    "octet_model_export_artifacts": (
        c_int,
        [c_void_p, c_void_p, c_void_p, c_char_p, POINTER(ArtifactsOptions), c_int, POINTER(c_char_p)],
    ),
    "octet_model_export_c_array": (c_int, [c_void_p, c_void_p, c_char_p, c_char_p]),
    # device.h
    "octet_model_export_c": (
        c_int,
        [c_void_p, c_void_p, c_void_p, c_char_p, POINTER(ExportOptions), c_int, POINTER(c_char_p)],
    ),
    "octet_model_budget": (
        c_int,
        [c_void_p, c_void_p, POINTER(BudgetOptions), c_int, POINTER(c_bool), POINTER(c_char_p)],
    ),
}
"""By name: the result and the arguments."""

for _name, (_result, _arguments) in FUNCTIONS.items():
    _function = getattr(library, _name)
    _function.restype = _result
    _function.argtypes = _arguments

lib: Any = library
"""The library; each of FUNCTIONS is an attribute of it. A call holds no GIL."""
