#include <doctest/doctest.h>

#include <limits>

#include <xgrad/data/prepare.hpp>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("one_hot has a 1 in the column of the label") {
  CHECK(one_hot(Tensor{2, 0}, 3) == Tensor{{0, 0, 1}, {1, 0, 0}});
  CHECK(one_hot(column({1, 1}), 2) == Tensor{{0, 1}, {0, 1}});
  CHECK(one_hot(zeros({0}), 3).shape() == Shape{0, 3});
}

TEST_CASE("one_hot names the label that is not one of the classes") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  for (const auto& [label, says] : {std::pair{Real(10), "10"}, {Real(-1), "-1"}, {Real(2.5), "2.5"}, {nan, "nan"}})
    CHECK(thrown_by<ValueError>([label = label] {
            one_hot(Tensor{0, label}, 10);
          }) == std::string("one_hot: sample 1 has label ") + says +
                    "; the labels of 10 classes are whole numbers from 0, less than 10");
  CHECK(thrown_by<ValueError>([] { one_hot(Tensor{0}, 0); }).starts_with("one_hot: sample 0 has label 0"));
  CHECK(thrown_by<ShapeError>([] {
          one_hot(zeros({2, 3}), 3);
        }) == "one_hot: labels of shape (2, 3); it takes (n,) or (n, 1)");
}

TEST_CASE("without a generator the last samples are for testing, rounded up") {
  const Tensor x{{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}}, y{0, 1, 2, 3, 4};
  const Split split = train_test_split(x, y, 0.3);
  CHECK(split.x_train == Tensor{{0, 1}, {2, 3}, {4, 5}});
  CHECK(split.y_train == Tensor{0, 1, 2});
  CHECK(split.x_test == Tensor{{6, 7}, {8, 9}});
  CHECK(split.y_test == Tensor{3, 4});
}

TEST_CASE("with a generator every sample is in one part, with its own label") {
  Tensor x(Shape{100, 2}), y(Shape{100});
  for (std::size_t i = 0; i < 100; ++i) {
    x(i, 0) = x(i, 1) = static_cast<Real>(i);
    y(i) = static_cast<Real>(i);
  }
  Rng rng(3), same(3);
  const Split split = train_test_split(x, y, 0.2, &rng), again = train_test_split(x, y, 0.2, &same);
  CHECK(split.x_test == again.x_test);
  std::vector<int> seen(100);
  std::size_t moved = 0;
  for (const auto& [rows, labels] : {std::pair{split.x_train, split.y_train}, {split.x_test, split.y_test}})
    for (std::size_t i = 0; i < labels.size(); ++i) {
      CHECK(rows(i, 1) == labels(i));
      ++seen[static_cast<std::size_t>(labels(i))];
      moved += labels(i) != static_cast<Real>(i);
    }
  CHECK(seen == std::vector<int>(100, 1));
  CHECK(split.y_test.size() == 20);
  CHECK(moved > 50);
}

TEST_CASE("a split into nothing and all, or of unlike x and y, is refused") {
  const Tensor x = zeros({3, 2}), y = zeros({3});
  CHECK(thrown_by<ValueError>([&] { train_test_split(x, y, 0.9); }) ==
        "train_test_split: 3 samples with test_size 0.9 leave 0 to train on and 3 to test; it takes 1 or more of each");
  CHECK(thrown_by<ValueError>([&] {
          train_test_split(zeros({0, 2}), zeros({0}), 0.5);
        }).starts_with("train_test_split: 0 samples"));
  for (const double part : {0.0, 1.0, -0.1, std::numeric_limits<double>::quiet_NaN()})
    CHECK(thrown_by<ValueError>([&] { train_test_split(x, y, part); }).ends_with("; it takes a part between 0 and 1"));
  CHECK(thrown_by<ShapeError>([&] { train_test_split(x, zeros({2}), 0.5); }) ==
        "train_test_split: x has shape (3, 2) and y (2,); it takes as many rows of one as of the other");
  CHECK(thrown_by<ShapeError>([&] { train_test_split(Tensor(Shape{}, 1), y, 0.5); }) ==
        "train_test_split: x has shape () and y (3,); it takes as many rows of one as of the other");
}

TEST_CASE("standardised columns have mean 0 and deviation 1 by the training data") {
  const Tensor train{{1, 10}, {3, 30}}, test{{2, 50}};
  const Standardiser standardise(train);
  CHECK(standardise.mean == Tensor{2, 20});
  CHECK(standardise.deviation == Tensor{1, 10});
  CHECK(standardise(train) == Tensor{{-1, -1}, {1, 1}});
  CHECK(standardise(test) == Tensor{{0, 3}});
  CHECK(standardise.constant.empty());
}

TEST_CASE("a constant column becomes 0, is not divided by, and is named") {
  const Real tenth = Real(0.1);
  const Standardiser standardise(Tensor{{tenth, 1}, {tenth, 2}, {tenth, 3}});
  CHECK(standardise.constant == std::vector<std::size_t>{0});
  CHECK(standardise.deviation(0) == 1);
  const Tensor result = standardise(Tensor{{tenth, 2}, {tenth + 1, 2}});
  CHECK(result(0, 0) == 0);
  CHECK(result(1, 0) == doctest::Approx(1));
  CHECK(result(0, 1) == 0);
  const Real tiny = std::numeric_limits<Real>::denorm_min();
  CHECK(Standardiser(column({0, 0, 0, 0, tiny})).constant == std::vector<std::size_t>{0});
}

TEST_CASE("what cannot be measured is refused") {
  const Real infinity = std::numeric_limits<Real>::infinity(), most = std::numeric_limits<Real>::max();
  CHECK(thrown_by<ValueError>([&] {
          Standardiser(Tensor{{1, 2}, {3, infinity}});
        }) == "Standardiser: x[1, 1] is inf; it takes finite numbers");
  CHECK(thrown_by<ValueError>([] { Standardiser(zeros({0, 2})); }) == "Standardiser: there are no rows to measure");
  CHECK(thrown_by<ShapeError>([] { Standardiser(zeros({2})); }) ==
        "Standardiser: x has shape (2,); it takes (n, columns)");
  const Standardiser standardise(Tensor{{1, 2}});
  CHECK(thrown_by<ShapeError>([&] {
          standardise(zeros({1, 3}));
        }) == "Standardiser: x has shape (1, 3); it measured 2 columns");
  if (sizeof(Real) == 8)
    CHECK(thrown_by<ValueError>([&] {
            Standardiser(column({most, -most}));
          }).ends_with(", too far for its deviation to be a number"));
  else
    CHECK(Standardiser(column({most, -most})).deviation(0) == most);
}
