#pragma once

// NumPy's files: .npy holds an array, .npz several in a zip archive.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The array of a .npy file: of floats (which are rounded to Real), whole numbers or bools, in either byte order, in C
/// or Fortran order. Throws DataError for a damaged file, another dtype, more or fewer bytes than the header says, and
/// a number that Real does not hold (see to_tensor in numbers.hpp).
Tensor load_npy(const std::string& path);

/// Writes a tensor as np.save does, float32 or float64, in C order.
void save_npy(const std::string& path, const Tensor& tensor);

/// The arrays of a .npz file with their names, in its order; those of np.savez(file, a, b, ...), arr_0, arr_1, ..., in
/// the order of their numbers. Throws DataError as load_npy does, and for a damaged archive.
std::vector<std::pair<std::string, Tensor>> load_npz_named(const std::string& path);

/// The arrays of a .npz file without their names, in the order of load_npz_named(). Throws DataError for a damaged file
/// or archive.
std::vector<Tensor> load_npz(const std::string& path);

/// Writes tensors as np.savez(file, a, b, ...) does, as arr_0, arr_1, ....
void save_npz(const std::string& path, const std::vector<Tensor>& tensors);

/// The array of a .npy file, as load_npy() gives it, from bytes in memory. The messages of its errors begin with
/// `name`.
Tensor parse_npy(std::string_view bytes, const std::string& name);

/// The arrays of a .npz file with their names, as load_npz_named() gives them, from bytes in memory. The messages of
/// its errors begin with `name`.
std::vector<std::pair<std::string, Tensor>> parse_npz(std::string_view bytes, const std::string& name);

}  // namespace xgrad::inline XGRAD_PRECISION
