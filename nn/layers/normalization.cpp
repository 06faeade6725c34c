#include <xgrad/nn/layers/normalization.hpp>

#include <algorithm>
#include <cmath>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/detail/axes.hpp>
#include <xgrad/nn/layers/detail/moments.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Normalization::Normalization(NormalizationOptions options_) : options(std::move(options_)) { check(); }

void Normalization::check() const {
  require<ValueError>(options.mean.size() == options.variance.size(), "Normalization: ", options.mean.size(),
                      " means and ", options.variance.size(), " variances; it takes as many of both, or neither");
  const auto is_finite = [](double x) { return std::isfinite(static_cast<Real>(x)); };
  for (const double m : options.mean)
    require<ValueError>(is_finite(m), "Normalization: a mean is ", m, "; it takes a finite one");
  for (const double v : options.variance)
    require<ValueError>(is_finite(v) && v >= 0, "Normalization: a variance is ", v,
                        "; it takes a finite one from 0 up");
}

void Normalization::adapt(const Tensor& x) {
  require<ValueError>(options.mean.empty(), "Normalization: adapt() would replace a mean that is given");
  const AxisShapes shapes = split_axes("Normalization", x.shape(), options.axis);
  require<ValueError>(x.size() > 0, "Normalization: cannot adapt to ", x.shape(), ", which has no elements");
  require(mean.is_empty() || mean.value().shape() == shapes.extents, "Normalization: cannot adapt to ", x.shape(),
          "; its mean has shape ", mean.is_empty() ? Shape() : mean.value().shape());
  for (std::size_t i = 0; i < x.size(); ++i)
    require<ValueError>(std::isfinite(x.data()[i]), "Normalization: cannot adapt to ", x.data()[i], ", in sample ",
                        i / (x.size() / x.shape(0)));
  Tape tape;
  const Moments measured = moments(tape.borrow(x), shapes.only);
  const Tensor& spread = measured.variance.value();
  require<ValueError>(std::all_of(spread.begin(), spread.end(), [](Real v) { return std::isfinite(v); }),
                      "Normalization: cannot adapt to numbers so large that their variance is not finite");
  mean.edit() = reshape(measured.mean, shapes.extents).value();
  variance.edit() = reshape(measured.variance, shapes.extents).value();
}

Var Normalization::operator()(Var x, const Context& context) {
  Tape& tape = x.tape();
  const AxisShapes shapes = split_axes("Normalization", x.shape(), options.axis);
  const auto given = [&](const std::vector<double>& numbers) {
    const std::size_t size = element_count(shapes.extents);
    require(numbers.size() == 1 || numbers.size() == size, "Normalization: ", numbers.size(), " means for ", x.shape(),
            "; it takes 1, or ", size);
    return tape.constant(shapes.extents, [&](Tensor& all) {
      for (std::size_t i = 0; i < size; ++i) all.data()[i] = static_cast<Real>(numbers[numbers.size() == 1 ? 0 : i]);
    });
  };
  Var shift, spread;
  if (options.mean.empty()) {
    require(mean.is_empty() || mean.value().shape() == shapes.extents, "Normalization: cannot take ", x.shape(),
            "; its mean has shape ", mean.is_empty() ? Shape() : mean.value().shape());
    shift = tape.constant(context.statistic(tape, mean, shapes.extents, zeros));
    spread = tape.constant(context.statistic(tape, variance, shapes.extents, ones));
    context.statistic(tape, count, {}, zeros);
  } else {
    shift = given(options.mean);
    spread = given(options.variance);
  }
  shift = shapes.spread(shift);
  const Var deviation = maximum(sqrt(shapes.spread(spread)), 1e-7);
  return options.invert ? x * deviation + shift : (x - shift) / deviation;
}

void Normalization::fields(Fields& f) {
  bool is_given = !options.mean.empty();
  f("axis", options.axis)("invert", options.invert).needed("is_given", is_given);
  if (is_given) {
    f("mean", options.mean)("variance", options.variance);
  } else {
    options.mean = options.variance = {};  // where a file says so
    f("mean", mean)("variance", variance)("count", count);
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
