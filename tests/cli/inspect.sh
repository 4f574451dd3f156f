quantized "$cnn" cnn.tflite
octet inspect cnn.tflite
