"""Prints what NumPy writes as .npy and .npz, with what it reads from it: python3 numpy_files.py > numpy_files.json"""

import io
import json
import sys
import zipfile

import numpy as np


class Stream(io.RawIOBase):  # cannot seek, so that zipfile puts sizes and CRC behind each member
    def __init__(self):
        self.bytes = b""

    def writable(self):
        return True

    def write(self, data):
        self.bytes += bytes(data)
        return len(data)


def saved(save, *arrays, **named):
    file = io.BytesIO()
    save(file, *arrays, **named)
    return file.getvalue()


def npy(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version)
    return file.getvalue()


def case(name, data, arrays):
    arrays = [(key, np.asarray(a)) for key, a in arrays]
    return {"name": name, "hex": data.hex(),
            "arrays": [{"name": key, "shape": list(a.shape), "values": [float(x) for x in a.flatten()]}
                       for key, a in arrays]}


table = np.array([[1, 0, 2], [3, 4, 125]])
cases = []
for kind in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]:
    for order in "<>":
        a = (table - (25 if kind[0] in "fi" else 0)).astype(order + kind)
        cases.append(case("npy " + order + kind, npy(a), [("", a)]))
cube = np.arange(24, dtype="<f4").reshape(2, 3, 4)
for version in [(1, 0), (2, 0), (3, 0)]:
    cases.append(case("npy version %d" % version[0], npy(cube, version), [("", cube)]))
cases.append(case("npy fortran order", npy(np.asfortranarray(cube)), [("", cube)]))
cases.append(case("npy fortran order, big-endian", npy(np.asfortranarray(table.astype(">i2"))), [("", table)]))
cases.append(case("npy of a number", npy(np.float64(0.5)), [("", np.float64(0.5))]))
cases.append(case("npy of nothing", npy(np.zeros((0, 3))), [("", np.zeros((0, 3)))]))
cases.append(case("npy of one axis", npy(np.array([7.0])), [("", np.array([7.0]))]))

twelve = [np.array([float(k)]) for k in range(12)]
unnamed = [("arr_%d" % k, a) for k, a in enumerate(twelve)]
cases.append(case("npz", saved(np.savez, *twelve), unnamed))
cases.append(case("npz compressed", saved(np.savez_compressed, *twelve), unnamed))
cases.append(case("npz arr_11 before arr_2", saved(np.savez, **dict(sorted(unnamed))), unnamed))
names = {"x": cube, "名": table.astype("f4"), "arr_0": np.zeros(0)}
cases.append(case("npz of names", saved(np.savez, **names), list(names.items())))
cases.append(case("npz of names, compressed", saved(np.savez_compressed, **names), list(names.items())))
stream = Stream()
np.savez_compressed(stream, **names)
cases.append(case("npz to a pipe", stream.bytes, list(names.items())))
cases.append(case("npz of nothing", saved(np.savez), []))
fields = np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b[", "<f8", (2,))])
others = {"text": np.array(["a", "bc"]), "object": np.array([None, {}]), "complex": np.array([1j]), "fields": fields}
mixed = io.BytesIO(saved(np.savez, **others, x=cube, **{"2024": table.astype("i2")}))
with zipfile.ZipFile(mixed, "a") as archive:
    archive.writestr("README.txt", "no array")
cases.append(case("npz with what no tensor takes", mixed.getvalue(), [("x", cube), ("2024", table)]))
python2 = npy(np.array([[7.0, 8.0]])).replace(b"(1, 2), }  ", b"(1L, 2L), }")
assert (np.load(io.BytesIO(python2)) == [[7.0, 8.0]]).all()
cases.append(case("npy of Python 2", python2, [("", np.array([[7.0, 8.0]]))]))
zipfile.ZIP64_LIMIT = zipfile.ZIP_FILECOUNT_LIMIT = 1  # as if all were 4 GiB
cases.append(case("npz in zip64", saved(np.savez, **names), list(names.items())))
cases.append(case("npz in zip64, compressed", saved(np.savez_compressed, **names), list(names.items())))

source = "NumPy %s under Python %s, by numpy_files.py" % (np.__version__, sys.version.split()[0])
print(json.dumps({"source": source})[:-1] + ', "cases": [')
print(",\n".join(json.dumps(c) for c in cases) + "\n]}")
