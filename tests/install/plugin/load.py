"""load.py PLUGIN: xgrad in Python by ctypes, beside NumPy where there is NumPy."""
import ctypes
import sys

try:
    import numpy
    a = numpy.random.default_rng(1).random((500, 500))
    product = a @ a
except ImportError:
    numpy = None
    print("without NumPy, which is not there")

plugin = ctypes.CDLL(sys.argv[1])
plugin.plugin_fit.restype = ctypes.c_double
plugin.plugin_fit.argtypes = [ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_double), ctypes.c_size_t]
plugin.plugin_error.restype = ctypes.c_char_p
points = ctypes.c_double * 4
loss = plugin.plugin_fit(points(0, 1, 2, 3), points(1, 3, 5, 7), 4)
assert loss < 1e-3, loss
assert plugin.plugin_error().startswith(b"matmul: cannot multiply (2, 3) by (2, 3)"), plugin.plugin_error()
if numpy:
    assert (a @ a == product).all()  # computed by as many threads as before
