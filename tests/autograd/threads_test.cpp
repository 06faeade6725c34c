#include <cstring>
#include <thread>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

// What threads may do at once. Built with -fsanitize=thread, this file shows that they do not race.

using namespace xgrad;

namespace {

struct Shared {
  Rng rng{5};
  Parameter first{"first", random_normal(rng, {4, 8}, 0, 1)}, second{"second", random_normal(rng, {8, 3}, 0, 1)};
  Tensor x = random_normal(rng, {6, 4}, 0, 1), labels = {0, 2, 1, 1, 0, 2};
};

/// Runs f(0) and f(1) at once.
template <class F>
void in_two_threads(F f) {
  std::thread other([&] { f(1); });
  f(0);
  other.join();
}

Tensor half(const Tensor& x, std::size_t which) {
  const std::size_t rows = x.shape(0) / 2;
  Shape shape = x.shape();
  shape[0] = rows;
  Tensor y = zeros(shape);
  std::copy_n(x.data() + which * y.size(), y.size(), y.data());
  return y;
}

}  // namespace

TEST_CASE_FIXTURE(Shared, "two threads, each with its own tape, share parameters that they only read") {
  Tensor results[2];
  in_two_threads([&](std::size_t k) {
    Tape tape;
    for (int i = 0; i < 200; ++i) {
      tape.rewind();
      const Var hidden = tanh(matmul(tape.constant(x), tape.watch(first)));
      results[k] = softmax(matmul(hidden, tape.watch(second))).value();
    }
  });
  check_close(results[0], results[1], 0);
}

TEST_CASE_FIXTURE(Shared, "two threads each differentiate half a batch, and the caller merges in a fixed order") {
  const auto gradients = [&](const Tensor& x, const Tensor& labels) {
    Tape tape;
    const Var a = tape.variable(first.value()), b = tape.variable(second.value());
    const Var loss = softmax_cross_entropy(labels, matmul(tanh(matmul(tape.constant(x), a)), b));
    const std::vector<Var> g = gradient(loss, {a, b});
    return std::vector<Tensor>{g[0].value(), g[1].value()};
  };
  const std::vector<Tensor> whole = gradients(x, labels);
  for (int i = 0; i < 50; ++i) {
    std::vector<Tensor> parts[2];
    in_two_threads([&](std::size_t k) { parts[k] = gradients(half(x, k), half(labels, k)); });
    for (std::size_t k = 0; k < 2; ++k) check_close((parts[0][k] + parts[1][k]) / 2, whole[k], either(1e-5, 1e-13));
  }
}

TEST_CASE_FIXTURE(Shared,
                  "learning in two threads is learning in one, bit for bit, if gradients are added in a fixed order") {
  const auto learn = [&](bool at_once) {
    Parameter a = first, b = second;
    for (int step = 0; step < 20; ++step) {
      std::vector<Tensor> part[2];
      const auto differentiate = [&](std::size_t k) {
        Tape tape;  // a and b are only read here: backward, which writes to a parameter, would be a race
        const Var u = tape.variable(a.value()), v = tape.variable(b.value());
        const Var loss = softmax_cross_entropy(half(labels, k), matmul(tanh(matmul(tape.constant(half(x, k)), u)), v));
        for (const Var g : gradient(loss, {u, v})) part[k].push_back(g.value());
      };
      if (at_once)
        in_two_threads(differentiate);
      else
        for (const std::size_t k : {1, 0}) differentiate(k);
      a.edit() -= (part[0][0] + part[1][0]) / 4;
      b.edit() -= (part[0][1] + part[1][1]) / 4;
    }
    return std::vector<Tensor>{a.value(), b.value()};
  };
  const std::vector<Tensor> apart = learn(true), alone = learn(false);
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(std::memcmp(apart[k].data(), alone[k].data(), alone[k].size() * sizeof(Real)) == 0);
    CHECK(std::memcmp(apart[k].data(), (k == 0 ? first : second).value().data(), sizeof(Real)) != 0);
  }
}

TEST_CASE("two threads run backward at once, each into parameters of its own") {
  Parameter w[2] = {{"w", Tensor{3}}, {"w", Tensor{4}}};
  in_two_threads([&](std::size_t k) {
    Tape tape;
    for (int i = 0; i < 500; ++i) {
      tape.rewind();
      tape.backward(sum(square(tape.watch(w[k]))));
      w[k].edit()(0) -= w[k].gradient(0) / 2;
      w[k].edit()(0) += Real(3 + k);
    }
  });
  check_close(w[0].value(), {3}, 0);
  check_close(w[1].value(), {4}, 0);
}

TEST_CASE("tapes come and go in two threads, and a Var of any of them is refused afterwards") {
  int refused[2] = {0, 0};
  in_two_threads([&](std::size_t k) {
    Var old;
    for (int i = 0; i < 1000; ++i) {
      refused[k] += thrown_by<TapeError>([&] { old.value(); }) != "nothing";
      Tape tape;
      old = square(tape.variable(Tensor{1}));
    }
  });
  CHECK(refused[0] == 1000);
  CHECK(refused[1] == 1000);
}

TEST_CASE("a finished recording can be read by another thread, and by two at once") {
  Tape tape;
  const Var y = square(tape.variable(Tensor{3}));
  double read[2] = {0, 0};
  in_two_threads([&](std::size_t k) { read[k] = y.item(); });
  CHECK(read[0] == 9);
  CHECK(read[1] == 9);
}

TEST_CASE("backward over another thread's recording is refused, and leaves the parameter as it was") {
  Tape tape;
  Parameter w("w", Tensor{3});
  const Var loss = square(tape.watch(w));
  std::string message;
  std::thread([&] { message = thrown_by<TapeError>([&] { tape.backward(loss); }); }).join();
  CHECK(message == "this recording belongs to another thread; give each thread its own tape");
  CHECK(!w.fresh);
  tape.backward(loss);
  check_close(w.gradient, {6}, 0);
}

TEST_CASE("a tape is handed over between recordings") {
  Tape tape;
  Parameter w("w", Tensor{3});
  for (int i = 0; i < 4; ++i) {
    std::thread([&] {
      tape.rewind();
      tape.backward(square(tape.watch(w)));
      w.edit()(0) -= w.gradient(0) / 4;  // half of it is left
    }).join();
  }
  check_close(w.value(), {3.0 / 16}, 0);
}
