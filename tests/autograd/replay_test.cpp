#include "autograd/replay.hpp"

#include <limits>
#include <thread>

#include <xgrad/autograd/sweep.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/optim/adam.hpp>

// A sweep over the lines of the recording before is replayed. Nobody can tell but by the time that it takes: what a
// tape holds after any program, whatever it ran before, is what a new tape holds.

using namespace xgrad;

namespace {

Parameter w("w", {Real(0.5), -2}), v("v", {3, Real(0.25)});

}  // namespace

TEST_CASE("a sweep over the lines of the recording before calls no pullback, and gives its gradient") {
  Tape tape;
  pulls = 0;
  for (int k = 1; k <= 4; ++k) {
    tape.rewind();
    const Var x = tape.variable(Tensor{static_cast<Real>(k), 3});
    check_close(gradient(sum(counted(x)), {x})[0].value(), {2 * static_cast<Real>(k), 6}, 0);
  }
  CHECK(pulls == 2);  // a tape keeps the memory of lines that two recordings had
  tape.rewind();
  const Var x = tape.variable(Tensor{1, 2, 3});
  check_close(gradient(sum(counted(x)), {x})[0].value(), {2, 4, 6}, 0);
  CHECK(pulls == 3);  // of another shape
}

TEST_CASE("what a recording differs in is not taken from the one before") {
  const auto line = [](auto f) { return Twice::Program([f](Tape& t) { t.backward(sum(f(t, t.watch(w)))); }); };
  const auto steady = line([](Tape&, Var a) { return counted(elu(a, 2)); });
  const std::vector<Twice::Program> others{
      line([](Tape&, Var a) { return counted(elu(a, 3)); }),                          // an attribute
      line([](Tape&, Var a) { return counted(elu(a, 0)); }),                          //
      line([](Tape&, Var a) { return counted(leaky_relu(a, 2)); }),                   // an operation
      line([](Tape&, Var a) { return counted(-a); }),                                 //
      line([](Tape&, Var a) { return counted(elu(elu(a, 2), 2)); }),                  // one more
      line([](Tape& t, Var a) { return t.constant(1), counted(elu(a, 2)); }),         //
      line([](Tape& t, Var a) { return counted(elu(a + t.borrow(v.value()), 2)); }),  //
      line([](Tape&, Var a) { return counted(elu(a, 2)) + square(a); }),              // a penalty
      line([](Tape&, Var a) { return counted(elu(stop_gradient(a), 2)) + a; }),       //
      line([](Tape& t, Var a) { return counted(elu(a * t.watch(v), 2)); }),           // a parameter
      line([](Tape& t, Var a) {
        return a + counted(elu(t.variable(Tensor{Real(0.5), -2}), 2));
      }),
      [](Tape& t) { t.backward(sum(counted(elu(t.watch(v), 2)))); },
      [](Tape& t) { t.backward(sum(counted(elu(t.watch(w), 2))) * 2); },
      [](Tape& t) { t.backward(mean(counted(elu(t.watch(w), 2)))); },
      [](Tape& t) {
        const Var y = sum(counted(elu(t.watch(w), 2)));  // another result
        t.constant(2);
        t.backward(y);
      },
      [](Tape& t) {
        const Var a = t.watch(w), y = sum(counted(elu(a, 2)));  // a seed that is a variable
        gradient(sum(vjp(y, {a}, t.variable(Tensor(Shape{}, 1)))[0]), {a});
      }};
  Twice twice;
  for (const auto& other : others) twice.run(steady, other);
}

TEST_CASE("numbers are those of now: constants, borrowed tensors, masks and parameters") {
  Tape tape;
  Rng rng(1);
  Tensor x{1, 2};
  pulls = 0;
  for (int k = 1; k < 6; ++k) {
    tape.rewind();
    x(0) = static_cast<Real>(k);
    w.edit()(1) = static_cast<Real>(-k);
    const Tensor drawn = random_uniform(rng, {2}, 0, 1);
    const Var mask = tape.constant(Shape{2}, [&](Tensor& m) { m = drawn; });
    const Var a = tape.watch(w), y = counted(a) * tape.borrow(x) * mask * static_cast<Real>(k);
    tape.backward(sum(y));
    const Real n = static_cast<Real>(k);
    check_close(w.gradient, {2 * w.value()(0) * n * drawn(0) * n, 2 * -n * 2 * drawn(1) * n}, either(1e-6, 1e-15));
  }
  CHECK(pulls == 2);
}

