#pragma once

// Tensor, Shape: the only public header that names xtensor's, in the layout before version 0.26 and after it.

#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif

#include <cstddef>
#include <initializer_list>
#include <iosfwd>
#include <new>
#include <utility>
#include <vector>

#include <xgrad/core/real.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Asks the system for huge pages for the memory of so many bytes from `first` on, as far as they fit into it. With
/// small pages a processor misses its TLB more often when it reads rows of a matrix at random, or goes down a column.
void want_huge_pages(void* first, std::size_t bytes);

/// What is found by the type of its arguments, as Tensor and Var are of this namespace. So functions whose names
/// std:: has for something else, such as map and greater, do not stand in the way of a program that uses both
/// namespaces.
namespace by_argument {

/// An allocator for numbers. The memory is aligned to a cache line, and lies in huge pages if it fills one. resize()
/// leaves it unwritten, because every kernel writes its whole result.
template <class T>
struct Uninitialised {
  using value_type = T;
  static constexpr std::size_t cache_line = 64, huge_page = 2 << 20;  // bytes

  Uninitialised() = default;
  /// An allocator of another type; there is nothing to take over.
  template <class U>
  Uninitialised(const Uninitialised<U>&) {}

  /// Whether n elements fill a huge page, of 2 MiB.
  static bool is_large(std::size_t n) { return n * sizeof(T) >= huge_page; }
  /// Where n elements begin: at a multiple of so many bytes.
  static std::align_val_t alignment(std::size_t n) { return std::align_val_t{is_large(n) ? huge_page : cache_line}; }
  T* allocate(std::size_t n) {
    void* const p = ::operator new(n * sizeof(T), alignment(n));
    if (is_large(n)) want_huge_pages(p, n * sizeof(T));
    return static_cast<T*>(p);
  }
  void deallocate(T* p, std::size_t n) { ::operator delete(p, alignment(n)); }
  template <class U, class... Args>
  void construct(U* p, Args&&... args) {
    if constexpr (sizeof...(Args) > 0) ::new (static_cast<void*>(p)) U(std::forward<Args>(args)...);
  }
  bool operator==(const Uninitialised&) const { return true; }
};

}  // namespace by_argument

/// The shape of a tensor: its extents, the outermost first, such as (rows, columns). A number has no extents: ().
using Shape = xt::svector<std::size_t, 4>;

/// A dense row-major array of Real of any rank; an xtensor container, so all of xtensor works on it. Its storage is a
/// std::vector because that keeps its capacity: a buffer that shrinks for the last batch need not grow again.
/// Beware: Tensor({2, 3}) holds the two numbers 2 and 3; a 2 by 3 tensor is zeros({2, 3}).
/// Beware: an index that is left out is 0, from the left: for predictions p of shape (n, 1), p(i) is p(0, i), which
/// there is only for i = 0. Write p(i, 0), or p.data()[i]. With the macro XTENSOR_ENABLE_ASSERT xtensor throws there.
using Tensor =
    xt::xarray_container<std::vector<Real, by_argument::Uninitialised<Real>>, xt::layout_type::row_major, Shape>;

namespace by_argument {

/// Writes a tensor as NumPy does: [[1 2]\n [3 4]], with the stream's precision and a decimal point. Of more than 1,000
/// numbers it writes the first and last of each axis, so the text stays short.
std::ostream& operator<<(std::ostream& out, const Tensor& x);

}  // namespace by_argument

/// How many elements a tensor of this shape has: 1 for the shape of a number, 0 if an extent is 0. Throws ShapeError if
/// they are more than memory has addresses for.
std::size_t element_count(const Shape& shape);

/// The shape of n tensors of this shape, one after another: (n, ...).
Shape stacked(std::size_t n, const Shape& shape);

/// A tensor of the given shape whose elements all have one value. Throws ShapeError if they are more than memory has
/// addresses for.
Tensor filled(const Shape& shape, Real value);

/// A tensor of zeros. Throws ShapeError if they are more than memory has addresses for.
Tensor zeros(const Shape& shape);

/// A tensor of ones. Throws ShapeError if they are more than memory has addresses for.
Tensor ones(const Shape& shape);

/// The numbers as a column, (n, 1). Braces alone cannot say it: Tensor{{1}, {2}} is ambiguous.
Tensor column(std::initializer_list<Real> numbers);

}  // namespace xgrad::inline XGRAD_PRECISION
