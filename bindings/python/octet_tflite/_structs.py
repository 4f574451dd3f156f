"""The structs and enumerators of include/octet, as ctypes sees them.

A member has the name that it has in the header, a struct the name without `octet_`.
"""

from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_bool,
    c_char,
    c_char_p,
    c_double,
    c_float,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
    sizeof,
)
from typing import Any

OK, USAGE, NOMEM, IO, FORMAT, UNSUPPORTED, MODEL, DATA, LIMIT, INTERNAL, CANCELLED = range(11)
"""octet_status"""
AS_TEXT, AS_JSON, AS_CSV, AS_HTML = range(4)
"""octet_rendering"""
SAVED_NEITHER, SAVED_STATISTICS, SAVED_EVALUATION = range(3)
"""octet_saved_kind"""
TENSOR_MAX_RANK = 8

Progress = CFUNCTYPE(c_bool, c_void_p, c_char_p, c_uint64, c_uint64)


class Sized(Structure):
    """A struct whose first member is its own size, as the OCTET_..._INIT macros set it."""

    def __init__(self, **members: Any) -> None:
        super().__init__(size=sizeof(self), **members)


class LoadOptions(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("architecture", c_char_p),
        ("input_shape", c_char_p),
        ("signature", c_char_p),
        ("resize", c_bool),
        ("first_graph", c_bool),
    ]


class Tensor(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("index", c_uint32),
        ("name", c_char_p),
        ("type", c_char_p),
        ("rank", c_int32),
        ("dims", c_int32 * TENSOR_MAX_RANK),
        ("n_elements", c_size_t),
        ("size_bytes", c_size_t),
        ("is_constant", c_bool),
        ("is_variable", c_bool),
        ("quantized", c_bool),
        ("scale", c_float),
        ("zero_point", c_int32),
        ("n_scales", c_uint32),
        ("axis", c_int32),
        ("scales", POINTER(c_float)),
        ("zero_points", POINTER(c_int32)),
        ("dims_signature", c_int32 * TENSOR_MAX_RANK),
    ]


class Channels(Structure):
    _fields_ = [
        ("n", c_uint32),
        ("values", c_double * 3),
    ]


class OpenOptions(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("path", c_char_p),
        ("images", c_char_p),
        ("labels", c_char_p),
        ("has_scale", c_bool),
        ("has_offset", c_bool),
        ("has_mean", c_bool),
        ("has_std", c_bool),
        ("scale", c_double),
        ("offset", c_double),
        ("mean", c_double),
        ("std", c_double),
        ("preset", c_char_p),
        ("means", Channels),
        ("stds", Channels),
        ("bytes", c_void_p),
        ("n_bytes", c_size_t),
        ("label_column", c_char_p),
        ("columns", c_char_p),
        ("columns_bytes", c_void_p),
        ("n_columns_bytes", c_size_t),
    ]


class ArrayView(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("type", c_char_p),
        ("rank", c_int32),
        ("dims", POINTER(c_int64)),
        ("data", c_void_p),
    ]


NextBatch = CFUNCTYPE(c_int, c_void_p, POINTER(ArrayView), c_uint32, POINTER(ArrayView))


class Conversion(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("mode", c_char_p),
        ("input_type", c_char_p),
        ("output_type", c_char_p),
        ("per_tensor_dense", c_bool),
        ("per_tensor", c_bool),
        ("strict_tensorflow", c_bool),
        ("target", c_char_p),
        ("numerics", c_char_p),
        ("indices", c_char_p),
        ("all_samples", c_bool),
        ("n_samples", c_uint64),
        ("seed", c_uint64),
        ("n_threads", c_uint32),
        ("progress", Progress),
        ("progress_user", c_void_p),
        ("split_outputs", c_bool),
        ("recover", c_char_p),
        ("keep_float", POINTER(c_char_p)),
        ("int16_layers", POINTER(c_char_p)),
        ("calibration", c_char_p),
        ("max_float_layers", c_uint64),
        ("max_int16_layers", c_uint64),
        ("silence", c_char_p),
        ("gather_all", c_bool),
        ("part", c_uint32),
        ("n_parts", c_uint32),
        ("looks_at_samples", c_bool),
        ("statistics", c_void_p),
        ("allow_missing", c_bool),
    ]


class Calibration(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("n_samples", c_uint64),
        ("n_distinct", c_uint64),
        ("raw_min", c_double),
        ("raw_max", c_double),
        ("min", c_double),
        ("max", c_double),
        ("late_growth", c_double),
        ("late_layer", c_char * 96),
        ("time_ns", c_uint64),
        ("method", c_char * 32),
        ("statistics_bytes", c_uint64),
        ("last_tenth", c_double),
        ("enough_samples", c_uint64),
        ("clipped", c_double),
    ]