TEST_CASE("a batch of another size, of which the result has the same shape") {
  Twice twice;
  const auto of = [](const Tensor& x) {
    return Twice::Program([&x](Tape& t) { t.backward(sum(counted(t.borrow(x))) * sum(t.watch(w))); });
  };
  const Tensor short_x{1, 2}, long_x{1, 2, 3};
  const auto row = [](const Tensor& x) {
    return Twice::Program([&x](Tape& t) { t.backward(sum(t.borrow(x) * sum(counted(t.watch(w))))); });
  };
  twice.run(of(short_x), of(long_x));
  twice.run(row(short_x), row(long_x));
}

TEST_CASE("a parameter that is replaced, resized, frozen or moved") {
  Twice twice;
  Parameter p("p", {1, 2}), q("q", {1, 2});
  const auto of = [](Parameter& its) { return [&its](Tape& t) { t.backward(sum(counted(t.watch(its)))); }; };
  twice.run(of(p), of(q));
  p.edit() = Tensor{4, 5, 6};
  twice.run(of(p), of(q));
  p = Parameter("p", {{1, 2}, {3, 4}});
  twice.run(of(p));
  Parameter moved = std::move(p);
  twice.run(of(moved), of(q));
  CHECK_THROWS_AS(twice.run(of(p)), ValueError);
  const auto frozen = [&](Tape& t) { t.backward(sum(counted(t.borrow(moved.value()))) + sum(t.watch(q))); };
  twice.run([&](Tape& t) { t.backward(sum(counted(t.watch(moved))) + sum(t.watch(q))); }, frozen);
  q.gradient = Tensor{9};  // a gradient of another shape
  twice.run(of(q));
  CHECK(q.gradient.shape() == Shape{2});
}

TEST_CASE("a parameter that is changed between the recording and its sweep is refused in a replay, too") {
  Tape tape;
  Parameter p("p", {1, 2});
  for (int k = 0; k < 3; ++k) {
    tape.rewind();
    tape.backward(sum(counted(tape.watch(p))));
  }
  tape.rewind();
  const Var y = sum(counted(tape.watch(p)));
  p.edit()(0) = 7;
  CHECK_THROWS_AS(tape.backward(y), TapeError);
}

TEST_CASE("a gradient of a gradient, and two sweeps in one recording") {
  Twice twice;
  const auto second = [](Tape& t) {
    const Var a = t.watch(w), g = gradient(sum(counted(a) * a), {a})[0];
    t.backward(sum(counted(g)));
  };
  const auto first = [](Tape& t) {
    const Var a = t.watch(w);
    gradient(sum(counted(a) * a), {a});
  };
  const auto both = [](Tape& t) {
    const Var a = t.watch(w), y = sum(counted(a)), z = sum(exp(a));
    gradient(z, {a});
    gradient(y, {a});
    gradient(z, {a});
  };
  twice.run(second, first);
  twice.run(first, both);
  twice.run(second, both);
  twice.run(both, [](Tape& t) {
    const Var a = t.watch(w), y = sum(counted(a)), z = sum(exp(a));
    gradient(y, {a});
    gradient(z, {a});
  });
}

TEST_CASE("seeds of other numbers and kinds") {
  Twice twice;
  const auto of = [](Real seed, bool is_variable) {
    return [=](Tape& t) {
      const Var a = t.watch(w), y = counted(a);
      vjp(y, {a}, is_variable ? t.variable(Tensor{seed, 1}) : t.constant(Tensor{seed, 1}));
    };
  };
  twice.run(of(1, false), of(2, false));
  twice.run(of(1, false), of(1, true));
}

TEST_CASE("a pullback that looks at a number is called at every sweep") {
  const auto check = [](auto look) {
    Tape tape;
    for (const Real number : {3, 4, -5, 6, -7}) {
      tape.rewind();
      const Var x = tape.variable(Tensor{number});
      CHECK(gradient(choosy<decltype(look)>(x), {x})[0].item() == (number < 0 ? -1 : 1));
    }
  };
  check(ByItem{});
  check(ByValue{});
  check(ByLine{});
}

TEST_CASE("a pullback that fills or borrows a tensor is called at every sweep") {
  for (const auto f : {masked, lending}) {
    Tape tape;
    for (const Real number : {3, 4, -5}) {
      slope = number;
      tape.rewind();
      const Var x = tape.variable(Tensor{1, 2});
      CHECK(gradient(sum(f(x)), {x})[0].value()(1) == number);
    }
  }
}

TEST_CASE("zeros of two signs are two attributes") {
  Twice twice;
  const auto of = [](Real alpha) { return [=](Tape& t) { t.backward(sum(elu(t.watch(w), alpha))); }; };
  twice.run(of(Real(0)), of(-Real(0)));
}

