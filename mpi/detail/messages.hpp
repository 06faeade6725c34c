#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include <xgrad/mpi/mpi.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace mpi {

using Clock = std::chrono::steady_clock;
constexpr int of_leaving = 1, of_gather = 2, of_broadcast = 3, of_sums = 16, sum_tags = 8192;
constexpr std::size_t few_bytes = 4096, piece = std::size_t{1} << 30;
inline const MPI_Datatype real = sizeof(Real) == sizeof(float) ? MPI_FLOAT : MPI_DOUBLE;

/// A Communicator over MPI.
class Messages final : public Communicator {
 public:
  /// Ranks of a communicator, which is duplicated. `ends_mpi` is whether MPI is finalised with this.
  Messages(MPI_Comm comm, const Options& options, bool ends_mpi);
  ~Messages() override { leave(); }

  std::size_t rank() const override { return rank_; }
  std::size_t size() const override { return size_; }
  bool is_broken() const override { return broken_; }

  void begin_sum(std::span<Real> numbers) override;
  void advance() override;
  void finish() override;
  std::vector<std::string> gather(std::string_view where, std::string_view mine, bool patient) override;
  std::string broadcast(std::string_view where, std::string_view mine) override;

 private:
  struct Receive {
    MPI_Request request;
    std::size_t from;
  };
  struct Sum {
    std::span<Real> numbers;
    int tag = 0;
    int step = 0;  // 1, 2, and 0 when it is done
    bool few = false;
    std::vector<MPI_Request> sends;
    std::vector<Receive> receives;
    std::vector<Real> others;  // what the others have sent of this rank's slice, by rank
  };

  std::size_t begin_of(std::size_t rank, std::size_t n) const { return n / size_ * rank + n % size_ * rank / size_; }
  void check(int code, const char* what);
  [[noreturn]] void fail(const std::string& what);
  bool test(std::vector<MPI_Request>& sends, std::vector<Receive>& receives);
  bool go_on(Sum& sum);
  void add_up(Sum& sum, std::size_t first, std::size_t n);
  void see_who_left();
  void wait(const char* what, std::string_view where, double seconds, const std::function<bool()>& done,
            const std::function<std::vector<std::size_t>()>& awaited);
  void send(std::size_t to, int tag, const std::string& message, std::vector<MPI_Request>& sends);
  std::string receive(std::size_t from, int tag, std::string_view where, double seconds);
  void finish_sends(std::vector<MPI_Request>& sends, std::string_view where);
  void leave();

  const Options options_;
  const bool ends_mpi_;
  MPI_Comm comm_ = MPI_COMM_NULL;
  std::size_t rank_ = 0, size_ = 1;
  bool broken_ = false;
  std::deque<Sum> sums_;   // whose memory is kept
  std::size_t begun_ = 0;  // of them
  std::uint64_t count_ = 0;
  std::vector<bool> has_left_;
  std::size_t first_left_ = 0;  // of these, who did so first
};

}  // namespace mpi

}  // namespace xgrad::inline XGRAD_PRECISION
