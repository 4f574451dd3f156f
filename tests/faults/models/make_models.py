"""Writes the two small Keras models of this folder. Needs TensorFlow and h5py: python make_models.py"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy

keras.utils.set_random_seed(1)
model = keras.Sequential([
    keras.Input((8, 8, 1)),
    keras.layers.Conv2D(4, 3, activation="relu", name="conv"),
    keras.layers.BatchNormalization(name="norm"),
    keras.layers.MaxPooling2D(name="pool"),
    keras.layers.Flatten(name="flat"),
    keras.layers.Dense(3, activation="softmax", name="dense"),
])
model.save("small.keras")
model.save("plain.h5")
with h5py.File("plain.h5") as plain, h5py.File("small.h5", "w") as packed:  # datasets in deflated chunks
    for name, value in plain.attrs.items():
        packed.attrs[name] = value
    for name, group in plain.items():
        plain.copy(group, packed)

    def pack(name, item):
        if isinstance(item, h5py.Dataset) and item.ndim > 1:
            data, owner = item[()], item.parent
            leaf = item.name.rsplit("/", 1)[1]
            del packed[item.name]
            packed[owner.name].create_dataset(leaf, data=data, chunks=True, compression="gzip", shuffle=True)

    names = []
    packed.visititems(lambda name, item: names.append(name))
    for name in names:
        pack(name, packed[name])
os.remove("plain.h5")
