#include <xgrad/teach/check_by_hand.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>

#include <xgrad/core/random.hpp>
#include <xgrad/teach/detail/causes.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

const Tensor& value_of(const HandParameter& p) { return p.parameter != nullptr ? p.parameter->value() : *p.tensor; }

void set(const std::vector<HandParameter>& parameters, const std::vector<Tensor>& values) {
  for (std::size_t k = 0; k < values.size(); ++k)
    (parameters[k].parameter != nullptr ? parameters[k].parameter->edit() : *parameters[k].tensor) = values[k];
}

// The values of the parameters, which are put back at the end.
struct Kept {
  explicit Kept(const std::vector<HandParameter>& parameters) : parameters(parameters) {
    for (const HandParameter& p : parameters) values.push_back(value_of(p));
  }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  ~Kept() { set(parameters, values); }

  const std::vector<HandParameter>& parameters;
  std::vector<Tensor> values;
};

// The loss at the current values.
struct Recorded {
  std::vector<Var> x;
  Var loss;
  std::size_t end = 0;  // of the lines that the loss wrote
};

Recorded record(Tape& tape, const Function& loss, const std::vector<HandParameter>& parameters) {
  Recorded r;
  tape.rewind();
  for (const HandParameter& p : parameters)
    r.x.push_back(p.parameter != nullptr ? tape.watch(*p.parameter) : tape.variable(*p.tensor));
  r.loss = loss(r.x);
  require(r.loss.value().size() == 1, "check_by_hand: the loss has shape ", r.loss.shape(), "; it takes one element");
  r.end = tape.size();
  return r;
}

std::vector<Tensor> gradients_of(const Recorded& r) {
  std::vector<Tensor> result;
  for (const Var g : gradient(r.loss, r.x)) result.push_back(g.value());
  return result;
}

bool is_finite(const std::vector<Tensor>& all) {
  return std::all_of(all.begin(), all.end(), [](const Tensor& x) {
    return std::all_of(x.begin(), x.end(), [](Real a) { return std::isfinite(a); });
  });
}

// What rounding may make of an element: the terms of a sum that cancel are of the size of the loss or of a gradient.
double noise_of(double loss, const std::vector<Tensor>& gradients) {
  double size = std::isfinite(loss) ? std::abs(loss) : 0;
  for (const Tensor& g : gradients)
    for (const Real a : g) size = std::max(size, std::abs(double{a}));
  return 64 * std::numeric_limits<Real>::epsilon() * size;
}

std::vector<Tensor> moved(const std::vector<Tensor>& values, Rng& rng) {
  std::vector<Tensor> result;
  for (const Tensor& x : values) {
    double squares = 0;
    for (const Real a : x) squares += double{a} * a;
    const double size = x.size() == 0 ? 0 : std::sqrt(squares / static_cast<double>(x.size()));
    result.push_back(x + random_normal(rng, x.shape(), 0, std::isfinite(size) ? std::max(size, 0.1) : 1));
  }
  return result;
}

// A parameter after the learner's step; as it was if the step does not fit.
Tensor stepped(const Tensor& value, const Tensor& gradient, double rate) {
  Tensor result = value;
  if (gradient.size() == value.size())
    for (std::size_t i = 0; i < value.size(); ++i) result.data()[i] -= static_cast<Real>(rate * gradient.data()[i]);
  return result;
}

// The gradients of the others after some of the parameters have made their steps, and the loss was computed again: one
// of them, or all before or behind a parameter.
void add_updates(Tape& tape, const Function& loss, const std::vector<HandParameter>& parameters,
                 const std::vector<Tensor>& values, const std::vector<Tensor>& after, std::vector<HandPoint*>& at) {
  const auto gradients_after = [&](const auto& moves) {
    std::vector<Tensor> now = values;
    for (std::size_t m = 0; m < parameters.size(); ++m)
      if (moves(m)) now[m] = after[m];
    set(parameters, now);
    return gradients_of(record(tape, loss, parameters));
  };
  const auto add = [&](std::size_t k, const std::string& who, Tensor gradient) {
    at[k]->mistakes.push_back(
        {Cause::updated,
         "updated: it is right for the values after the step of " + who + "; compute all gradients first, then update",
         std::move(gradient)});
  };
  for (std::size_t moving = 0; moving < parameters.size(); ++moving) {
    const std::vector<Tensor> right = gradients_after([&](std::size_t m) { return m == moving; });
    for (std::size_t k = 0; k < parameters.size(); ++k)
      if (k != moving) add(k, parameters[moving].name, right[k]);
  }
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const std::size_t behind = parameters.size() - 1 - k;
    if (k > 1) add(k, "the parameters before it", gradients_after([&](std::size_t m) { return m < k; })[k]);
    if (behind > 1) add(k, "the parameters behind it", gradients_after([&](std::size_t m) { return m > k; })[k]);
  }
  set(parameters, values);
}

// The same loss at the same values: what drops out at random is another function every time.
void require_same(Tape& tape, const Function& loss, const std::vector<HandParameter>& parameters) {
  const Recorded r = record(tape, loss, parameters);
  const double first = r.loss.item();
  const std::vector<Tensor> gradients = gradients_of(r);
  const Recorded again = record(tape, loss, parameters);
  const double second = again.loss.item();
  const std::vector<Tensor> others = gradients_of(again);
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  bool all_same = same(first, second);
  for (std::size_t k = 0; k < gradients.size(); ++k)
    all_same =
        all_same && std::equal(gradients[k].begin(), gradients[k].end(), others[k].begin(), others[k].end(), same);
  require<ValueError>(all_same, "check_by_hand: the loss is another function at each call: ", first, ", then ", second,
                      " at the same values. If it draws random numbers, as dropout does, begin each call with the same"
                      " seed, and give your formula that mask");
}

}  // namespace

