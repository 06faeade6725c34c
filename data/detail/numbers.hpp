#pragma once

// Numbers as files hold them, whatever their type and byte order, made into tensors.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// b: true or false in a byte; u, i: whole numbers; f: IEEE 754 floats; bf16: the upper half of an f32. In the order of
/// safetensors, which puts the last first.
enum class NumberType { b8, u8, i8, i16, u16, f16, bf16, i32, u32, f32, f64, i64, u64 };

/// The type of Real.
constexpr NumberType real_type = sizeof(Real) == sizeof(float) ? NumberType::f32 : NumberType::f64;

/// How many bytes a number takes.
std::size_t size_of(NumberType type);

/// How many bytes an array of this shape takes; nothing if they are 2^63 or more, where an extent of 0 counts as 1.
std::optional<std::size_t> bytes_of(NumberType type, const Shape& shape);

/// The numbers in these bytes, in row-major order. Floats are rounded to Real. Throws DataError, which starts with
/// `whose`, for a whole number that Real does not hold exactly, a float beyond its range, a bool that is neither 0 nor
/// 1, and unless the bytes are as many as the shape takes.
Tensor to_tensor(NumberType type, const Shape& shape, std::string_view bytes, const std::string& whose,
                 bool big_endian = false);

/// The bytes of a tensor in this machine's memory, which is little-endian.
std::string_view bytes_of(const Tensor& tensor);

}  // namespace xgrad::inline XGRAD_PRECISION
