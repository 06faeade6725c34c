// Trains on a CSV file that no process holds: each reads its part, a piece at a time. The file is that of large_csv.py.
//   mpirun -n 4 bench_stream large.csv         where xgrad::mpi is built in: 4 ranks train one model
//   bench_stream large.csv 3 4                 part 3 of 4 by itself
// Each rank says how many rows it has read, in what time, and the most memory that it took.

#include <chrono>
#include <cstdlib>
#include <iostream>

#include <xgrad/tables/csv_reader.hpp>
#include <xgrad/xgrad.hpp>
#ifdef BENCH_MPI
#include <xgrad/mpi/mpi.hpp>
#endif

#include "common.hpp"

namespace {

using namespace xgrad;

constexpr std::size_t batch_size = 1024;  // of all ranks

// This rank's share of each batch: as many rows as any other's, until its part ends. The kinds of all columns are
// given, so that the file is read once for each epoch, and before it what is in front of the part once.
class Share {
 public:
  Share(const std::string& path, const Part& part) : reader_(path, options(part), batch_size / part.count) {}

  bool next(Batch& batch) {
    if (!reader_.next(piece_)) return false;
    batch.x = piece_.drop({"y"}).to_tensor();
    batch.y = piece_.to_tensor({"y"});
    rows += piece_.size();
    return true;
  }

  std::size_t rows = 0;

 private:
  static ReadCsvOptions options(const Part& part) {
    ReadCsvOptions o{.part = part};
    for (int k = 0; k < 12; ++k) o.usecols.emplace_back(text("x", k));
    o.usecols.emplace_back("y");
    for (const ColumnId& column : o.usecols) o.dtype.emplace(column, ColumnKind::number);
    return o;
  }

  CsvReader reader_;
  Table piece_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) return std::cerr << "bench_stream FILE [PART PARTS]\n", 2;
  const auto number = [&](int k) { return static_cast<std::size_t>(std::atoll(argv[k])); };
  try {
    Part part = argc == 4 ? Part{.index = number(2), .count = number(3)} : Part{};
    FitOptions options{.epochs = 1, .verbose = silent};
#ifdef BENCH_MPI
    if (argc == 2) {
      options.communicator = mpi::world();
      part = {.index = options.communicator->rank(), .count = options.communicator->size()};
    }
#endif
    const auto start = std::chrono::steady_clock::now();
    const auto seconds = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    Share share(argv[1], part);
    const double until_open = seconds();
    Sequential model{Dense(64, relu), Dense(64, relu), Dense(1)};
    model.compile(Adam{}, "mean_squared_error");
    const History history = model.fit(share, options);
    std::cout << text("part ", part.index, " of ", part.count, ": ", share.rows, " rows, loss ",
                      history["loss"].back(), ", open after ", until_open, " s, trained after ", seconds(),
                      " s, at most ", bench::peak_rss_mb(), " MB\n");
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 1;
  }
}
