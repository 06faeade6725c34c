#pragma once

// Elementwise loops over tensors that are broadcast against each other, by NumPy's rule.

#include <array>

#include <xgrad/core/kernels/levels.hpp>
#include <xgrad/core/tensor.hpp>
#include <xgrad/core/threads.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The shape to which two shapes broadcast, as in NumPy: extents are compared from the last backwards, and an extent of
/// 1, or none, becomes the other. Throws ShapeError if two extents differ and neither is 1; the message begins with
/// `who`.
Shape broadcast_shape(const char* who, const Shape& a, const Shape& b);

/// Whether the shape `small` broadcasts to the shape `large`, as in NumPy.
bool broadcasts_to(const Shape& small, const Shape& large);

/// The fewest nested loops that visit N row-major tensors together, each broadcast to one common shape. Neighbouring
/// axes along which every tensor advances evenly are merged into one loop.
template <std::size_t N>
class Walk {
 public:
  /// For each tensor, by how many elements a step of a loop moves in it: 0 along an axis on which it is broadcast.
  using Steps = std::array<std::size_t, N>;

  /// A walk over tensors of these shapes, which broadcast to the common one.
  Walk(const Shape& common, const std::array<const Shape*, N>& shapes) : loops_(1, Loop{1, {}}) {
    Steps step;
    step.fill(1);
    for (std::size_t axis = 0; axis < common.size(); ++axis) {  // counted from the last
      Loop loop{common[common.size() - 1 - axis], {}};
      for (std::size_t k = 0; k < N; ++k) {
        const Shape& shape = *shapes[k];
        const std::size_t extent = axis < shape.size() ? shape[shape.size() - 1 - axis] : 1;
        loop.step[k] = extent == 1 ? 0 : step[k];
        step[k] *= extent;
      }
      if (loop.extent == 1) continue;
      Loop& last = loops_.back();
      if (last.extent == 1)  // the loop of one step that the list begins with
        last = loop;
      else if (continues(last, loop))
        last.extent *= loop.extent;
      else
        loops_.push_back(loop);
    }
  }

  /// Calls run(n, offset, step) for every n elements of the innermost loop: tensor k is read at offset[k] + i step[k]
  /// for i from 0 to n - 1. The step is 1, or 0 for a tensor that stays at one element.
  template <class Run>
  void each_run(Run run) const {
    for (const Loop& loop : loops_)
      if (loop.extent == 0) return;
    Steps offset{};
    xt::svector<std::size_t, 4> count(loops_.size(), 0);
    for (;;) {
      run(loops_.front().extent, offset, loops_.front().step);
      std::size_t depth = 1;  // an odometer over the outer loops
      for (; depth < loops_.size(); ++depth) {
        const Loop& loop = loops_[depth];
        const bool wraps = ++count[depth] == loop.extent;
        for (std::size_t k = 0; k < N; ++k) offset[k] += wraps ? loop.step[k] * (1 - loop.extent) : loop.step[k];
        if (!wraps) break;
        count[depth] = 0;
      }
      if (depth == loops_.size()) return;
    }
  }

 private:
  struct Loop {
    std::size_t extent;
    Steps step;
  };

  static bool continues(const Loop& inner, const Loop& outer) {
    for (std::size_t k = 0; k < N; ++k)
      if (outer.step[k] != inner.step[k] * inner.extent) return false;
    return true;
  }

  xt::svector<Loop, 4> loops_;  // innermost first
};

namespace detail {

struct Moving {
  const Real* x;
  Real operator[](std::size_t i) const { return x[i]; }
};

struct Still {
  Real x;
  Real operator[](std::size_t) const { return x; }
};

template <class F, class... Operands>
void apply_between(Real* y, std::size_t first, std::size_t last, F f, Operands... x) {
  by_level([=]() mutable {
    for (std::size_t i = first; i < last; ++i) y[i] = f(x[i]...);
  });
}

template <class F, class... Operands>
void apply(Real* y, std::size_t n, F f, Operands... x) {
  constexpr std::size_t enough = 1 << 16;  // elements that threads compute faster than one
  if (n < enough) return apply_between(y, 0, n, f, x...);
  const auto task = [&](std::size_t part, std::size_t parts) {
    apply_between(y, begin_of(part, parts, n), begin_of(part + 1, parts, n), f, x...);
  };
  in_threads(std::ref(task));
}

// Calls then(operand) with what reads x at every element, or always the first: each a loop of its own.
template <class Then>
void reading(const Real* x, std::size_t step, Then then) {
  step == 0 ? then(Still{*x}) : then(Moving{x});
}

}  // namespace detail

namespace by_argument {

/// y = f(a), elementwise; if there are many elements, by several threads at once.
template <class F>
void map(Tensor& y, const Tensor& a, F f) {
  detail::apply(y.data(), y.size(), f, detail::Moving{a.data()});
}

/// y = f(a, b), elementwise, where a and b are broadcast to y's shape.
template <class F>
void map(Tensor& y, const Tensor& a, const Tensor& b, F f) {
  using detail::apply, detail::Moving, detail::reading;
  if (a.shape() == b.shape()) return apply(y.data(), y.size(), f, Moving{a.data()}, Moving{b.data()});
  Walk<3>(y.shape(), {&y.shape(), &a.shape(), &b.shape()}).each_run([&](std::size_t n, auto offset, auto step) {
    reading(a.data() + offset[1], step[1], [&](auto u) {
      reading(b.data() + offset[2], step[2], [&](auto v) { apply(y.data() + offset[0], n, f, u, v); });
    });
  });
}

/// y = f(a, b, c), elementwise, where a, b and c are broadcast to y's shape.
template <class F>
void map(Tensor& y, const Tensor& a, const Tensor& b, const Tensor& c, F f) {
  using detail::apply, detail::reading;
  const Walk<4> walk(y.shape(), {&y.shape(), &a.shape(), &b.shape(), &c.shape()});
  walk.each_run([&](std::size_t n, auto offset, auto step) {
    reading(a.data() + offset[1], step[1], [&](auto u) {
      reading(b.data() + offset[2], step[2], [&](auto v) {
        reading(c.data() + offset[3], step[3], [&](auto w) { apply(y.data() + offset[0], n, f, u, v, w); });
      });
    });
  });
}

}  // namespace by_argument

}  // namespace xgrad::inline XGRAD_PRECISION
