#pragma once

// The sweep of a training step writes the same lines in every step, for they follow from the lines above them: from
// operations, inputs, attributes and shapes. So a tape keeps those of the recording before, and where the next one
// comes to its sweep with the same lines, it runs their operations on the numbers of now, in the same order: the same
// results bit for bit, without a call of a pullback or a look at a shape. The program itself runs as ever, and writes
// its lines, which are compared one by one. Where anything differs, the sweep is recorded as if there were no replay.

#include <vector>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct Tape::Replay {
  /// Whether a sweep from this line of the tape, which is about to begin, writes what the one that was kept has
  /// written.
  bool fits(const Tape& tape, std::uint32_t result, std::uint32_t seed) const;

  /// Keeps a sweep that is done and wrote the lines from `first` on, if it can be run again: if no pullback looked at a
  /// number, of which it could make a choice, and the sweep put nothing on the tape but results and constant numbers,
  /// no more than 10,000 lines in all.
  void keep(const Tape& tape, std::uint32_t result, std::uint32_t seed, std::size_t first,
            const std::vector<std::uint32_t>& its_adjoints);

  /// Runs the operations of the sweep that was kept, and writes its lines. Throws TapeError in another thread than the
  /// recording's, and what an operation throws.
  void run(Tape& tape);

  std::uint32_t recording = 0;  // the last one that had this sweep
  bool is_kept = false;
  std::uint32_t result = 0, seed = 0;
  std::size_t first = 0;      // lines that were there before the sweep
  std::vector<Record> lines;  // those, and those of the sweep
  std::vector<Shape> shapes;  // of those that were there before
  std::vector<std::uint32_t> adjoints;
};

}  // namespace xgrad::inline XGRAD_PRECISION