class RunOptions(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("split", c_char_p),
        ("first", c_uint64),
        ("limit", c_uint64),
        ("numerics", c_char_p),
        ("float_order", c_char_p),
        ("input_rounding", c_char_p),
        ("reference_kernels", c_bool),
        ("keep_values", c_bool),
        ("n_threads", c_uint32),
        ("progress", Progress),
        ("progress_user", c_void_p),
        ("number_from", c_uint64),
        ("part", c_uint32),
        ("n_parts", c_uint32),
    ]


class ArrayFiles(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("data", POINTER(OpenOptions)),
        ("output", c_char_p),
        ("dump", c_char_p),
        ("real_output", c_bool),
    ]


class Aim(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("has_max_drop", c_bool),
        ("has_min_fidelity", c_bool),
        ("max_drop", c_double),
        ("min_fidelity", c_double),
    ]


class LayerFigures(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("layer", c_char_p),
        ("op_name", c_char_p),
        ("tensor_name", c_char_p),
        ("float_name", c_char_p),
        ("tensor_index", c_uint32),
        ("type", c_char_p),
        ("n_elements", c_uint64),
        ("has_scale", c_bool),
        ("scale", c_double),
        ("zero_point", c_int32),
        ("sqnr_db", c_double),
        ("cosine", c_double),
        ("has_added", c_bool),
        ("added_db", c_double),
        ("inherited_db", c_double),
        ("mean_error", c_double),
        ("stddev", c_double),
        ("mean_squared_error", c_double),
        ("max_abs_error", c_double),
        ("added_mean_error", c_double),
        ("added_stddev", c_double),
        ("added_mean_squared_error", c_double),
        ("added_max_abs_error", c_double),
        ("low_share", c_double),
        ("high_share", c_double),
        ("unused_share", c_double),
        ("cut_share", c_double),
        ("range_min", c_double),
        ("range_max", c_double),
        ("float_min", c_double),
        ("float_max", c_double),
        ("cause", c_char_p),
        ("why", c_char_p),
    ]


class FlippedSample(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("sample", c_uint64),
        ("before", c_int32),
        ("after", c_int32),
        ("label", c_int32),
    ]


class Report(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("model", c_void_p),
        ("quantized", c_void_p),
        ("evaluation", c_void_p),
        ("verdict", c_void_p),
        ("layers", c_void_p),
        ("data", c_void_p),
        ("run", POINTER(RunOptions)),
        ("output", c_char_p),
        ("command", c_char_p),
        ("with_times", c_bool),
    ]


class Failure(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("status", c_int),
        ("exit_code", c_int),
        ("message", c_char_p),
        ("command", c_char_p),
        ("option", c_char_p),
        ("file", c_char_p),
        ("layer", c_char_p),
        ("value", c_char_p),
    ]


class ExplainOptions(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("data", POINTER(OpenOptions)),
        ("sample", c_uint64),
        ("value", c_char_p),
        ("with_all", c_bool),
        ("original", c_void_p),
    ]


class ArtifactsOptions(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("names", c_char_p),
        ("planar", c_bool),
        ("replace", c_bool),
        ("n_vectors", c_uint64),
        ("limit", c_uint64),
        ("command", c_char_p),
        ("progress", Progress),
        ("progress_user", c_void_p),
    ]


class ExportOptions(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("command", c_char_p),
        ("replace", c_bool),
        ("no_verify", c_bool),
        ("n_vectors", c_uint64),
        ("n_samples", c_uint64),
        ("keeps_state", c_bool),
        ("uses_cmsis_nn", c_bool),
    ]


class BudgetOptions(Sized):
    _fields_ = [
        ("size", c_size_t),
        ("flash_bytes", c_uint64),
        ("ram_bytes", c_uint64),
        ("keeps_state", c_bool),
        ("clock_mhz", c_double),
    ]


STRUCTS = {
    "octet_load_options": LoadOptions,
    "octet_tensor": Tensor,
    "octet_channels": Channels,
    "octet_open_options": OpenOptions,
    "octet_array_view": ArrayView,
    "octet_conversion": Conversion,
    "octet_calibration": Calibration,
    "octet_run_options": RunOptions,
    "octet_array_files": ArrayFiles,
    "octet_aim": Aim,
    "octet_layer_figures": LayerFigures,
    "octet_flipped_sample": FlippedSample,
    "octet_report": Report,
    "octet_failure": Failure,
    "octet_explain_options": ExplainOptions,
    "octet_artifacts_options": ArtifactsOptions,
    "octet_export_options": ExportOptions,
    "octet_budget_options": BudgetOptions,
}
"""By the name in C."""
