#include <algorithm>
#include <cmath>

#include <xgrad/teach/detail/causes.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr double rounding = sizeof(Real) == sizeof(double) ? 1e-7 : 2e-3;

double largest(const Tensor& x) {
  double result = 0;
  for (const Real a : x) result = std::max(result, std::abs(double{a}));
  return result;
}

Shape without_ones(const Shape& shape) {
  Shape result;
  for (const std::size_t extent : shape)
    if (extent != 1) result.push_back(extent);
  return result;
}

// One way of reading the learner's gradient: as it is, or summed over an axis.
struct Reading {
  std::vector<Cause> causes;
  std::string says;
  std::vector<Tensor> values;
};

Tensor summed(const Tensor& x, std::size_t axis) {
  Shape shape;
  std::size_t inner = 1;
  for (std::size_t k = 0; k < x.dimension(); ++k) {
    if (k != axis) shape.push_back(x.shape(k));
    if (k > axis) inner *= x.shape(k);
  }
  Tensor y = zeros(shape);
  for (std::size_t i = 0; i < x.size(); ++i) y.data()[i / (inner * x.shape(axis)) * inner + i % inner] += x.data()[i];
  return y;
}

std::vector<Reading> readings_of(const std::vector<HandPoint>& points) {
  const Tensor &first = points[0].yours, &right = points[0].right;
  std::vector<Reading> result{{{}, "", {}}};
  if (first.size() > right.size()) {
    for (std::size_t axis = 0; axis < first.dimension(); ++axis)
      if (first.shape(axis) > 1)
        result.push_back({{Cause::not_reduced},
                          text("not reduced: yours has shape ", first.shape(), ", the parameter ", right.shape(),
                               "; the sum over axis ", axis, ", the batch, is missing"),
                          {}});
    if (first.dimension() > 1)
      result.push_back(
          {{Cause::not_reduced}, text("not reduced: yours has shape ", first.shape(), "; its sum is missing"), {}});
  }
  for (const HandPoint& point : points) {
    const Tensor& y = point.yours;
    std::size_t at = 0;
    result[at++].values.push_back(y);
    if (y.size() <= right.size()) continue;
    for (std::size_t axis = 0; axis < y.dimension(); ++axis)
      if (y.shape(axis) > 1) result[at++].values.push_back(summed(y, axis));
    if (y.dimension() > 1) {
      Tensor total = y;
      while (total.dimension() > 0) total = summed(total, 0);
      result[at++].values.push_back(std::move(total));
    }
  }
  return result;
}

// The factor that most elements would have; each point counts alike.
double factor(const std::vector<const Tensor*>& yours, const std::vector<const Tensor*>& right) {
  double products = 0, squares = 0;
  for (std::size_t p = 0; p < right.size(); ++p) {
    const double scale = largest(*right[p]);
    if (scale == 0) continue;
    for (std::size_t i = 0; i < right[p]->size(); ++i) {
      const double g = right[p]->data()[i] / scale;
      products += yours[p]->data()[i] / scale * g, squares += g * g;
    }
  }
  return squares > 0 ? products / squares : 0;
}

struct Name {
  std::vector<Cause> causes;
  std::string says;
};

// What c is made of: a sign, a factor 2, a count; the names with the fewest parts.
std::vector<Name> names_of(double c, const std::vector<std::size_t>& counts) {
  std::vector<Name> names;
  for (const double sign : {1.0, -1.0})
    for (const double two : {1.0, 0.5, 2.0})
      for (std::size_t k = 0; k <= 2 * counts.size(); ++k) {
        const double n = k == 0 ? 1 : static_cast<double>(counts[(k - 1) / 2]), count = k % 2 == 1 ? n : 1 / n;
        if (std::abs(c - sign * two * count) > rounding * std::abs(c)) continue;
        Name name;
        const auto add = [&](Cause cause, const std::string& says) {
          name.causes.push_back(cause);
          name.says += (name.says.empty() ? "" : ", and ") + says;
        };
        if (sign < 0) add(Cause::sign, "sign: yours points against the gradient");
        if (two != 1)
          add(Cause::factor_two, two < 1 ? "factor 2: half, as without the 2 of a square" : "factor 2: a 2 too many");
        if (k > 0)
          add(Cause::mean_or_sum, k % 2 == 1 ? text("mean or sum: ", n, " times, as without the 1/", n, " of a mean")
                                             : text("mean or sum: a 1/", n, " too many, as of a mean over ", n));
        names.push_back(std::move(name));
      }
  std::size_t fewest = 9;
  for (const Name& name : names) fewest = std::min(fewest, name.causes.size());
  std::erase_if(names, [&](const Name& name) { return name.causes.size() > fewest; });
  return names;
}

