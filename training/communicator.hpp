#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What processes that train one model together, the ranks, say to each other: FitOptions::communicator. All ranks make
/// the same calls in the same order, from one thread. xgrad::mpi has one over MPI. Its functions throw Error, which
/// names the rank that was waited for, when another rank is gone or does not answer in time; no call is answered then.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual std::size_t rank() const = 0;  ///< this process's number, from 0
  virtual std::size_t size() const = 0;  ///< how many ranks there are

  /// Begins to replace numbers by their sums over all ranks, each added up in the order of the ranks, so that a given
  /// number of ranks gives the same bits every time. All ranks give as many numbers, which stay where they are,
  /// untouched, until finish(). An empty list is not sent.
  virtual void begin_sum(std::span<Real> numbers) = 0;

  /// Gets on with the sums that were begun, without waiting.
  virtual void advance() = 0;

  /// Waits until all sums that were begun are there.
  virtual void finish() = 0;

  /// The texts of all ranks, any bytes, by rank. `where` says what the ranks are doing; Error is thrown where they
  /// differ in it. `patient` is whether others may take long, such as for reading their data.
  virtual std::vector<std::string> gather(std::string_view where, std::string_view mine, bool patient = false) = 0;

  /// Rank 0's text, any bytes, which may take it long, such as for a callback.
  virtual std::string broadcast(std::string_view where, std::string_view mine) = 0;

  /// Whether a rank is gone or did not answer, after which nothing can be said to the others.
  virtual bool is_broken() const { return false; }

  /// Gradients are summed in buckets of whole parameters, as the sweep finishes them, each of up to so many bytes. With
  /// all in one bucket, nothing is sent before the sweep ends.
  std::size_t bucket_bytes = std::size_t{1} << 20;
};

}  // namespace xgrad::inline XGRAD_PRECISION
