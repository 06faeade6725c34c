#include <xgrad/core/error.hpp>
#include <xgrad/mpi/detail/messages.hpp>

// A sum goes in two steps. In the first, each rank sends every other rank that one's slice of the numbers, adds up its
// own slice in the order of the ranks, and in the second it sends the result to all. So every rank sends and receives
// 2 (p - 1) / p of the numbers, however many ranks p there are. Few numbers go to all ranks in one step. All messages
// are between two ranks, so that it is known who is waited for. They move on when MPI is asked for them: advance().

namespace xgrad::inline XGRAD_PRECISION {

namespace mpi {

// Whether all of these messages are through.
bool Messages::test(std::vector<MPI_Request>& sends, std::vector<Receive>& receives) {
  int done = 1;
  check(MPI_Testall(static_cast<int>(sends.size()), sends.data(), &done, MPI_STATUSES_IGNORE),
        "a message was not sent");
  bool all = done != 0;
  for (Receive& receive : receives) {
    if (receive.request == MPI_REQUEST_NULL) continue;
    check(MPI_Test(&receive.request, &done, MPI_STATUS_IGNORE), "a message was not received");
    all = all && done;
  }
  return all;
}

void Messages::begin_sum(std::span<Real> numbers) {
  if (broken_) fail("a rank is gone; nothing can be summed any more");
  if (numbers.empty() || size_ == 1) return;
  const std::size_t n = numbers.size();
  require<ValueError>(n / size_ < (std::size_t{1} << 31), "mpi: ", n, " numbers for ", size_, " ranks; use more ranks");
  if (begun_ == sums_.size()) sums_.emplace_back();
  Sum& sum = sums_[begun_++];
  sum.numbers = numbers;
  sum.tag = of_sums + 2 * static_cast<int>(count_++ % sum_tags);
  sum.step = 1;
  sum.few = numbers.size_bytes() <= few_bytes;
  sum.sends.clear();
  sum.receives.clear();
  const std::size_t mine = sum.few ? n : begin_of(rank_ + 1, n) - begin_of(rank_, n);
  if (sum.others.size() < mine * (size_ - 1)) sum.others.resize(mine * (size_ - 1));
  Real* to = sum.others.data();
  for (std::size_t r = 0; r < size_; ++r) {
    if (r == rank_) continue;
    sum.receives.push_back({MPI_REQUEST_NULL, r});
    check(
        MPI_Irecv(to, static_cast<int>(mine), real, static_cast<int>(r), sum.tag, comm_, &sum.receives.back().request),
        "a sum");
    to += mine;
  }
  for (std::size_t k = 1; k < size_; ++k) {  // each rank begins with its neighbour
    const std::size_t r = (rank_ + k) % size_, first = sum.few ? 0 : begin_of(r, n);
    sum.sends.push_back(MPI_REQUEST_NULL);
    check(MPI_Isend(numbers.data() + first, static_cast<int>(sum.few ? n : begin_of(r + 1, n) - first), real,
                    static_cast<int>(r), sum.tag, comm_, &sum.sends.back()),
          "a sum");
  }
}

// Adds up n numbers from `first` on in the order of the ranks.
void Messages::add_up(Sum& sum, std::size_t first, std::size_t n) {
  Real* const mine = sum.numbers.data() + first;
  const auto of = [&](std::size_t r) { return sum.others.data() + (r < rank_ ? r : r - 1) * n; };
  if (rank_ > 0) {  // (x0 + ... + mine) + ...: floating point adds in either order of two terms alike
    Real* const before = of(0);
    for (std::size_t r = 1; r < rank_; ++r)
      for (std::size_t i = 0; i < n; ++i) before[i] += of(r)[i];
    for (std::size_t i = 0; i < n; ++i) mine[i] += before[i];
  }
  for (std::size_t r = rank_ + 1; r < size_; ++r) {
    const Real* const x = of(r);
    for (std::size_t i = 0; i < n; ++i) mine[i] += x[i];
  }
}

// Whether a sum is done.
bool Messages::go_on(Sum& sum) {
  if (sum.step == 0) return true;
  if (!test(sum.sends, sum.receives)) return false;
  const std::size_t n = sum.numbers.size(), first = sum.few ? 0 : begin_of(rank_, n);
  const std::size_t mine = sum.few ? n : begin_of(rank_ + 1, n) - first;
  if (sum.step == 1) add_up(sum, first, mine);
  if (sum.step == 2 || sum.few) {
    sum.step = 0;
    return true;
  }
  sum.step = 2;
  sum.sends.clear();
  sum.receives.clear();
  for (std::size_t k = 1; k < size_; ++k) {
    const std::size_t r = (rank_ + k) % size_, its = begin_of(r, n);
    sum.receives.push_back({MPI_REQUEST_NULL, r});
    check(MPI_Irecv(sum.numbers.data() + its, static_cast<int>(begin_of(r + 1, n) - its), real, static_cast<int>(r),
                    sum.tag + 1, comm_, &sum.receives.back().request),
          "a sum");
    sum.sends.push_back(MPI_REQUEST_NULL);
    check(MPI_Isend(sum.numbers.data() + first, static_cast<int>(mine), real, static_cast<int>(r), sum.tag + 1, comm_,
                    &sum.sends.back()),
          "a sum");
  }
  return false;
}

void Messages::advance() {
  for (std::size_t k = 0; k < begun_; ++k) go_on(sums_[k]);
}

void Messages::finish() {
  const auto done = [this] {
    bool all = true;
    for (std::size_t k = 0; k < begun_; ++k) all = go_on(sums_[k]) && all;
    return all;
  };
  const auto awaited = [this] {
    std::vector<std::size_t> ranks;
    for (std::size_t k = 0; k < begun_; ++k)
      if (sums_[k].step > 0)
        for (const Receive& receive : sums_[k].receives)
          if (receive.request != MPI_REQUEST_NULL) ranks.push_back(receive.from);
    return ranks;
  };
  wait("part of a sum", "a step", options_.timeout, std::cref(done), awaited);
  begun_ = 0;
}

}  // namespace mpi

}  // namespace xgrad::inline XGRAD_PRECISION
