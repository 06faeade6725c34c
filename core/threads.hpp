#pragma once

#include <algorithm>
#include <functional>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Sets how many threads share each large product of matrices, each elementwise loop over many numbers, and each step
/// of an optimizer for many weights. It is 1 unless set, since small ones only lose by more. A given number gives the
/// same bits every time, whether or not the caller does all parts by itself, as it does while a running comparison
/// finds that to be faster. It is not to be called while another thread computes. In a forked process, which has none
/// of the threads, the caller does all parts. Throws ValueError for less than 1, more than 1,024, or more than the
/// system gives.
void set_num_threads(int threads);

/// How many threads share large work, as set_num_threads() has set it.
int num_threads();

/// Work that can be done in parts, none of which touches what another writes.
using Task = std::function<void(std::size_t part, std::size_t parts)>;

/// Work on numbers is divided at multiples of this. So the processor computes each number in a vector with the same
/// others, or by itself, however many parts there are, and rounds it alike.
constexpr std::size_t whole_vectors = 64;

/// Where a part begins if n things are divided at multiples of `block`; it ends where the next one begins.
inline std::size_t begin_of(std::size_t part, std::size_t parts, std::size_t n, std::size_t block = whole_vectors) {
  return std::min(n, (n + block - 1) / block * part / parts * block);
}

/// Calls task(0, parts), ..., task(parts - 1, parts) for num_threads() parts, each in a thread of its own, and returns
/// when all have returned. If parts throw, it then throws what the first of them threw. While the threads are busy, for
/// another thread or within a task, the caller does all parts itself.
void in_threads(const Task& task);

}  // namespace xgrad::inline XGRAD_PRECISION
