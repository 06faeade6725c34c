#include <sstream>

#include <xgrad/teach/check_by_hand.hpp>
#include <xgrad/teach/numpy_random.hpp>
#include <xgrad/xgrad.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

double sum_of(const Tensor& x) {
  double total = 0;
  for (const Real a : x) total += a;
  return total;
}

// A line through n points, as articles have it: X (n, 1), w a number and b a number.
struct Line {
  Tensor X, y;
  Parameter w{"w", Tensor{0}}, b{"b", Tensor{0}};

  Var loss(Tape& tape) {
    const Var weight = tape.watch(w), bias = tape.watch(b);
    const Var product = X * weight;
    return mean(square(y - (product + bias)));
  }
  double n() const { return static_cast<double>(X.size()); }
  Tensor residual() const { return y - (X * w.value()(0) + b.value()(0)); }
};

// X = 2 rand(100, 1), y = 4 + 3 X + randn(100, 1), then w and b by randn().
Line article_000() {
  NumpyRandom random(0);
  Line line;
  line.X = 2 * random.rand({100, 1});
  const Tensor risen = 3 * line.X;  // alone, so that no compiler fuses it with the sum: NumPy rounds both
  line.y = 4 + risen + random.randn({100, 1});
  line.w.edit() = Tensor{random.randn()};
  line.b.edit() = Tensor{random.randn()};
  return line;
}

// y = 2 x on five points.
Line article_003() {
  NumpyRandom random(0);
  Line line;
  line.X = column({1, 2, 3, 4, 5});
  line.y = 2 * line.X;
  line.w.edit() = Tensor{random.randn()};
  line.b.edit() = Tensor{random.randn()};
  return line;
}

HandReport check(Line& line, const std::function<HandGradients()>& gradients, const HandOptions& options = {}) {
  return check_by_hand([&](Tape& tape) { return line.loss(tape); }, {{"w", line.w}, {"b", line.b}}, gradients, options);
}

using Readings = std::vector<std::vector<Cause>>;

}  // namespace

TEST_CASE("NumpyRandom draws NumPy's numbers, bit for bit") {
  // NumPy 1.26: np.random.seed(0); X = 2 * np.random.rand(100, 1); y = 4 + 3 * X + np.random.randn(100, 1)
  const Line line = article_000();
  const double X[] = {1.0976270078546495, 1.430378732744839, 1.2055267521432877, 1.0897663659937937,
                      0.8473095986778094};
  const double y[] = {6.127731182780592, 9.191962685188704, 8.082242696160323, 5.733055411704157, 8.030180989829027};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(line.X(i, 0) == X[i]);
    CHECK(line.y(i, 0) == y[i]);
  }
  CHECK(line.w.value()(0) == -0.35399391125348395);
  CHECK(line.b.value()(0) == -1.3749512934180188);
  CHECK(NumpyRandom(0).randn() == 1.764052345967664);
}

TEST_CASE("check_by_hand on the formulas of article 000: the sign") {
  Line line = article_000();
  const HandReport report = check(line, [&] {
    const Tensor r = line.residual();
    return HandGradients{{"w", 2 / line.n() * sum_of(r * line.X)}, {"b", 2 / line.n() * sum_of(r)}};
  });
  CHECK(report.points == 4);
  CHECK(report.parameters[0].readings == Readings{{Cause::sign}});
  CHECK(report.parameters[1].readings == Readings{{Cause::sign}});
  CHECK(line.w.value()(0) == -0.35399391125348395);  // put back
}