bool HandVerdict::names(Cause cause) const {
  return std::any_of(readings.begin(), readings.end(),
                     [&](const auto& r) { return std::find(r.begin(), r.end(), cause) != r.end(); });
}

bool HandReport::ok() const {
  return std::all_of(parameters.begin(), parameters.end(), [](const HandVerdict& v) { return v.ok(); });
}

std::ostream& operator<<(std::ostream& out, const HandReport& report) {
  for (const HandVerdict& v : report.parameters) out << "your gradient of " << v.name << ": " << v.message << '\n';
  if (report.kinks > 0) out << text(report.kinks, " elements on a kink, skipped\n");
  return out;
}

HandReport check_by_hand(const Function& loss, const std::vector<HandParameter>& parameters,
                         const std::function<HandGradients()>& gradients, const HandOptions& options) {
  require<ValueError>(!parameters.empty(), "check_by_hand: no parameters; it takes at least one");
  const Kept kept(parameters);
  Tape tape;
  require_same(tape, loss, parameters);
  Rng rng(options.seed);
  HandReport report;
  std::vector<std::vector<Tensor>> places;
  std::vector<std::vector<HandPoint>> points(parameters.size());
  std::vector<bool> given(parameters.size(), true);
  std::vector<std::size_t> counts;
  std::size_t lines = 0;
  bool same_program = true;
  // The current point and random ones; a few more are tried where some are on a kink or not finite.
  const auto collect = [&](bool on_kinks) {
    for (std::size_t tried = 0; tried < 4 * options.points + 4 && places.size() < options.points + 1; ++tried) {
      std::vector<Tensor> values = tried == 0 ? kept.values : moved(kept.values, rng);
      set(parameters, values);
      const Recorded r = record(tape, loss, parameters);
      const std::vector<Tensor> right = gradients_of(r);
      if (!is_finite(right)) continue;
      const std::size_t kinks = kinks_of(tape, r.end);
      if (!on_kinks) report.kinks += kinks;
      if (kinks > 0 && !on_kinks) continue;
      if (places.empty()) lines = r.end, counts = counts_of(tape, r.end);
      same_program = same_program && r.end == lines;
      const double noise = noise_of(r.loss.item(), right);
      const HandGradients yours = gradients();
      for (const auto& own : yours) {
        const auto is_it = [&own](const HandParameter& p) { return p.name == own.first; };
        require<ValueError>(std::any_of(parameters.begin(), parameters.end(), is_it), "check_by_hand: a gradient of \"",
                            own.first, "\", which is no parameter");
      }
      for (std::size_t k = 0; k < parameters.size(); ++k) {
        const auto own = yours.find(parameters[k].name);
        given[k] = given[k] && own != yours.end();
        points[k].push_back({own != yours.end() ? own->second : zeros({0}), right[k], noise, {}});
      }
      places.push_back(std::move(values));
    }
  };
  collect(false);
  const bool all_on_kinks = places.empty();  // then only what equals the tape's is judged
  if (all_on_kinks) collect(true);
  report.points = places.size();
  const auto is_right = [&](std::size_t k) {
    std::vector<const Tensor*> yours, right;
    for (const HandPoint& p : points[k]) {
      yours.push_back(&p.yours), right.push_back(&p.right);
      if (p.yours.shape() != p.right.shape() && (p.yours.size() != 1 || p.right.size() != 1)) return false;
    }
    return is_multiple(points[k], yours, right, 1);
  };
  constexpr double some_rate = 0.01;
  const bool has_rate = options.learning_rate != 0;
  bool all_right = true;
  for (std::size_t k = 0; k < parameters.size(); ++k) all_right = all_right && given[k] && is_right(k);
  for (std::size_t p = 0; p < places.size() && !all_right && same_program && !all_on_kinks; ++p) {
    set(parameters, places[p]);
    std::vector<HandPoint*> at;
    std::vector<Tensor> right;
    for (auto& list : points) at.push_back(&list[p]), right.push_back(list[p].right);
    const Recorded r = record(tape, loss, parameters);
    std::vector<std::string> names;
    std::vector<Tensor> after;
    for (std::size_t k = 0; k < at.size(); ++k) {
      names.push_back(parameters[k].name);
      after.push_back(stepped(places[p][k], at[k]->yours, has_rate ? options.learning_rate : some_rate));
    }
    std::vector<std::vector<Mistake>> mistakes = mistakes_of(r.loss, r.x, right, names, after);
    for (std::size_t k = 0; k < at.size(); ++k) at[k]->mistakes = std::move(mistakes[k]);
    add_updates(tape, loss, parameters, places[p], after, at);
    for (HandPoint* point : at)
      for (Mistake& m : point->mistakes) m.is_any_step = !has_rate && m.cause == Cause::updated;
  }
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const std::string& name = parameters[k].name;
    if (!given[k])
      report.parameters.push_back({name, {{Cause::not_given}}, "not given"});
    else if (!places.empty() && is_right(k))
      report.parameters.push_back({name, {}, "right"});
    else if (all_on_kinks)
      report.parameters.push_back(
          {name, {{Cause::on_kink}}, "not judged: the loss has a kink or is not finite at all points"});
    else
      report.parameters.push_back(judge(name, points[k], counts));
  }
  return report;
}

}  // namespace xgrad::inline XGRAD_PRECISION