std::string place(const Shape& shape, std::size_t element) {
  Shape index(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0; element /= shape[axis]) index[axis] = element % shape[axis];
  return text(index);
}

std::string worst_elements(const Tensor& yours, const Tensor& right) {
  std::vector<std::size_t> order(right.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto error = [&](std::size_t i) { return std::abs(double{yours.data()[i]} - right.data()[i]); };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return error(i) > error(j); });
  std::string result = "no known mistake; the worst elements:";
  for (std::size_t k = 0; k < std::min<std::size_t>(3, order.size()); ++k) {
    const double y = yours.data()[order[k]], r = right.data()[order[k]];
    result +=
        text(k == 0 ? " " : "; ", place(right.shape(), order[k]), " yours ", y, ", right ", r, ", difference ", y - r);
  }
  return result;
}

}  // namespace

bool is_multiple(const std::vector<HandPoint>& points, const std::vector<const Tensor*>& yours,
                 const std::vector<const Tensor*>& right, double c) {
  double all = 0;
  for (const Tensor* g : right) all = std::max(all, std::abs(c) * largest(*g));
  for (std::size_t p = 0; p < right.size(); ++p) {
    // at a minimum, all elements are sums that cancel: so what is small beside the other points is rounding, too
    const double allowed =
        rounding * std::abs(c) * largest(*right[p]) + 1e-3 * rounding * std::max(all, 1e-6) + points[p].noise;
    for (std::size_t i = 0; i < right[p]->size(); ++i)
      if (!(std::abs(yours[p]->data()[i] - c * right[p]->data()[i]) <= allowed)) return false;
  }
  return true;
}

