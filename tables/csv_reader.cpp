#include <xgrad/tables/csv_reader.hpp>

#include <xgrad/core/error.hpp>
#include <xgrad/tables/detail/csv_rows.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct CsvReader::Parts {
  Parts(const std::string& path, const ReadCsvOptions& options, std::size_t chunksize)
      : path(path), options(options), chunksize(chunksize), file(path), rows({}, &file, this->options, this->path) {
    require<ValueError>(chunksize > 0, "CsvReader: chunksize = 0; a piece has a row or more");
    rows.learn();
    notes = rows.notes();
    rows.rewind();
  }

  std::string path;
  ReadCsvOptions options;
  std::size_t chunksize;
  PlainFile file;
  CsvRows rows;
  Table::Names notes;
};

CsvReader::CsvReader(const std::string& path, const ReadCsvOptions& options, std::size_t chunksize)
    : parts_(std::make_unique<Parts>(path, options, chunksize)) {}
CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

bool CsvReader::next(Table& piece) {
  Table next = parts_->rows.take(parts_->chunksize);
  const bool is_there = next.size() > 0;
  if (is_there)
    piece = std::move(next);
  else
    rewind();
  return is_there;
}

void CsvReader::rewind() { parts_->rows.rewind(); }

const Table::Names& CsvReader::columns() const { return parts_->rows.names(); }
const Table::Names& CsvReader::notes() const { return parts_->notes; }

}  // namespace xgrad::inline XGRAD_PRECISION
