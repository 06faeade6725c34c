#include <xgrad/autograd/var.hpp>

#include <deque>
#include <mutex>
#include <vector>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Anchors of tapes that have ended wait here for the next. None is ever freed: a Var may still point to it.
struct AnchorPool {
  std::mutex mutex;
  std::deque<Anchor> all;
  std::vector<Anchor*> free;
};

AnchorPool& pool() {
  static AnchorPool& pool = *new AnchorPool;  // lives until the process ends, after every static tape
  return pool;
}

}  // namespace

Anchor* Anchor::take(Tape* tape) {
  const std::lock_guard lock(pool().mutex);
  if (pool().free.empty()) pool().free.push_back(&pool().all.emplace_back());
  Anchor* anchor = pool().free.back();
  pool().free.pop_back();
  anchor->tape = tape;
  return anchor;
}

void Anchor::give_back() {
  const std::lock_guard lock(pool().mutex);
  tape = nullptr;
  ++recording;
  pool().free.push_back(this);
}

void Var::refuse() const {
  require<TapeError>(anchor_ != nullptr, "this Var is empty; it comes from a tape or an operation");
  throw TapeError(
      text("this Var (line ", line(), ") is of a recording that has ended; its tape was rewound or destroyed since"));
}

std::size_t Var::shape(std::ptrdiff_t axis) const {
  const auto rank = static_cast<std::ptrdiff_t>(shape().size());
  require(-rank <= axis && axis < rank, "shape: no axis ", axis, " in ", shape());
  return shape()[static_cast<std::size_t>(axis < 0 ? axis + rank : axis)];
}

std::ostream& operator<<(std::ostream& out, Var x) {
  return x.is_current() ? out << x.value() : out << "(a Var of no recording)";
}

double Var::item() const {
  require(size() == 1, "item: the shape is ", shape(), "; it takes a Var with one element");
  return *value().data();
}

}  // namespace xgrad::inline XGRAD_PRECISION