HandVerdict judge(const std::string& name, const std::vector<HandPoint>& points,
                  const std::vector<std::size_t>& counts) {
  HandVerdict verdict{name, {}, "right"};
  const Tensor &yours = points[0].yours, &right = points[0].right;
  const auto found = [&](std::vector<Cause> causes, const std::string& says) {
    verdict.message = verdict.ok() ? says : verdict.message + "; or " + says;
    verdict.readings.push_back(std::move(causes));
  };
  for (const HandPoint& point : points)
    for (std::size_t i = 0; i < point.yours.size(); ++i)
      if (!std::isfinite(point.yours.data()[i])) {
        found({Cause::not_finite}, text("not finite: ", point.yours.data()[i], " at ", place(point.yours.shape(), i)));
        return verdict;
      }
  std::size_t mistakes = points[0].mistakes.size();
  for (const HandPoint& point : points) {
    mistakes = std::min(mistakes, point.mistakes.size());
    if (point.yours.shape() == yours.shape()) continue;
    found({Cause::wrong_shape},
          text("wrong shape: yours is ", yours.shape(), " at one point, and ", point.yours.shape(), " at another"));
    return verdict;
  }
  struct Match {
    const Reading* reading;
    const Mistake* mistake;  // none: the right gradient
    double c;
  };
  // A mistake that changes nothing here, as in a layer above; and a table that gives a multiple, whose factor says
  // more.
  std::vector<bool> explains_nothing(mistakes);
  for (std::size_t m = 0; m < mistakes; ++m) {
    std::vector<const Tensor*> with, without;
    for (const HandPoint& point : points) with.push_back(&point.mistakes[m].gradient), without.push_back(&point.right);
    if (with[0]->shape() != without[0]->shape()) continue;
    const bool table = points[0].mistakes[m].cause == Cause::outer_product;
    const double c = table ? factor(with, without) : 1;
    explains_nothing[m] = c != 0 && is_multiple(points, with, without, c);
  }
  const std::vector<Reading> readings = readings_of(points);
  std::vector<Match> matches;
  std::vector<std::pair<const Mistake*, double>> scaled;  // terms that yours has times a factor
  for (const Reading& reading : readings)
    for (std::size_t m = 0; m <= mistakes; ++m) {
      std::vector<const Tensor*> left, other;
      bool fits = true;
      for (std::size_t p = 0; p < points.size(); ++p) {
        left.push_back(&reading.values[p]);
        other.push_back(m == 0 ? &points[p].right : &points[p].mistakes[m - 1].gradient);
        fits = fits && without_ones(left[p]->shape()) == without_ones(other[p]->shape());
      }
      if (!fits || (m > 0 && (explains_nothing[m - 1] || points[0].mistakes[m - 1].is_any_step))) continue;
      const bool same = is_multiple(points, left, other, 1);
      const double c = same ? 1 : factor(left, other);
      const Mistake* const mistake = m == 0 ? nullptr : &points[0].mistakes[m - 1];
      if (same || (c != 0 && is_multiple(points, left, other, c))) matches.push_back({&reading, mistake, c});
      if (same || m == 0 || mistake->cause != Cause::missing_path) continue;
      if (yours.shape() != right.shape() && yours.size() * right.size() != 1) continue;
      // The term is there, but times a factor: without the others, yours is c times it.
      std::vector<Tensor> rest, term;
      for (const HandPoint& point : points) {
        rest.push_back(point.yours - point.mistakes[m - 1].gradient);
        term.push_back(point.right - point.mistakes[m - 1].gradient);
      }
      for (std::size_t p = 0; p < points.size(); ++p) left[p] = &rest[p], other[p] = &term[p];
      const double part = factor(left, other);
      if (part != 0 && part != 1 && is_multiple(points, left, other, part)) scaled.emplace_back(mistake, part);
    }
  // First what one mistake explains, then what two do, and a factor without a name last.
  const bool reshaped = yours.size() > 1 && yours.shape() != right.shape();
  for (std::size_t parts = 0; parts <= 5 && verdict.ok(); ++parts)
    for (const Match& match : matches) {
      if (match.mistake != nullptr && verdict.names(match.mistake->cause)) continue;  // the first of a kind is enough
      Name base{match.reading->causes, match.reading->says};
      if (match.mistake != nullptr) {
        const bool table = match.mistake->cause == Cause::outer_product;
        if (table && !base.causes.empty()) base = {{}, text("your expression has shape ", yours.shape(), "; ")};
        if (!table && !base.causes.empty()) base.says += ", and ";
        base.causes.push_back(match.mistake->cause);
        base.says += match.mistake->says;
      } else if (reshaped && base.causes.empty() && !verdict.names(Cause::transposed)) {
        base = {{Cause::wrong_shape}, text("wrong shape: yours is ", yours.shape(), ", the parameter ", right.shape())};
      } else if (reshaped && base.causes.empty()) {
        continue;
      }
      std::vector<Name> factors = match.c == 1 ? std::vector<Name>{{}} : names_of(match.c, counts);
      const bool bare = base.causes.empty();
      if (bare && factors.empty() && parts == 4)
        factors = {{{Cause::constant_factor}, text("constant factor: ", match.c, " times")}};
      for (const Name& name : factors) {
        const std::size_t weight =
            name.causes == std::vector{Cause::constant_factor} ? 4 : base.causes.size() + name.causes.size();
        if (weight == 0) return verdict;  // right
        if (weight != parts) continue;
        Name whole = base;
        whole.causes.insert(whole.causes.end(), name.causes.begin(), name.causes.end());
        whole.says += (bare || name.says.empty() ? "" : ", and ") + name.says;
        found(whole.causes, whole.says);
      }
    }
  for (const auto& [mistake, c] : scaled)
    for (const Name& name : names_of(c, counts))
      if (verdict.ok())
        found(name.causes, text("in ", mistake->says.substr(mistake->says.find(": ") + 2), ": ", name.says));
  for (std::size_t m = 0; m < mistakes && verdict.ok() && yours.shape() == right.shape(); ++m) {
    if (!points[0].mistakes[m].is_any_step || explains_nothing[m]) continue;
    std::vector<Tensor> rest, step;
    for (const HandPoint& point : points)
      rest.push_back(point.yours - point.right), step.push_back(point.mistakes[m].gradient - point.right);
    std::vector<const Tensor*> left, other;
    for (std::size_t p = 0; p < points.size(); ++p) left.push_back(&rest[p]), other.push_back(&step[p]);
    const double c = factor(left, other);
    if (c > 0 && is_multiple(points, left, other, c)) found({Cause::updated}, points[0].mistakes[m].says);
  }
  if (!verdict.ok()) return verdict;
  if (without_ones(yours.shape()) == without_ones(right.shape()))
    found({Cause::unknown}, worst_elements(yours, right));
  else
    found({Cause::wrong_shape}, text("wrong shape: yours is ", yours.shape(), ", the parameter ", right.shape()));
  return verdict;
}

}  // namespace xgrad::inline XGRAD_PRECISION
