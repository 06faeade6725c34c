#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/check.hpp>
#include <xgrad/nn/parts/regularizers.hpp>

#include "options.hpp"

using namespace xgrad;

namespace {

double penalty(const Regularizer& regularizer) {
  Tape tape;
  return regularizer(tape.constant(Tensor{{1, -2}, {3, 0}})).item();  // sum |w| = 6, sum w^2 = 14
}

}  // namespace

TEST_CASE("L2 is l2 times the sum of squares, L1 that of magnitudes, by 0.01 unless said") {
  CHECK(penalty(L2{0.5}) == 7);
  CHECK(penalty(L1{0.5}) == 3);
  CHECK(penalty(L1L2{.l1 = 0.5, .l2 = 2}) == 31);
  CHECK(penalty(L2{}) == doctest::Approx(0.14));
  CHECK(penalty(L1{}) == doctest::Approx(0.06));
  CHECK(penalty("l2") == doctest::Approx(0.14));
  CHECK(penalty("l1") == doctest::Approx(0.06));
  CHECK(!Regularizer("l1l2"));                                                         // whose factors are 0
  CHECK(penalty("orthogonal_regularizer") == doctest::Approx(0.01 * std::sqrt(0.2)));  // |(1, -2) (3, 0)| = 3
  CHECK(penalty(L1L2{.l2 = 2}) == 28);
}

TEST_CASE("a regularizer is any function to a number") {
  CHECK(penalty([](Var w) { return max(w); }) == 3);
  CHECK(thrown_by<ShapeError>([] { penalty([](Var w) { return square(w); }); }) ==
        "regularizer: the penalty has shape (2, 2); it takes a number, such as the sum of squares");
}

TEST_CASE("there is no regularizer unless one is given, or if all it multiplies is by 0") {
  CHECK(!Regularizer());
  CHECK(!Regularizer(L2{0}));
  CHECK(Regularizer(L1{}));
  CHECK(Regularizer([](Var w) { return sum(w); }));
  CHECK(penalty(Regularizer()) == 0);
}

TEST_CASE("the gradient of L2 is 2 l2 w, and that of L1 l1 sign(w), 0 at 0") {
  Tape tape;
  const Var w = tape.variable(Tensor{1, -2, 0});
  check_close(gradient(Regularizer(L2{0.5})(w), {w})[0].value(), {1, -2, 0}, 0);
  check_close(gradient(Regularizer(L1{0.5})(w), {w})[0].value(), {0.5, -0.5, 0}, 0);
  check_close(gradient(Regularizer(L1L2{.l1 = 0.5, .l2 = 0.5})(w), {w})[0].value(), {1.5, -2.5, 0}, 0);
}

TEST_CASE("a regularizer is saved and loaded, unless it is one's own") {
  CHECK(options_of(Regularizer()) == Json{{"name", "none"}});
  CHECK(options_of(Regularizer(L2{0.1})) == Json{{"name", "l2"}, {"l2", 0.1}});
  CHECK(options_of(Regularizer(L1L2{.l2 = 2})) == Json{{"name", "l1l2"}, {"l1", 0.0}, {"l2", 2.0}});
  Regularizer old;
  set_options(old, {{"name", "l1_l2"}, {"l1", 0.5}, {"l2", 2}});  // as xgrad 0.2 began
  CHECK(penalty(old) == 31);
  for (const Regularizer& saved : {Regularizer(), Regularizer(L1{0.3}), Regularizer(L1L2{.l1 = 0.125, .l2 = 2}),
                                   Regularizer(OrthogonalRegularizer{.factor = 0.5, .mode = "columns"})}) {
    Regularizer loaded = L2{7};
    set_options(loaded, options_of(saved));
    CHECK(static_cast<bool>(loaded) == static_cast<bool>(saved));
    if (saved) CHECK(penalty(loaded) == penalty(saved));
  }
  CHECK(thrown_by<ValueError>([] { options_of(Regularizer([](Var w) { return sum(w); })); }) ==
        "regularizer: a function of one's own has no name by which to save it; use L1, L2, L1L2 or "
        "OrthogonalRegularizer");
}

TEST_CASE("a regularizer that does not exist or cannot be is refused") {
  CHECK(thrown_by<ValueError>([] { Regularizer("l3"); }) ==
        "regularizer: there is no \"l3\"; the names are " + listed(regularizers()));
  CHECK(thrown_by<ValueError>([] { Regularizer(L2{-0.1}); }) ==
        "regularizer: l2 is -0.1; it takes a finite number from 0 up");
  CHECK(thrown_by<ValueError>([] { Regularizer(L1{NAN}); }) ==
        "regularizer: l1 is nan; it takes a finite number from 0 up");
  CHECK(thrown_by<ValueError>([] { Regularizer("l1_l2"); }) ==
        "regularizer: \"l1_l2\" was Keras 2's, of factors 0.01; Keras 3's \"l1l2\" has factors 0: give L1L2{.l1 = "
        "0.01, .l2 = 0.01}");
  CHECK(thrown_by<ValueError>([] { Regularizer(OrthogonalRegularizer{.mode = "row"}); }) ==
        "OrthogonalRegularizer: the mode is \"row\"; it takes rows or columns");
  CHECK(thrown_by<ShapeError>([] {
          Tape tape;
          Regularizer(OrthogonalRegularizer{})(tape.constant(Tensor{1, 2}));
        }) == "OrthogonalRegularizer: the weight has shape (2,); it takes a matrix");
  Regularizer read;
  for (const Json& options : {Json{{"name", ""}}, Json{{"name", "L3"}}, Json{{"name", "l1_l2"}, {"l1", -1}},
                              Json{{"name", "l1_l2"}, {"l1", "inf"}}, Json{{"name", "l1"}, {"l2", 1}}}) {
    Regularizer other;
    CHECK(thrown_by<Error>([&] { set_options(other, options); }) != "nothing");
  }
  CHECK(!read);
}
