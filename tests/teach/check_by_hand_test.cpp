#include <sstream>

#include "teach/articles.hpp"

using namespace xgrad;

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

TEST_CASE("check_by_hand names a residual that became a table, summed or averaged, in either order") {
  // a prediction (n, 1) less a target (n,): row i of the table is prediction i with all targets
  for (const bool fused : {false, true})
    for (const bool each_target : {false, true})
      for (const double count : {1.0, 5.0}) {
        CAPTURE(fused);
        CAPTURE(each_target);
        CAPTURE(count);
        Line line = article_003();
        line.y = column({1, 5, 4, 9, 8});
        const HandReport report = check_by_hand(
            [&](Tape& tape) {
              const Var weight = tape.watch(line.w), bias = tape.watch(line.b), product = line.X * weight;
              const Var prediction = product + bias;
              return fused ? mean_squared_error(line.y, prediction) : mean(square(prediction - line.y));
            },
            {{"w", line.w}, {"b", line.b}},
            [&] {
              double w = 0, b = 0;
              for (std::size_t i = 0; i < 5; ++i)
                for (std::size_t j = 0; j < 5; ++j) {
                  const double p = line.w.value()(0) * line.X(i, 0) + line.b.value()(0), r = p - line.y(j, 0);
                  w += 2.0 / 5 * r * line.X(each_target ? j : i, 0) / count, b += 2.0 / 5 * r / count;
                }
              return HandGradients{{"w", w}, {"b", b}};
            });
        CHECK(report.parameters[0].readings == Readings{{Cause::outer_product}});
        CHECK(report.parameters[0].message ==
              "outer product: (5, 1) with (5,) is broadcast to a table of 5 x 5; the residual has every target with "
              "every prediction");
        // the sum of the table is 5 times that of the residuals
        CHECK(report.parameters[1].readings == (count == 5 ? Readings{} : Readings{{Cause::mean_or_sum}}));
      }
}

TEST_CASE("check_by_hand takes a loss whose own residual is a table, and masks that are broadcast") {
  Tensor w{0.5, -1, 2};
  const Tensor y = column({1, 2, 3}), mask = column({1, 0, 1}), three{1, 0, 2};
  const auto readings = [&](const auto& loss) {
    return check_by_hand(loss, {{"w", w}}, [&] { return HandGradients{{"w", -w}}; }).parameters[0].readings;
  };
  CHECK(readings([&](Var v) { return sum(square(v - y)); }) == Readings{{Cause::unknown}});
  CHECK(readings([&](Var v) { return sum(exp(v * mask)); }) == Readings{{Cause::unknown}});
  CHECK(readings([&](Var v) { return sum(exp(mask * v)); }) == Readings{{Cause::unknown}});
  CHECK(readings([&](Var v) { return sum(exp(three * v)); }) == Readings{{Cause::unknown}});
}

TEST_CASE("check_by_hand names a mask that is missing, on either side of the product") {
  Tensor w{0.5, -1, 2};
  const Tensor mask{1, 0, 1};
  for (const bool first : {false, true})
    CHECK(check_by_hand([&](Var v) { return sum(exp(first ? mask * v : v * mask)); }, {{"w", w}},
                        [&] {
                          return HandGradients{{"w", exp(Tensor(mask * w))}};
                        })
              .parameters[0]
              .message == text("missing mask: the mask is not applied at line 2 (multiply)"));
}

TEST_CASE("check_by_hand names a sum over the batch of which the last example is left, as after = for +=") {
  Line line = article_000();
  const HandReport report = check(line, [&] {
    double w = 0, b = 0;
    for (std::size_t i = 0; i < 100; ++i) {
      const double r = line.residual()(i, 0);
      w = -2 / line.n() * r * line.X(i, 0), b = -2 / line.n() * r;
    }
    return HandGradients{{"w", w}, {"b", b}};
  });
  for (const HandVerdict& verdict : report.parameters) {
    CHECK(verdict.readings == Readings{{Cause::not_reduced}});
    CHECK(verdict.message == "not reduced: it is that of the last example alone; the sum over the batch is missing");
  }
}

TEST_CASE("check_by_hand refuses a loss that drops out at random, and takes one whose mask stays") {
  const Dropout dropout(0.5);
  const Tensor x{{0.1, 0.2, 0.3, 0.4}, {0.5, 0.6, 0.7, 0.8}};
  Tensor w{1, -2, 3, 0.5};
  Rng running(1);
  const auto loss = [&](Rng& rng, Var w) { return sum(exp(dropout(x * w, {.training = true, .rng = &rng}))); };
  const auto by_hand = [&](bool masked, bool scaled) {
    const Tensor ones = xt::ones<Real>({2, 4});
    Rng rng(3);
    Tape tape;
    const Tensor mask = dropout(tape.constant(ones), {.training = true, .rng = &rng}).value();  // 0 or 2
    const Tensor product = x * w;
    const Tensor grown = exp(Tensor(mask * product)), slope = masked ? mask : scaled ? Tensor(2 * ones) : ones;
    const Tensor g = grown * slope * x;
    return HandGradients{{"w", sum(g, 0)}};
  };
  const std::string refused = thrown_by<ValueError>([&] {
    check_by_hand([&](Var w) { return loss(running, w); }, {{"w", w}}, [&] { return by_hand(true, true); });
  });
  CAPTURE(refused);
  CHECK(refused.find("check_by_hand: the loss is another function at each call: ") == 0);
  CHECK(refused.find("begin each call with the same seed, and give your formula that mask") != std::string::npos);
  CHECK(w == Tensor{1, -2, 3, 0.5});

  const auto seeded = [&](Var w) {
    Rng rng(3);
    return loss(rng, w);
  };
  const auto readings = [&](bool masked, bool scaled) {
    return check_by_hand(seeded, {{"w", w}}, [&] { return by_hand(masked, scaled); }).parameters[0].readings;
  };
  CHECK(readings(true, true).empty());
  CHECK(readings(false, true) == Readings{{Cause::missing_mask}});
  CHECK(readings(false, false) == Readings{{Cause::missing_mask}});
}
