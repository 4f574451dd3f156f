/* tflite/schema.h - the tables of a .tflite: a flatbuffer with the identifier "TFL3".
 * In:  nothing.
 * Out: one enum per table with the numbers of its fields, and the other fixed numbers and words of a file.
 * Knows: the TFLite schema, version 3, as far as octet reads or writes it.
 * Does not know: the FlatBuffers format; operators (tflite/builtin.h), types (tflite/types.h), options
 *        (tflite/options.h), versions (tflite/version.h).
 *
 * A comment names the type of a field: [x] is a vector of x, a table's name is a link to one. What is not
 * marked is an absent field with the value 0. */
#ifndef OCTET_TFLITE_SCHEMA_H
#define OCTET_TFLITE_SCHEMA_H

enum { OCTET_TFLITE_SCHEMA_VERSION = 3 };

enum {
    OCTET_TFLITE_MODEL_VERSION = 0,        /* uint32 */
    OCTET_TFLITE_MODEL_OPERATOR_CODES = 1, /* [OperatorCode] */
    OCTET_TFLITE_MODEL_SUBGRAPHS = 2,      /* [SubGraph]; the first is the main one */
    OCTET_TFLITE_MODEL_DESCRIPTION = 3,    /* string */
    OCTET_TFLITE_MODEL_BUFFERS = 4,        /* [Buffer]; number 0 is empty */
    OCTET_TFLITE_MODEL_METADATA = 6,       /* [Metadata] */
    OCTET_TFLITE_MODEL_SIGNATURE_DEFS = 7  /* [SignatureDef] */
};

enum {
    OCTET_TFLITE_OPERATOR_CODE_DEPRECATED_BUILTIN =
        0,                                  /* int8; the operator is the larger of this and the other number */
    OCTET_TFLITE_OPERATOR_CODE_CUSTOM = 1,  /* string, for OCTET_BUILTIN_CUSTOM */
    OCTET_TFLITE_OPERATOR_CODE_VERSION = 2, /* int32, absent: 1 */
    OCTET_TFLITE_OPERATOR_CODE_BUILTIN = 3  /* int32 */
};

enum {
    OCTET_TFLITE_SUBGRAPH_TENSORS = 0,   /* [Tensor] */
    OCTET_TFLITE_SUBGRAPH_INPUTS = 1,    /* [int32], tensors */
    OCTET_TFLITE_SUBGRAPH_OUTPUTS = 2,   /* [int32], tensors */
    OCTET_TFLITE_SUBGRAPH_OPERATORS = 3, /* [Operator], in the order of execution */
    OCTET_TFLITE_SUBGRAPH_NAME = 4       /* string */
};

enum {
    OCTET_TFLITE_OPERATOR_OPCODE_INDEX = 0,            /* uint32, in the model's operator codes */
    OCTET_TFLITE_OPERATOR_INPUTS = 1,                  /* [int32], tensors; -1: an optional one that is absent */
    OCTET_TFLITE_OPERATOR_OUTPUTS = 2,                 /* [int32], tensors */
    OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_TYPE = 3,    /* uint8, BuiltinOptions: tflite/options.h */
    OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS = 4,         /* the table that the type says */
    OCTET_TFLITE_OPERATOR_CUSTOM_OPTIONS = 5,          /* [uint8] */
    OCTET_TFLITE_OPERATOR_INTERMEDIATES = 8,           /* [int32], tensors; -1 as among the inputs */
    OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_2_TYPE = 11, /* uint8 */
    OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_2 = 12
};

enum {
    OCTET_TFLITE_TENSOR_SHAPE = 0,           /* [int32] */
    OCTET_TFLITE_TENSOR_TYPE = 1,            /* int8, TensorType: tflite/types.h */
    OCTET_TFLITE_TENSOR_BUFFER = 2,          /* uint32, in the model's buffers; 0: no data */
    OCTET_TFLITE_TENSOR_NAME = 3,            /* string */
    OCTET_TFLITE_TENSOR_QUANTIZATION = 4,    /* QuantizationParameters */
    OCTET_TFLITE_TENSOR_IS_VARIABLE = 5,     /* bool */
    OCTET_TFLITE_TENSOR_SPARSITY = 6,        /* SparsityParameters */
    OCTET_TFLITE_TENSOR_SHAPE_SIGNATURE = 7, /* [int32], the shape with -1 where a dimension is open */
    OCTET_TFLITE_TENSOR_HAS_RANK = 8,        /* bool */
    OCTET_TFLITE_TENSOR_EXTERNAL_BUFFER = 10 /* uint32; not 0: the data lie in another file */
};

enum {
    OCTET_TFLITE_BUFFER_DATA = 0, /* [uint8] */
    OCTET_TFLITE_BUFFER_OFFSET =
        1, /* uint64, from the beginning of the file, behind the flatbuffer; 0 and 1 stand for none */
    OCTET_TFLITE_BUFFER_SIZE = 2 /* uint64, bytes there */
};
/* The data of a buffer lie at a multiple of it. */
enum { OCTET_TFLITE_BUFFER_ALIGNMENT = 16 };

