#include <xgrad/mpi/mpi.hpp>

#include <algorithm>
#include <iostream>
#include <thread>

#include <xgrad/core/error.hpp>
#include <xgrad/mpi/detail/messages.hpp>

// The beginning and the end of a job.

namespace xgrad::inline XGRAD_PRECISION {

namespace mpi {

Messages::Messages(MPI_Comm comm, const Options& options, bool ends_mpi) : options_(options), ends_mpi_(ends_mpi) {
  MPI_Comm_dup(comm, &comm_);
  MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN);
  int rank = 0, size = 0;
  MPI_Comm_rank(comm_, &rank);
  MPI_Comm_size(comm_, &size);
  rank_ = static_cast<std::size_t>(rank);
  size_ = static_cast<std::size_t>(size);
  has_left_.resize(size_);
  bucket_bytes = options.bucket_bytes;
}

// Says farewell to all, and waits for theirs: those who still wait for this rank are told so.
void Messages::leave() {
  int ended = 0;
  MPI_Finalized(&ended);
  if (ended) return;
  bool all = !broken_;
  try {
    std::vector<MPI_Request> sends;
    for (std::size_t k = 1; k < size_; ++k) {
      sends.push_back(MPI_REQUEST_NULL);
      MPI_Isend(nullptr, 0, MPI_BYTE, static_cast<int>((rank_ + k) % size_), of_leaving, comm_, &sends.back());
    }
    const Clock::time_point end =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(
                           std::chrono::duration<double>(broken_ ? 3 : options_.callback_timeout));
    has_left_[rank_] = true;
    const auto is_left = [](bool left) { return left; };
    while (!(all = std::all_of(has_left_.begin(), has_left_.end(), is_left)) && Clock::now() < end) {
      for (std::size_t k = 0; k < begun_; ++k) {
        int done = 0;  // what was begun moves on, for others may wait for it
        MPI_Testall(static_cast<int>(sums_[k].sends.size()), sums_[k].sends.data(), &done, MPI_STATUSES_IGNORE);
      }
      see_who_left();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (all) MPI_Waitall(static_cast<int>(sends.size()), sends.data(), MPI_STATUSES_IGNORE);
  } catch (const std::exception& error) {
    std::cerr << text("xgrad: ", error.what()) << std::endl;
    all = false;
  }
  if (!all) {
    std::string names;
    for (std::size_t r = 0; r < size_; ++r)
      if (!has_left_[r]) names += (names.empty() ? "" : ", ") + std::to_string(r);
    std::cerr << text("xgrad: mpi: rank ", rank_, " has ended, and rank ", names, " has not; the job is ended")
              << std::endl;
    MPI_Abort(comm_, 1);
  }
  if (begun_ == 0) MPI_Comm_free(&comm_);
  if (ends_mpi_) MPI_Finalize();
}

std::shared_ptr<Communicator> world(const Options& options) {
  static const std::shared_ptr<Communicator> all = [&] {
    int begun = 0;
    MPI_Initialized(&begun);
    if (!begun) {
      int provided = 0;
      MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
      require<Error>(provided >= MPI_THREAD_FUNNELED, "mpi: this MPI gives no thread support, MPI_THREAD_FUNNELED");
    }
    return std::make_shared<Messages>(MPI_COMM_WORLD, options, !begun);
  }();
  return all;
}

std::shared_ptr<Communicator> communicator(MPI_Comm comm, const Options& options) {
  int begun = 0, ended = 0;
  MPI_Initialized(&begun);
  MPI_Finalized(&ended);
  require<ValueError>(begun && !ended, "mpi: communicator() takes MPI between MPI_Init() and MPI_Finalize()");
  return std::make_shared<Messages>(comm, options, false);
}

}  // namespace mpi

}  // namespace xgrad::inline XGRAD_PRECISION
