"""tutorial_tensorflow.py MODEL.h5 DATA_FOLDER OUT.tflite: the tutorial's whole job with TensorFlow, as its notebook does it.

Loads the model and MNIST, evaluates the float model, calibrates on 100 samples, converts, writes the file, evaluates it image by image,
and prints both accuracies. Needs TensorFlow and tf_keras, which reads files that Keras 2 saved.
"""
import gzip
import os
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf


def idx(folder, name, header_bytes):
    with gzip.open(os.path.join(folder, name)) as f:
        return np.frombuffer(f.read(), np.uint8, offset=header_bytes)


def main():
    model_path, folder, out = sys.argv[1:]
    model = tf.keras.models.load_model(model_path)
    shape = (-1, *model.input_shape[1:])
    train = idx(folder, "train-images-idx3-ubyte.gz", 16).reshape(shape)
    images = idx(folder, "t10k-images-idx3-ubyte.gz", 16).reshape(shape).astype(np.float32) / 255
    labels = idx(folder, "t10k-labels-idx1-ubyte.gz", 8)
    model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    _, float_accuracy = model.evaluate(images, tf.keras.utils.to_categorical(labels, 10), verbose=0)

    def representative():
        for i in np.random.default_rng(0).integers(len(train), size=100):
            yield [train[i:i + 1].astype(np.float32) / 255]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    with open(out, "wb") as f:
        f.write(converter.convert())

    interpreter = tf.lite.Interpreter(model_path=out)
    interpreter.allocate_tensors()
    source, result = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero_point = source["quantization"]
    n_right = 0
    for image, label in zip(images, labels):
        interpreter.set_tensor(source["index"], np.clip(image[None] / scale + zero_point, -128, 127).astype(np.int8))
        interpreter.invoke()
        n_right += interpreter.get_tensor(result["index"]).argmax() == label
    print("float %.4f int8 %.4f" % (float_accuracy, n_right / len(labels)))


if __name__ == "__main__":
    main()