TEST_CASE("check_by_hand on the code of article 000: sign and factor 2") {
  Line line = article_000();
  const HandReport report = check(line, [&] {
    const Tensor r = line.residual();
    return HandGradients{{"w", 1 / line.n() * sum_of(r * line.X)}, {"b", 1 / line.n() * sum_of(r)}};
  });
  CHECK(report.parameters[0].readings == Readings{{Cause::sign, Cause::factor_two}});
  CHECK(report.parameters[1].readings == Readings{{Cause::sign, Cause::factor_two}});
  std::ostringstream out;
  out << report;
  CHECK(
      out.str() ==
      "your gradient of w: sign: yours points against the gradient, and factor 2: half, as without the 2 of a square\n"
      "your gradient of b: sign: yours points against the gradient, and factor 2: half, as without the 2 of a "
      "square\n");
}

TEST_CASE("check_by_hand on article 001, whose J has 1/2m: right") {
  Line line = article_000();
  const HandReport report =
      check_by_hand([&](Tape& tape) { return line.loss(tape) / 2; }, {{"w", line.w}, {"b", line.b}},
                    [&] {
                      const Tensor r = line.residual();
                      return HandGradients{{"w", -1 / line.n() * sum_of(r * line.X)}, {"b", -1 / line.n() * sum_of(r)}};
                    });
  CHECK(report.ok());
  CHECK(report.parameters[0].message == "right");
}

TEST_CASE("check_by_hand on the formulas of article 003: the sign, and one that is not given") {
  Line line = article_003();
  const HandReport report = check(line, [&] {
    return HandGradients{{"w", 2 / line.n() * sum_of(line.residual() * line.X)}};
  });
  CHECK(report.parameters[0].readings == Readings{{Cause::sign}});
  CHECK(report.parameters[1].readings == Readings{{Cause::not_given}});
  CHECK_FALSE(report.ok());
}

TEST_CASE("check_by_hand on the code of article 003: a table of 25 products, and b after the step of w") {
  for (const double sign : {1.0, -1.0}) {
    CAPTURE(sign);
    Line line = article_003();
    const double rate = 0.01;
    const HandReport report =
        check(line,
              [&] {
                const double sum_r = sum_of(line.residual());
                const double dw = sign * 2 / line.n() * sum_r * sum_of(line.X);  // the sum of the 5 x 5 table
                Line stepped = line;
                stepped.w.edit()(0) -= rate * dw;
                return HandGradients{{"w", dw}, {"b", sign / line.n() * sum_of(stepped.residual())}};
              },
              {.learning_rate = rate});
    const HandVerdict &w = report.parameters[0], &b = report.parameters[1];
    if (sign > 0) {
      CHECK(w.readings == Readings{{Cause::outer_product, Cause::sign}});
      CHECK(b.readings == Readings{{Cause::updated, Cause::sign, Cause::factor_two}});
    } else {
      CHECK(w.readings == Readings{{Cause::outer_product}});
      CHECK(b.readings == Readings{{Cause::updated, Cause::factor_two}});
      CHECK(w.message ==
            "outer product: (5, 1) with (5,) is broadcast to a table of 5 x 5; you summed 25 products in "
            "place of 5");
    }
  }
}

TEST_CASE("check_by_hand names the table if it was not summed") {
  Line line = article_003();
  const HandReport report = check(line, [&] {
    const Tensor r = line.residual();
    Tensor table = zeros({5, 5});
    for (std::size_t i = 0; i < 25; ++i) table.data()[i] = -2.0 / 5 * r.data()[i % 5] * line.X.data()[i / 5];
    return HandGradients{{"w", table}, {"b", -2.0 / 5 * sum_of(r)}};
  });
  CHECK(report.parameters[0].readings == Readings{{Cause::outer_product}});
  CHECK(report.parameters[0].message.substr(0, 40) == "your expression has shape (5, 5); outer ");
  CHECK(report.parameters[1].ok());
}

