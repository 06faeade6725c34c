#include <xgrad/nn/layers/rescaling.hpp>

#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Rescaling::Rescaling(std::vector<double> scale_, std::vector<double> offset_)
    : scale(std::move(scale_)), offset(std::move(offset_)) {
  check();
}

void Rescaling::check() const {
  for (const auto& [name, numbers] : {std::pair("scale", &scale), std::pair("offset", &offset)}) {
    require<ValueError>(!numbers->empty(), "Rescaling: there is no ", name, "; it takes one or more");
    for (const double x : *numbers)
      require<ValueError>(std::isfinite(static_cast<Real>(x)), "Rescaling: ", name, " is ", x,
                          "; it takes a finite one");
  }
}

Var Rescaling::operator()(Var x, const Context&) const {
  const auto on_tape = [&](const std::vector<double>& numbers) {
    const std::size_t size = numbers.size();
    require(size == 1 || (!x.shape().empty() && x.shape().back() == size), "Rescaling: ", size,
            " numbers for the last axis of ", x.shape());
    return x.tape().constant(size == 1 ? Shape{} : Shape{size}, [&](Tensor& all) {
      for (std::size_t i = 0; i < size; ++i) all.data()[i] = static_cast<Real>(numbers[i]);
    });
  };
  const Var factor = on_tape(scale);
  return x * factor + on_tape(offset);
}

}  // namespace xgrad::inline XGRAD_PRECISION
