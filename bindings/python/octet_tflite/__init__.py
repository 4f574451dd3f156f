"""octet in Python: Keras models become int8 .tflite files, without TensorFlow."""

from ._library import library

__version__: str = library.octet_version().decode()
