#include <sstream>

#include "teach/articles.hpp"

using namespace xgrad;

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
