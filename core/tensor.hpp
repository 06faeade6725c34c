#pragma once

// Real, Tensor, Shape: the only public header that names xtensor's, in the layout before version 0.26 and after it.

#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif

#include <cstddef>
#include <initializer_list>
#include <new>
#include <utility>
#include <vector>

#ifdef __FAST_MATH__
#error "xgrad needs NaN and infinity to mean what they say: compile without -ffast-math"
#endif

// The library is built twice from the same sources. The name of the inline namespace is part of every symbol, so that
// a program which mixes the two does not link.
#ifdef XGRAD_DOUBLE
#define XGRAD_PRECISION double_precision
#else
#define XGRAD_PRECISION single_precision
#endif

namespace xgrad::inline XGRAD_PRECISION {

#ifdef XGRAD_DOUBLE
using Real = double;
#else
using Real = float;
#endif

/// Memory for numbers: aligned to a cache line, and left unwritten by resize(), for every kernel writes its whole
/// result.
template <class T>
struct Uninitialised {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  Uninitialised() = default;
  template <class U>
  Uninitialised(const Uninitialised<U>&) {}

  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), alignment)); }
  void deallocate(T* p, std::size_t) { ::operator delete(p, alignment); }
  template <class U, class... Args>
  void construct(U* p, Args&&... args) {
    if constexpr (sizeof...(Args) > 0) ::new (static_cast<void*>(p)) U(std::forward<Args>(args)...);
  }
  bool operator==(const Uninitialised&) const { return true; }
};

/// The extents of a tensor, outermost first: (rows, columns). No extents at all is the shape of a number.
using Shape = xt::svector<std::size_t, 4>;

/// A dense row-major array of Real of any rank; an xtensor container, so all of xtensor works on it. Its storage is a
/// std::vector because that keeps its capacity: a buffer that shrinks for the last batch need not grow again.
/// Beware: Tensor({2, 3}) holds the two numbers 2 and 3; a 2 by 3 tensor is zeros({2, 3}).
using Tensor = xt::xarray_container<std::vector<Real, Uninitialised<Real>>, xt::layout_type::row_major, Shape>;

/// How many elements a tensor of this shape has: 1 for the shape of a number, 0 if an extent is 0.
std::size_t element_count(const Shape& shape);

/// The shape of n tensors of this shape, one after another: (n, ...).
Shape stacked(std::size_t n, const Shape& shape);

/// A tensor of the given shape whose elements all have one value.
Tensor filled(const Shape& shape, Real value);
Tensor zeros(const Shape& shape);
Tensor ones(const Shape& shape);

/// The numbers as a column, (n, 1). Braces alone cannot say it: Tensor{{1}, {2}} is ambiguous.
Tensor column(std::initializer_list<Real> numbers);

}  // namespace xgrad::inline XGRAD_PRECISION
