#pragma once

// NumPy's files: .npy holds an array, .npz several in a zip archive.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/core/tensor.hpp>
#include <xgrad/data/part.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The array of a .npy file: of floats of any width (which are rounded to Real), whole numbers or bools, in either byte
/// order, in C or Fortran order. Throws DataError for a damaged file, another dtype, more or fewer bytes than the
/// header says, and a number that Real does not hold (see to_tensor() in safetensors.hpp). Of a part, its rows alone
/// are read. Throws ValueError for a part that there is not; see Shards.
Tensor load_npy(const std::string& path, const Part& part = {});

/// Writes a tensor as np.save does, float32 or float64, in C order.
void save_npy(const std::string& path, const Tensor& tensor);

/// The arrays of a .npz file with their names, in its order; those of np.savez(file, a, b, ...), arr_0, arr_1, ..., in
/// the order of their numbers. What a tensor cannot take, such as an array of texts, is passed over. Throws DataError
/// for the others as load_npy does, and for a damaged archive.
std::vector<std::pair<std::string, Tensor>> load_npz_named(const std::string& path);

/// All arrays of a .npz file without their names, in the order of load_npz_named(). Throws DataError for a damaged file
/// or archive, and for an array that a tensor cannot take, which would be missed in the count.
std::vector<Tensor> load_npz(const std::string& path);

/// The array of a .npz file that has this name, whatever the others are: np.load(path)[name]. Throws DataError as
/// load_npy does, for a damaged archive, and if there is no such array, with the names that there are.
Tensor load_npz(const std::string& path, std::string_view name);

/// Writes tensors as np.savez(file, a, b, ...) does, as arr_0, arr_1, ....
void save_npz(const std::string& path, const std::vector<Tensor>& tensors);

/// Writes tensors under names, as np.savez(file, name=a, ...) does. Throws ValueError for a name that is empty or there
/// twice.
void save_npz_named(const std::string& path, const std::vector<std::pair<std::string, Tensor>>& arrays);

/// The array of a .npy file, as load_npy() gives it, from bytes in memory. The messages of its errors begin with
/// `name`.
Tensor parse_npy(std::string_view bytes, const std::string& name);

/// The arrays of a .npz file with their names, as load_npz_named() gives them, from bytes in memory. The messages of
/// its errors begin with `name`.
std::vector<std::pair<std::string, Tensor>> parse_npz(std::string_view bytes, const std::string& name);

}  // namespace xgrad::inline XGRAD_PRECISION
