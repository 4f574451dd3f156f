"""How near octet's float results (`--float-order plain`) are to LiteRT's reference kernels, operator by operator.

ulps.json has the operators that are not equal: those that call the C library's (or Eigen's) float functions, whose last bit is another
one in every library. [N, unit]: a result may differ by N units in the last place of the larger of the two results ("result"), and of the
operator's input ("input") or of 1 ("one") where that is larger still, since there the result is a small difference of large numbers.
Operators that are not in it give the same bytes.
"""
import json
import os

import numpy as np

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ulps.json"), encoding="utf-8") as _file:
    BOUNDS = json.load(_file)


def distance(ours, theirs, operator, source=None):
    """The largest difference in the operator's units, and how many elements are not equal. source: the operator's first input."""
    ours, theirs = ours.reshape(-1), theirs.reshape(-1)
    unit = BOUNDS.get(operator, [0, "result"])[1]
    size = np.maximum(np.abs(ours), np.abs(theirs))
    if unit == "one":
        size = np.maximum(size, np.float32(1))
    elif unit == "input":
        size = np.maximum(size, np.abs(source.reshape(-1)))
    differs = ours.view(np.int32) != theirs.view(np.int32)
    apart = np.abs(ours[differs].astype(np.float64) - theirs[differs].astype(np.float64)) / np.spacing(size[differs]).astype(np.float64)
    return float(apart.max(initial=0)), int(differs.sum())


def problem(ours, theirs, operator, source=None):
    """'' or what is wrong with float results of one operator; other types must be equal."""
    if ours.dtype != theirs.dtype or ours.size != theirs.size:
        return f"{ours.dtype}{ours.shape} against LiteRT's {theirs.dtype}{theirs.shape}"
    if ours.tobytes() == theirs.tobytes():
        return ""
    if ours.dtype != np.float32:
        return f"{int((ours.reshape(-1) != theirs.reshape(-1)).sum())} of {ours.size} differ"
    bound = BOUNDS.get(operator, [0])[0]
    apart, count = distance(ours, theirs, operator, source)
    return "" if apart <= bound else f"{count} of {ours.size} differ, by up to {apart:.3g} ulp, {bound} are allowed"
