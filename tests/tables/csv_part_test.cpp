// The parts of a CSV file are its table: each row is in the part in whose piece of bytes it begins.

#include <filesystem>
#include <random>
#include <sstream>

#include <xgrad/tables/csv_reader.hpp>
#include <xgrad/tables/detail/csv_rows.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

// What tables hold, one below another.
std::string shown(const std::vector<Table>& pieces) {
  std::string out;
  for (std::size_t k = 0; k < pieces.at(0).columns().size(); ++k) {
    out += text(excerpt(pieces[0].columns()[k]), pieces[0].column(k).is_text() ? " of texts" : " of numbers");
    for (const Table& piece : pieces) {
      CHECK(piece.columns() == pieces[0].columns());
      const Column& column = piece.column(k);
      CHECK(column.is_text() == pieces[0].column(k).is_text());
      for (std::size_t row = 0; row < column.size(); ++row)
        out += column.is_missing(row) ? "|-" : "|'" + column.written(row) + "'";
    }
    out += "\n";
  }
  for (const std::string& note : pieces[0].notes()) out += note + "\n";
  return out;
}

// A file as a hostile program writes it: quotes, line ends, separators and comments where they may stand.
std::string random_file(std::mt19937& rng, const ReadCsvOptions& options) {
  const auto one_of = [&](const std::vector<std::string>& of) { return of[rng() % of.size()]; };
  const auto any_end = [&] { return one_of({"\n", "\n", "\r\n", "\r\n", "\r"}); };
  std::string out = "a,b,c" + any_end();
  for (std::size_t row = 0, rows = rng() % 30; row < rows; ++row) {
    if (rng() % 8 == 0) out += one_of({"", "  ", " "}) + any_end();
    if (options.comment != 0 && rng() % 6 == 0) out += "# it\"s a comment, \"of a kind" + any_end();
    for (int k = 0; k < 3; ++k) {
      std::string field;
      if (rng() % 3 == 0) {
        field = "\"";
        for (std::size_t n = rng() % 6; n > 0; --n) {
          field += one_of({"x", "\n", "\r\n", "\"\"", ",", "\xc3\xa4", "\xf0\x9f\x98\x80", "\n\n", "a,b\n1,2\n"});
          if (options.escapechar != 0 && rng() % 3 == 0) field += "\\\"";
        }
        field += "\"";
      } else {
        field = one_of({"1", "2.5", "", "word", "5\" pipe", "\xe2\x82\xac", "NA", std::string(rng() % 90, 'z')});
      }
      out += (k == 0 ? "" : ",") + field;
    }
    out += row + 1 == rows && rng() % 2 == 0 ? "" : any_end();
  }
  return out;
}

std::vector<Table> parts_of(const std::string& path, ReadCsvOptions options, std::size_t count, std::size_t at_once) {
  std::vector<Table> parts;
  for (std::size_t index = 0; index < count; ++index) {
    options.part = {.index = index, .count = count};
    PlainFile file(path, at_once);
    parts.push_back(CsvRows({}, &file, options, path).all());
  }
  return parts;
}

}  // namespace

TEST_CASE("a row is in the part in whose piece it begins") {
  // The rows begin at bytes 4, 8, 21 and 25 of 29; two pieces meet at 4 + 12 = 16, within the quotes.
  const std::string text = "a,b\n1,2\n3,\"x\ny\n4,5\n\"\n6,7\n8,9\n";
  REQUIRE(text.size() == 29);
  const auto rows = [&](std::size_t index, std::size_t count) {
    const Table table = read_csv_text(text, {.part = {.index = index, .count = count}});
    std::string out;
    for (std::size_t k = 0; k < table.size(); ++k) out += table.column("a").written(k) + ";";
    return out;
  };
  CHECK(rows(0, 2) == "1;3;");
  CHECK(rows(1, 2) == "6;8;");
  CHECK(rows(0, 25) == "1;");
  CHECK(rows(3, 25) == "");
  CHECK(rows(4, 25) == "3;");
  CHECK(rows(12, 25) == "");
  CHECK(rows(17, 25) == "6;");
  CHECK(rows(21, 25) == "8;");
}

