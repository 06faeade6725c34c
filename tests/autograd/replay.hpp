#pragma once

#include <cmath>
#include <cstring>
#include <functional>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include "support.hpp"

// For replay_test.cpp: operations whose pullbacks can be told apart, and a tape that is compared with a new one.

namespace xgrad {

inline int pulls = 0;       // of counted()
inline Real slope = 1;      // of masked() and lending()
inline bool fails = false;  // in the pullback of counted()

/// x^2, whose pullback counts how often it is called.
inline Var counted(Var x) {
  static constexpr Op op{.name = "counted",
                         .rule = "ā += 2 a ȳ",
                         .forward = [](Tensor& y, In a) { y = a * a; },
                         .pull_a =
                             [](const Pull& p) {
                               ++pulls;
                               require(!fails, "the pullback fails");
                               return 2 * p.a * p.g;
                             }};
  return x.tape().record(op, x.shape(), x);
}

/// |x| of one number, by a pullback that looks at it and chooses.
template <class Look>
Var choosy(Var x) {
  static constexpr Op op{.name = "choosy",
                         .rule = "ā += sign(a) ȳ",
                         .forward = [](Tensor& y, In a) { *y.data() = std::abs(*a.data()); },
                         .pull_a = [](const Pull& p) { return Look{}(p.a) < 0 ? -p.g : p.g; }};
  return x.tape().record(op, x.shape(), x);
}
struct ByItem {
  double operator()(Var x) const { return x.item(); }
};
struct ByValue {
  double operator()(Var x) const { return *x.value().data(); }
};
struct ByLine {
  double operator()(Var x) const { return *x.tape()[x.line()].value->data(); }
};

/// x, whose pullback puts a tensor on the tape that it fills or borrows.
inline Var masked(Var x) {
  static constexpr Op op{
      .name = "masked",
      .rule = "ā += slope ȳ",
      .forward = [](Tensor& y, In a) { y = a; },
      .pull_a = [](const Pull& p) { return p.g * p.g.tape().constant(p.g.shape(), [](Tensor& m) { m.fill(slope); }); }};
  return x.tape().record(op, x.shape(), x);
}
inline const Tensor& lent() {
  static Tensor x;
  x = Tensor{slope, slope};
  return x;
}
inline Var lending(Var x) {
  static constexpr Op op{.name = "lending",
                         .rule = "ā += slope ȳ",
                         .forward = [](Tensor& y, In a) { y = a; },
                         .pull_a = [](const Pull& p) { return p.g * p.g.tape().borrow(lent()); }};
  return x.tape().record(op, x.shape(), x);
}

struct Line {
  const Op* op;
  std::array<std::uint32_t, 3> inputs;
  bool active, swept;
  Tensor value;
};

inline std::vector<Line> lines_of(const Tape& tape) {
  std::vector<Line> lines;
  for (std::size_t k = 0; k < tape.size(); ++k) {
    const Tape::Record& r = tape[k];
    lines.push_back({r.op, r.inputs, r.active, r.swept, *r.value});
  }
  return lines;
}

inline void check_same(const std::vector<Line>& a, const std::vector<Line>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    CAPTURE(k);
    CHECK(a[k].op == b[k].op);
    CHECK(a[k].inputs == b[k].inputs);
    CHECK(a[k].active == b[k].active);
    CHECK(a[k].swept == b[k].swept);
    REQUIRE(a[k].value.shape() == b[k].value.shape());
    CHECK(std::memcmp(a[k].value.data(), b[k].value.data(), a[k].value.size() * sizeof(Real)) == 0);
  }
}

/// A tape that is used again and again, beside a new one for every program.
struct Twice {
  using Program = std::function<void(Tape&)>;
  Tape used;

  void run(const Program& program) {
    used.rewind();
    program(used);
    const std::vector<Line> its = lines_of(used);
    Tape fresh;
    program(fresh);
    check_same(its, lines_of(fresh));
  }

  /// A program often enough for its sweep to be replayed, another, and the first again.
  void run(const Program& steady, const Program& other) {
    for (int k = 0; k < 3; ++k) run(steady);
    for (int k = 0; k < 2; ++k) run(other), run(steady);
    for (int k = 0; k < 2; ++k) run(other);
    run(steady);
  }
};

}  // namespace xgrad
