#pragma once

// Reading a CSV file in pieces, for one that memory does not hold.

#include <memory>
#include <string>

#include <xgrad/tables/read_csv.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A CSV file, plain or gzip, as tables of at most `chunksize` rows, one after another:
///   CsvReader reader("large.csv.gz", {}, 100'000);
///   model.fit([&](Table& piece) { return reader.next(piece); });
/// The pieces together are the table of read_csv(), with the same names and kinds of columns: unless dtype gives the
/// kind of each column, the constructor reads the file once to know them. Memory holds one piece, and of the file
/// 256 KiB, or the longest line. The file is not to be changed meanwhile. With the option part, see read_csv(), they
/// are the table of that part.
class CsvReader {
 public:
  /// Throws what read_csv() does; ValueError also for a chunksize of 0.
  explicit CsvReader(const std::string& path, const ReadCsvOptions& options = {}, std::size_t chunksize = 100'000);
  ~CsvReader();
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;

  /// Replaces the table by the next piece. Returns false at the end of the file; the call after that begins anew, as
  /// the generators of fit() do. Throws what read_csv() does.
  bool next(Table& piece);
  /// Begins anew: next() gives the first piece.
  void rewind();

  const Table::Names& columns() const;  ///< the names of the columns
  /// What read_csv() notes of the whole file; only what the first lines show where dtype gives the kind of each column.
  const Table::Names& notes() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