TEST_CASE("the parts of random files, together, are the table of the file") {
  std::mt19937 rng(1);
  const Folder folder;
  const ReadCsvOptions of_kinds[] = {{}, {.comment = '#'}, {.escapechar = '\\'}, {.comment = '#', .escapechar = '\\'}};
  std::size_t rows = 0, empty = 0;
  for (int k = 0; k < 400; ++k) {
    const ReadCsvOptions& options = of_kinds[k % 4];
    const std::string text = random_file(rng, options), path = folder.write("x.csv", bytes_of(text));
    CAPTURE(text);
    const Table whole = read_csv_text(text, options);
    for (std::size_t count = 2; count <= 7; ++count)
      for (const std::size_t at_once : {16, 37, 1 << 18}) {
        CAPTURE(count);
        CAPTURE(at_once);
        const std::vector<Table> parts = parts_of(path, options, count, at_once);
        REQUIRE(shown(parts) == shown({whole}));
        for (const Table& part : parts) empty += part.size() == 0;
      }
    rows += whole.size();
  }
  CHECK(rows > 4000);
  CHECK(empty > 1000);
}

TEST_CASE("odd files have parts, too") {
  const Folder folder;
  for (const auto& entry : std::filesystem::directory_iterator(XGRAD_TEST_DATA "/odd-csv")) {
    std::ostringstream all;
    all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const std::string path = entry.path().string();
    CAPTURE(path);
    if (all.str().starts_with("\x1f\x8b") || all.str().size() > 20'000) continue;
    std::string expected, said;
    const std::string error = thrown_by([&] { expected = shown({read_csv(path)}); });
    for (const std::size_t count : {2, 3, 5}) {
      const std::string other = thrown_by([&] { said = shown(parts_of(path, {}, count, 64)); });
      CHECK(other == error);
      if (error == "nothing") CHECK(said == expected);
    }
  }
}

TEST_CASE("a part in pieces is the part, again and again; a message names the line of the file") {
  const Folder folder;
  std::string text = "n,word\n";
  for (int k = 0; k < 500; ++k) text += std::to_string(k) + (k % 7 == 0 ? ",\"two\nlines\"\r\n" : ",one\n");
  const std::string path = folder.write("x.csv", bytes_of(text));
  std::size_t rows = 0;
  for (std::size_t index = 0; index < 4; ++index) {
    CsvReader reader(path, {.part = {.index = index, .count = 4}}, 50);
    for (int round = 0; round < 2; ++round) {
      std::size_t of_part = 0;
      for (Table piece; reader.next(piece); of_part += piece.size())
        CHECK(piece.column("n").number(0) == static_cast<double>(rows + of_part));
      if (round == 1) rows += of_part;
    }
  }
  CHECK(rows == 500);

  // row 400 is 58 quoted line ends further down, and one for the header
  text.replace(text.find("\n400,") + 1, 3, "4x0");
  folder.write("x.csv", bytes_of(text));
  const ReadCsvOptions last{.dtype = {{"n", ColumnKind::number}, {"word", ColumnKind::text}},
                            .part = {.index = 3, .count = 4}};
  CHECK(thrown_by<DataError>([&] {
          read_csv(path, last);
        }).starts_with(path + ": line 460: column \"n\": \"4x0\" is no"));
}

TEST_CASE("columns are of one kind in all parts: dtype's, or what the whole file makes them") {
  const std::string text = "a,b\n1,\n2,\n3,\n4,\nx,1\n";
  const Table first = read_csv_text(text, {.part = {.index = 0, .count = 5}});
  CHECK(first.size() == 1);
  CHECK(first.column("a").is_text());
  CHECK_FALSE(first.column("b").is_text());
  CHECK(first.column("a").text(0) == "1");
  const ReadCsvOptions numbers{.dtype = {{"a", ColumnKind::number}, {"b", ColumnKind::number}},
                               .part = {.index = 0, .count = 5}};
  CHECK_FALSE(read_csv_text(text, numbers).column("a").is_text());  // what is behind the part is not read
}

TEST_CASE("parts that there are not are refused") {
  const Folder folder;
  CHECK_THROWS_WITH_AS(read_csv_text("a\n1\n", {.part = {.index = 2, .count = 2}}),
                       "read_csv: part 2 of 2; parts count from 0", ValueError);
  CHECK_THROWS_WITH_AS(read_csv_text("a\n1\n", {.nrows = 5, .part = {.index = 1, .count = 2}}),
                       "read_csv: nrows = 5 and a part; a part has the rows that begin in it", ValueError);
  const std::string path = folder.add_gzip("x.csv.gz", bytes_of("a\n1\n"));
  CHECK(thrown_by<ValueError>([&] { read_csv(path, {.part = {.index = 1, .count = 2}}); }) ==
        text("read_csv: a part of ", excerpt(path),
             ", which is gzip and is read from its beginning alone; unpack it: gunzip"));
}