TEST_CASE("check_by_hand on article 004, (h - y) x for one sample: factor 2, and a bias that has no x") {
  Line line;
  line.X = column({3}), line.y = column({5});
  line.w.edit() = Tensor{1.25}, line.b.edit() = Tensor{0.5};
  const HandReport report = check(line, [&] {
    const double slope = -sum_of(line.residual()) * 3;
    return HandGradients{{"w", slope}, {"b", slope}};
  });
  CHECK(report.parameters[0].readings == Readings{{Cause::factor_two}});
  CHECK(report.parameters[1].readings == Readings{{Cause::constant_factor}});
  CHECK(report.parameters[1].message == "constant factor: 1.5 times");
}

TEST_CASE("check_by_hand passes over points on a kink, and counts their elements") {
  Tensor w{0, 1};
  const auto loss = [](Var w) { return sum(relu(w)); };
  const HandReport report = check_by_hand(loss, {{"w", w}}, [&] {
    Tensor g = w;
    for (Real& x : g) x = x >= 0 ? 1 : 0;  // as good a slope at 0 as that of the tape
    return HandGradients{{"w", g}};
  });
  CHECK(report.ok());
  CHECK(report.kinks == 1);
  CHECK(report.points == 4);
  CHECK(w == Tensor{0, 1});
}

TEST_CASE("check_by_hand names both causes where the numbers cannot tell them apart") {
  Line line;
  line.X = column({1, 2}), line.y = column({3, 5});
  line.w.edit() = Tensor{1}, line.b.edit() = Tensor{0.5};
  const HandReport report = check(line, [&] {
    const Tensor r = line.residual();
    return HandGradients{{"w", -2 * sum_of(r * line.X)}, {"b", -sum_of(r)}};
  });
  CHECK(report.parameters[0].readings == Readings{{Cause::mean_or_sum}, {Cause::factor_two}});
  CHECK(report.parameters[1].ok());
}

TEST_CASE("check_by_hand shows the worst elements of a gradient that no known mistake gives") {
  Tensor w{1, 2, 3};
  const HandReport report = check_by_hand([](Var w) { return sum(square(w)); }, {{"w", w}},
                                          [&] {
                                            return HandGradients{{"w", Tensor{2 * w(0), 2 * w(1), 2 * w(2) + 1}}};
                                          });
  CHECK(report.parameters[0].readings == Readings{{Cause::unknown}});
  CHECK(
      report.parameters[0].message ==
      "no known mistake; the worst elements: (2,) yours 7, right 6, difference 1; (0,) yours 2, right 2, difference 0; "
      "(1,) yours 4, right 4, difference 0");
}

TEST_CASE("check_by_hand refuses a gradient of an unknown name, and puts the values back") {
  Tensor w{1, 2};
  const auto loss = [](Var w) { return sum(square(w)); };
  CHECK(thrown_by<ValueError>([&] {
          check_by_hand(loss, {{"w", w}}, [] { return HandGradients{{"v", Tensor{1}}}; });
        }) == "check_by_hand: a gradient of \"v\", which is no parameter");
  CHECK(w == Tensor{1, 2});
}

TEST_CASE(
    "check_by_hand names the factor of one term: a penalty without its 2, a mean that is a sum beside a penalty") {
  Line line = article_003();
  const auto check_term = [&](double data, double penalty) {
    return check_by_hand(
        [&](Tape& tape) {
          const Var error = line.loss(tape), weights = sum(square(tape.watch(line.w)));
          return error + 0.1 * weights;
        },
        {{"w", line.w}, {"b", line.b}},
        [&] {
          const Tensor r = line.residual();
          const double dw = data * -2 / line.n() * sum_of(r * line.X) + penalty * 0.2 * line.w.value()(0);
          return HandGradients{{"w", dw}, {"b", -2 / line.n() * sum_of(r)}};
        });
  };
  CHECK(check_term(1, 1).ok());
  const HandVerdict half = check_term(1, 0.5).parameters[0], five = check_term(5, 1).parameters[0];
  CHECK(half.readings == Readings{{Cause::factor_two}});
  CHECK(half.message ==
        "in the term that comes through line 11 (square): factor 2: half, as without the 2 of a square");
  CHECK(five.readings == Readings{{Cause::mean_or_sum}});
  CHECK(five.message ==
        "in the term that comes through line 3 (multiply): mean or sum: 5 times, as without the 1/5 of a mean");
  CHECK(check_term(1, 0).parameters[0].readings == Readings{{Cause::missing_path}});
  CHECK(check_term(1, 0).parameters[0].message == "missing path: the term that comes through line 11 (square)");
}