TEST_CASE("recordings that end early, go on after the sweep, or are swept line by line") {
  Twice twice;
  const auto steady = [](Tape& t) { t.backward(sum(counted(t.watch(w)))); };
  twice.run(steady, [](Tape&) {});
  twice.run(steady, [](Tape& t) { t.constant(1); });
  twice.run(steady, [](Tape& t) {  // lines of other shapes where those of the sweep were
    Var a = t.constant(Tensor{1, 2, 3, 4, 5});
    for (int k = 0; k < 20; ++k) a = a + a;
  });
  twice.run(steady, [&](Tape& t) { steady(t), sum(exp(t.var(0))); });
  twice.run(steady, [](Tape& t) {
    const Var y = sum(counted(t.watch(w)));
    for (Sweep sweep(y, t.constant(3)); sweep.next();) t.constant(5);
  });
  twice.run(steady, [](Tape& t) {
    const Var y = sum(counted(t.watch(w)));
    Sweep sweep(y, t.constant(Shape{}, 1));
    sweep.next();
    sweep.finish();
  });
}

TEST_CASE("after an error in the recording, the pullback, or the sweep of another") {
  Twice twice;
  const auto steady = [](Tape& t) { t.backward(sum(counted(t.watch(w)))); };
  for (int k = 0; k < 3; ++k) twice.run(steady);
  twice.used.rewind();
  CHECK_THROWS_AS(counted(twice.used.watch(w)) + twice.used.constant(Tensor{1, 2, 3}), ShapeError);
  twice.run(steady);
  fails = true;
  twice.used.rewind();
  twice.used.constant(1);
  CHECK_THROWS_AS(steady(twice.used), ShapeError);
  fails = false;
  for (int k = 0; k < 3; ++k) twice.run(steady);
}

TEST_CASE("a hook sees the lines of every sweep, and an operation that is not finite is named") {
  Tape tape;
  std::vector<std::uint32_t> seen;
  for (int k = 0; k < 6; ++k) {
    tape.rewind();
    if (k == 3) tape.on_line([&](std::uint32_t line) { seen.push_back(line); });
    if (k == 5) tape.on_line({});
    tape.backward(sum(counted(tape.watch(w))));
  }
  std::size_t operations = 0;
  for (std::size_t k = 0; k < tape.size(); ++k) operations += tape[k].op != nullptr;
  CHECK(seen.size() == 2 * operations);  // in two recordings
  tape.check_finite(true);
  tape.rewind();
  const Var a = tape.variable(Tensor{std::numeric_limits<Real>::max()});
  CHECK_THROWS_AS(gradient(sum(a * std::numeric_limits<Real>::max()), {a})[0].value(), ValueError);
}

TEST_CASE("two tapes, one parameter, and another thread") {
  Twice one, two;
  const auto f = [](Tape& t) { t.backward(sum(counted(t.watch(w)))); };
  const auto g = [](Tape& t) { t.backward(sum(counted(t.watch(w)) * t.watch(v))); };
  for (int k = 0; k < 4; ++k) one.run(f), two.run(g);
  one.used.rewind();
  const Var a = one.used.watch(w), y = sum(counted(a)), seed = one.used.constant(Shape{}, 1);
  std::string message;
  std::thread([&] { message = thrown_by<TapeError>([&] { vjp(y, {a}, seed); }); }).join();
  CHECK(message.find("belongs to another thread") != std::string::npos);
  std::thread([&] { one.run(f), one.run(f); }).join();
  one.run(f);
}

TEST_CASE("a training that is replayed has the bits of one that is not") {
  const auto train = [](bool replays) {
    Rng rng(7);
    Parameter kernel("kernel", random_normal(rng, {3, 4}, 0, 1)), bias("bias", zeros({4}));
    const Tensor x = random_normal(rng, {5, 3}, 0, 1), y = random_normal(rng, {5, 4}, 0, 1);
    Optimizer adam = Adam{};
    Tape tape;
    if (!replays) tape.on_line([](std::uint32_t) {});
    pulls = 0;
    for (int step = 0; step < 60; ++step) {
      tape.rewind();
      const Var mask = tape.constant(Shape{5, 4}, [&](Tensor& m) { m = random_uniform(rng, {5, 4}, 0, 1); });
      const Var h = counted(tanh(linear(tape.borrow(x), tape.watch(kernel), tape.watch(bias)))) * mask;
      Var loss = mean_squared_error(y, step % 10 < 7 ? h : h + 1);
      if (step % 20 > 15) loss = loss + sum(square(tape.watch(kernel))) * static_cast<Real>(0.01);
      tape.backward(loss);
      adam.step({&kernel, &bias});
    }
    CHECK((pulls == 60) == !replays);
    return kernel.value();
  };
  const Tensor replayed = train(true), recorded = train(false);
  CHECK(std::memcmp(replayed.data(), recorded.data(), recorded.size() * sizeof(Real)) == 0);
}
