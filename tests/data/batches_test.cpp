#include <xgrad/data/batches.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

#include <set>

#include "support.hpp"

using namespace xgrad;

namespace {

// Five images of 1 by 2 pixels: image i holds i and 255, and has label i.
LabelledImages five_images() {
  LabelledImages images{{5, 1, 2}, {}, {}};
  for (std::uint8_t i = 0; i < 5; ++i) {
    images.pixels.insert(images.pixels.end(), {i, 255});
    images.labels.push_back(i);
  }
  return images;
}

}  // namespace

TEST_CASE("images become rows of pixels scaled to 0..1") {
  const LabelledImages images = five_images();
  Batches data = batches(images, 5);
  const Batch& batch = *data.begin();
  REQUIRE(batch.x.shape() == Shape{5, 2});
  CHECK(batch.x(3, 0) == doctest::Approx(3 / 255.0));
  CHECK(batch.x(3, 1) == 1);
  check_close(batch.y, {0, 1, 2, 3, 4}, 0);
}

TEST_CASE("images of any number of pixels are scaled to the last one") {
  for (const std::size_t pixels : {1, 63, 64, 65, 100, 128, 784, 785}) {
    LabelledImages images{{2, 1, pixels}, {}, {0, 1}};
    for (std::size_t k = 0; k < 2 * pixels; ++k) images.pixels.push_back(static_cast<std::uint8_t>(7 * k + 3));
    Batch batch;
    const std::uint32_t second = 1;
    Samples(images).gather({&second, 1}, batch);
    REQUIRE(batch.x.shape() == Shape{1, pixels});
    for (std::size_t k = 0; k < pixels; ++k)
      CHECK(batch.x(0, k) == static_cast<Real>(images.pixels[pixels + k]) * (Real{1} / 255));
  }
}

TEST_CASE("a batch that held smaller images grows") {
  const LabelledImages images = five_images();
  Batch batch{zeros({1, 1}), zeros({1})};
  const std::uint32_t third = 2;
  Samples(images).gather({&third, 1}, batch);
  CHECK(batch.x.shape() == Shape{1, 2});
  CHECK(batch.x(0, 1) == 1);
}

TEST_CASE("a batch size above the number of samples takes all at once") {
  const LabelledImages images = five_images();
  Batches data = batches(images, Batches::all);
  CHECK(data.size() == 1);
  CHECK((*data.begin()).x.shape() == Shape{5, 2});
}

TEST_CASE("the last batch has what is left") {
  const LabelledImages images = five_images();
  Batches data = batches(images, 2);
  CHECK(data.size() == 3);
  std::vector<std::size_t> sizes;
  for (const auto& [x, y] : data) {
    CHECK(x.shape(0) == y.shape(0));
    sizes.push_back(y.size());
  }
  CHECK(sizes == std::vector<std::size_t>{2, 2, 1});
  CHECK(batches(images, 100).size() == 1);
}

TEST_CASE("every epoch takes every sample once, in a new order") {
  const LabelledImages images = five_images();
  Rng rng(1);
  Batches data = batches(images, 2, &rng);
  std::set<std::vector<Real>> orders;
  for (int epoch = 0; epoch < 10; ++epoch) {
    std::vector<Real> order;
    for (const auto& [x, y] : data) {
      for (std::size_t i = 0; i < y.size(); ++i) {
        order.push_back(y(i));
        CHECK(x(i, 0) == doctest::Approx(y(i) / 255));
      }
    }
    CHECK(std::set<Real>(order.begin(), order.end()).size() == 5);
    orders.insert(order);
  }
  CHECK(orders.size() > 5);
}

TEST_CASE("a limit takes the first images only") {
  const LabelledImages images = five_images();
  CHECK(batches(images, 2, nullptr, 3).samples() == 3);
  CHECK(batches(images, 2, nullptr, 100).samples() == 5);
}

TEST_CASE("tensors are cut into batches by rows") {
  const Tensor x{{1, 2}, {3, 4}, {5, 6}}, y{1, 2, 3}, two{1, 2};
  std::vector<Tensor> seen;
  for (const Batch& batch : batches(x, y, 2)) seen.push_back(batch.x);
  REQUIRE(seen.size() == 2);
  check_close(seen[0], {{1, 2}, {3, 4}}, 0);
  CHECK(seen[1].shape() == Shape{1, 2});
  CHECK(seen[1](0, 1) == 6);
  CHECK(thrown_by<ShapeError>([&] { batches(x, two, 2); }) ==
        "samples: x has shape (3, 2) and y (2,); it takes as many rows of one as of the other");
}

TEST_CASE("batches of nothing are refused") {
  const LabelledImages images = five_images();
  CHECK(thrown_by<ValueError>([&] { batches(images, 0); }) == "batches: batch_size is 0; it takes 1 or more");
  CHECK(thrown_by<ValueError>([&] { batches(images, 2, nullptr, 0); }) ==
        "batches: there are no samples; it takes 1 or more");
}

TEST_CASE("count_correct counts the rows that are largest at their label") {
  CHECK(count_correct({1, 0, 2}, {{0.1, 0.8, 0.1}, {0.3, 0.4, 0.3}, {0.2, 0.2, 0.6}}) == 2);
  CHECK(count_correct({0}, Tensor(Shape{1, 3}, 0.5)) == 1);
  CHECK(thrown_by<ShapeError>([] {
          count_correct({1, 2}, zeros({3, 4}));
        }) == "count_correct: labels (2,) with predictions (3, 4); it takes (n,) with (n, classes)");
}
