#include <algorithm>
#include <cstring>
#include <thread>

#include <xgrad/core/error.hpp>
#include <xgrad/mpi/detail/messages.hpp>

// Texts from rank to rank, and waiting for them.

namespace xgrad::inline XGRAD_PRECISION {

namespace mpi {

void Messages::fail(const std::string& what) {
  broken_ = true;
  throw Error("mpi: " + what);
}

void Messages::check(int code, const char* what) {
  if (code == MPI_SUCCESS) return;
  char reason[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(code, reason, &length);
  fail(text("rank ", rank_, ": ", what, ": ", std::string(reason, static_cast<std::size_t>(length))));
}

void Messages::see_who_left() {
  for (int left = 1; left != 0;) {
    MPI_Status status;
    check(MPI_Iprobe(MPI_ANY_SOURCE, of_leaving, comm_, &left, &status), "a look for messages");
    if (!left) return;
    check(MPI_Recv(nullptr, 0, MPI_BYTE, status.MPI_SOURCE, of_leaving, comm_, MPI_STATUS_IGNORE), "a farewell");
    const auto source = static_cast<std::size_t>(status.MPI_SOURCE);
    if (std::find(has_left_.begin(), has_left_.end(), true) == has_left_.end()) first_left_ = source;
    has_left_[source] = true;
  }
}

// Calls done() until it is true. A rank that is `awaited` and has left is given up after a second, in which what it
// sent before comes in.
void Messages::wait(const char* what, std::string_view where, double seconds, const std::function<bool()>& done,
                    const std::function<std::vector<std::size_t>()>& awaited) {
  if (broken_) fail("a rank is gone; nothing can be said to it any more");
  const Clock::time_point start = Clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  double looked = 0, left_at = -1;
  for (std::size_t turn = 0; !done(); ++turn) {
    if (turn % 64 != 63) {
      std::this_thread::yield();
      continue;
    }
    const double now = passed();
    if (now > 0.02) std::this_thread::sleep_for(std::chrono::microseconds(100));
    if (now - looked < 0.005) continue;
    looked = now;
    see_who_left();
    const std::vector<std::size_t> ranks = awaited();
    const auto gone = std::find_if(ranks.begin(), ranks.end(), [&](std::size_t r) { return has_left_[r]; });
    if (gone != ranks.end() && left_at < 0) left_at = now;
    if (gone != ranks.end() && now - left_at > 1)
      fail(text("rank ", first_left_, " has ended, and rank ", rank_, " waits for rank ", *gone, "'s ", what, ": ",
                where));
    if (now < seconds) continue;
    std::string names;
    for (const std::size_t r : ranks) names += (names.empty() ? "rank " : ", ") + std::to_string(r);
    fail(text("rank ", rank_, " has waited ", seconds, " s for the ", what, " of ", names.empty() ? "others" : names,
              ": ", where, "; for ranks that are only slow, Options has a larger timeout"));
  }
}

// A message is its length, the length of what says where, both, in pieces that MPI can count.
void Messages::send(std::size_t to, int tag, const std::string& message, std::vector<MPI_Request>& sends) {
  for (std::size_t at = 0; at < message.size(); at += piece) {
    sends.push_back(MPI_REQUEST_NULL);
    check(MPI_Isend(message.data() + at, static_cast<int>(std::min(piece, message.size() - at)), MPI_BYTE,
                    static_cast<int>(to), tag, comm_, &sends.back()),
          "a message");
  }
}

namespace {

struct Head {
  std::uint64_t where, all;
};

std::string framed(std::string_view where, std::string_view mine) {
  const Head head{where.size(), sizeof(Head) + where.size() + mine.size()};
  std::string message(reinterpret_cast<const char*>(&head), sizeof head);
  return message.append(where).append(mine);
}

}  // namespace

std::string Messages::receive(std::size_t from, int tag, std::string_view where, double seconds) {
  std::string message;
  std::size_t all = 1;
  Head head{};
  const auto only = [from] { return std::vector{from}; };
  for (std::size_t at = 0; at < all;) {
    int there = 0;
    MPI_Status status;
    const auto probe = [&] {
      check(MPI_Iprobe(static_cast<int>(from), tag, comm_, &there, &status), "a look for a message");
      return there != 0;
    };
    wait("message", where, seconds, std::cref(probe), only);
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    message.resize(at + static_cast<std::size_t>(size));
    std::vector<Receive> receives{{MPI_REQUEST_NULL, from}};
    std::vector<MPI_Request> none;
    check(MPI_Irecv(message.data() + at, size, MPI_BYTE, static_cast<int>(from), tag, comm_, &receives[0].request),
          "a message");
    wait(
        "a message", where, seconds, [&] { return test(none, receives); }, only);
    if (at == 0) {
      require<Error>(message.size() >= sizeof head, "mpi: rank ", from, " sends what is no message");
      std::memcpy(&head, message.data(), sizeof head);
      all = head.all;
    }
    at = message.size();
  }
  const std::string its = message.substr(sizeof head, head.where);
  if (its != where)
    fail(text("rank ", from, " is at: ", its, "; rank ", rank_, " is at: ", where,
              "; all ranks have to make the same calls"));
  return message.substr(sizeof head + head.where);
}

void Messages::finish_sends(std::vector<MPI_Request>& sends, std::string_view where) {
  std::vector<Receive> none;
  wait(
      "attention", where, options_.timeout, [&] { return test(sends, none); },
      [] { return std::vector<std::size_t>(); });
}

std::vector<std::string> Messages::gather(std::string_view where, std::string_view mine, bool patient) {
  if (broken_) fail("a rank is gone; nothing can be said to it any more");
  const std::string message = framed(where, mine);
  std::vector<MPI_Request> sends;
  for (std::size_t k = 1; k < size_; ++k) send((rank_ + k) % size_, of_gather, message, sends);
  std::vector<std::string> all(size_);
  all[rank_] = mine;
  for (std::size_t r = 0; r < size_; ++r)
    if (r != rank_) all[r] = receive(r, of_gather, where, patient ? options_.callback_timeout : options_.timeout);
  finish_sends(sends, where);
  return all;
}

std::string Messages::broadcast(std::string_view where, std::string_view mine) {
  if (broken_) fail("a rank is gone; nothing can be said to it any more");
  if (rank_ > 0) return receive(0, of_broadcast, where, options_.callback_timeout);
  const std::string message = framed(where, mine);
  std::vector<MPI_Request> sends;
  for (std::size_t r = 1; r < size_; ++r) send(r, of_broadcast, message, sends);
  finish_sends(sends, where);
  return std::string(mine);
}

}  // namespace mpi

}  // namespace xgrad::inline XGRAD_PRECISION