/* real = scale * (q - zero_point) */
enum {
    OCTET_TFLITE_QUANTIZATION_MIN = 0,                /* [float] */
    OCTET_TFLITE_QUANTIZATION_MAX = 1,                /* [float] */
    OCTET_TFLITE_QUANTIZATION_SCALE = 2,              /* [float], one or as many as the dimension is long */
    OCTET_TFLITE_QUANTIZATION_ZERO_POINT = 3,         /* [int64], as many */
    OCTET_TFLITE_QUANTIZATION_DETAILS_TYPE = 4,       /* uint8; 0: the fields here say everything */
    OCTET_TFLITE_QUANTIZATION_QUANTIZED_DIMENSION = 6 /* int32 */
};

enum {
    OCTET_TFLITE_SPARSITY_TRAVERSAL_ORDER = 0, /* [int32] */
    OCTET_TFLITE_SPARSITY_BLOCK_MAP = 1,       /* [int32] */
    OCTET_TFLITE_SPARSITY_DIM_METADATA = 2     /* [DimensionMetadata] */
};

/* The arrays are unions: a type, and in the next field a table whose one field is the vector. */
enum {
    OCTET_TFLITE_DIMENSION_FORMAT = 0,              /* int8: OCTET_TFLITE_DIMENSION_DENSE or _COMPRESSED */
    OCTET_TFLITE_DIMENSION_DENSE_SIZE = 1,          /* int32 */
    OCTET_TFLITE_DIMENSION_ARRAY_SEGMENTS_TYPE = 2, /* uint8: OCTET_TFLITE_INDICES_... */
    OCTET_TFLITE_DIMENSION_ARRAY_SEGMENTS = 3,
    OCTET_TFLITE_DIMENSION_ARRAY_INDICES_TYPE = 4,
    OCTET_TFLITE_DIMENSION_ARRAY_INDICES = 5
};
enum { OCTET_TFLITE_DIMENSION_DENSE = 0, OCTET_TFLITE_DIMENSION_COMPRESSED = 1 };
enum { OCTET_TFLITE_INDICES_I32 = 1, OCTET_TFLITE_INDICES_U16 = 2, OCTET_TFLITE_INDICES_U8 = 3 };
enum { OCTET_TFLITE_INDICES_VALUES = 0 };

enum {
    OCTET_TFLITE_SIGNATURE_INPUTS = 0,        /* [TensorMap] */
    OCTET_TFLITE_SIGNATURE_OUTPUTS = 1,       /* [TensorMap] */
    OCTET_TFLITE_SIGNATURE_KEY = 2,           /* string */
    OCTET_TFLITE_SIGNATURE_SUBGRAPH_INDEX = 4 /* uint32 */
};
enum {
    OCTET_TFLITE_TENSOR_MAP_NAME = 0,        /* string */
    OCTET_TFLITE_TENSOR_MAP_TENSOR_INDEX = 1 /* uint32, in the subgraph */
};
/* The key of the signature that a converter writes. */
#define OCTET_TFLITE_SERVING "serving_default"

enum {
    OCTET_TFLITE_METADATA_NAME = 0,  /* string */
    OCTET_TFLITE_METADATA_BUFFER = 1 /* uint32, in the model's buffers */
};
/* The name of the metadata that say which TensorFlow Lite runs the file: its buffer holds "2.4.0" and zeros. */
#define OCTET_TFLITE_MIN_RUNTIME "min_runtime_version"
enum { OCTET_TFLITE_MIN_RUNTIME_SIZE = 16 };

/* Options of the operators that the importer replaces: they have no octet_options. Numbers of graphs are int32. */
enum { OCTET_TFLITE_RESHAPE_OPTIONS_NEW_SHAPE = 0 /* [int32] */ };
enum { OCTET_TFLITE_CALL_OPTIONS_SUBGRAPH = 0 };
enum { OCTET_TFLITE_IF_OPTIONS_THEN_SUBGRAPH = 0, OCTET_TFLITE_IF_OPTIONS_ELSE_SUBGRAPH = 1 };
enum { OCTET_TFLITE_WHILE_OPTIONS_COND_SUBGRAPH = 0, OCTET_TFLITE_WHILE_OPTIONS_BODY_SUBGRAPH = 1 };
enum { OCTET_TFLITE_COMPOSITE_OPTIONS_DECOMPOSITION_SUBGRAPH = 1 }; /* in OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_2 */
enum { OCTET_TFLITE_CALL_ONCE_OPTIONS_INIT_SUBGRAPH = 0 };
enum { OCTET_TFLITE_VAR_HANDLE_OPTIONS_CONTAINER = 0, OCTET_TFLITE_VAR_HANDLE_OPTIONS_SHARED_NAME = 1 }; /* strings */

#endif