TEST_CASE("check_by_hand does not take rounding for a mistake where a gradient is 0 in exact numbers") {
  Tensor b{1};
  const Tensor x{1e6, 3e6, -2.5e6, 7e5};
  const auto loss = [&](Var b) {
    const Var moved = b + x, centre = mean(moved);
    return mean(square(moved - centre));  // which does not depend on b
  };
  CHECK(check_by_hand(loss, {{"b", b}}, [] { return HandGradients{{"b", Tensor{0}}}; }).ok());
}

TEST_CASE("check_by_hand does not judge what differs from the tape where all points are on a kink") {
  Tensor w{1, 2};
  const auto loss = [](Var w) {
    const Var off = sum(relu(0 * w)), all = sum(w);
    return off + all;
  };
  CHECK(check_by_hand(loss, {{"w", w}}, [] { return HandGradients{{"w", Tensor{1, 1}}}; }).ok());
  const HandReport report = check_by_hand(loss, {{"w", w}}, [] { return HandGradients{{"w", Tensor{1, 2}}}; });
  CHECK(report.parameters[0].readings == Readings{{Cause::on_kink}});
}

TEST_CASE("check_by_hand names shapes that do not fit, and (n, 1) for (n,)") {
  Tensor w{1, 2, 3};
  const auto verdict = [&](const std::function<Tensor()>& g) {
    return check_by_hand([](Var w) { return sum(square(w)); }, {{"w", w}},
                         [&] {
                           return HandGradients{{"w", g()}};
                         })
        .parameters[0];
  };
  const HandVerdict as_column = verdict([&] { return column({2 * w(0), 2 * w(1), 2 * w(2)}); });
  CHECK(as_column.readings == Readings{{Cause::wrong_shape}});
  CHECK(as_column.message == "wrong shape: yours is (3, 1), the parameter (3,)");
  CHECK(verdict([] { return zeros({2, 2}); }).message == "wrong shape: yours is (2, 2), the parameter (3,)");
  CHECK(verdict([&] {
          return w(0) == 1 ? zeros({4}) : zeros({2, 2});
        }).message == "wrong shape: yours is (4,) at one point, and (2, 2) at another");
  CHECK(verdict([] { return Tensor{NAN, 0, 0}; }).readings == Readings{{Cause::not_finite}});
}

TEST_CASE("check_by_hand names the relus whose masks are missing, one or all") {
  Tensor w{1, -1, 2, 0.5, -0.5, 1.5};
  const Tensor v{1, 2, -1, 3, 2, 1};
  const auto loss = [&](Var w) {
    const Var h = relu(w), z = v * h;
    return sum(relu(z - 1));
  };
  const auto verdict = [&](bool first, bool second) {
    return check_by_hand(loss, {{"w", w}},
                         [&] {
                           Tensor g = v;
                           for (std::size_t i = 0; i < 6; ++i) {
                             if (first && w(i) <= 0) g(i) = 0;
                             if (second && v(i) * std::fmax(w(i), 0) <= 1) g(i) = 0;
                           }
                           return HandGradients{{"w", g}};
                         })
        .parameters[0];
  };
  const std::string missing = "missing mask: the derivative of relu, 1 where x > 0 and 0 elsewhere, is not applied at ";
  CHECK(verdict(true, true).ok());
  CHECK(verdict(true, false).message == missing + "line 6 (relu)");
  CHECK(verdict(false, false).message == missing + "line 6 (relu), line 1 (relu)");
}
