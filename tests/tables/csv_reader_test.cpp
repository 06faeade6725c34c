// A file in parts and in pieces is the same table as its text in memory: parts are what is read at once, pieces what
// CsvReader gives.

#include <xgrad/tables/csv_reader.hpp>

#include <filesystem>
#include <sstream>

#include <xgrad/tables/detail/csv_rows.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

struct Case {
  std::string text;
  ReadCsvOptions options = {};
};

std::vector<Case> cases() {
  std::vector<Case> out{
      {"a,b\n1,\"x\ny\"\n2,\"x \"\"q\"\"\r\n\r\nz\"\n3,\"\"\n4,\"\"\"\"\n"},
      {"\xef\xbb\xbfgr\xc3\xb6\xc3\x9f"
       "e,n\r\n\r\n1,\xf0\x9f\x98\x80\r\n\r\n \r\n2,\xe2\x82\xac\xe2\x82\xac\r\n3"},
      {"a\rb\r\r\n\nc\r"},
      {"a,b,c\n1,True,FALSE\n,,\n2,False,\n\n7,True,TRUE\nx,,no\n1,True,FALSE\n"},
      {"a,b\n1,\n2,\n3,x\n4,5\n"},
      {"a,b\n1,\n2,\n"},
      {"a,b\nr1,1,2\nr2,3,4\nr3,5,x\n"},
      {"a,b\n1,2,\n3,4,\n5,x,\n"},
      {"a,b,c\n1,2\n3\n4,5,6\n"},
      {"a\n" + std::string(300, 'x') + "\n1\n2\n\"" + std::string(200, '\n') + "\"\n3\n"},
      {std::string(100, '\n') + "a,b\n" + std::string(100, '\n') + "1,2\n" + std::string(50, ' ') + "\n3,4"},
      {"a,b\n1,2\n3,4\n\x1a\x1a\x1a"},
      {"a,b\n1,2\n3\x1a,4\x1a\n5,6\x1a"},
      {"#u v\n# x y\n1.5 2\n#" + std::string(99, '#') + "\n3 4 #5\n", {.sep = " ", .comment = '#'}},
      {"u\n\n\"v\na,b\n1,2\n3,4\n5,6\n", {.skiprows = 3, .nrows = 2}},
      {std::string(70, 'z') + "\n\r\r\n" + std::string(70, 'z') + "\na\n1\n", {.skiprows = 4}},
      {"p\nq\n,\na,b\n1,2\n3,NA\n", {.header = 3}},
      {" a \t b\n1  2 \n\t3 4\n\n  5 \t6   \n", {.sep = "\\s+"}},
      {"a;b\n1,5;\"x \\\" y\"\n1.000,5;\"\\\\\"\n", {.sep = ";", .decimal = ',', .thousands = '.', .escapechar = '\\'}},
      {"007,x\n1,y\n1,z\n", {.header = no_header, .dtype = {{0, ColumnKind::text}}}},
      {"a,b,c\n1,2,3\n4,5,6\n", {.index_col = 0, .usecols = {"c", 0}}},
      {"a,b\n"},
  };
  std::string large = "n,t,late,word\n";
  for (int k = 0; k < 3000; ++k)
    large += std::to_string(k * 7919 % 1000) + "," + std::string(static_cast<std::size_t>(k % 13), 'q') + "\xc3\xa4," +
             (k == 2500 ? "x" : std::to_string(k)) + "," +
             (k % 3 == 0   ? "True\n"
              : k % 3 == 1 ? "False\n"
                           : "\n");
  out.push_back({large});
  for (const auto& entry : std::filesystem::directory_iterator(XGRAD_TEST_DATA "/odd-csv")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    out.push_back({text.str()});
  }
  return out;
}

// All that a table holds, or the error.
std::string shown(const std::vector<Table>& pieces) {
  std::string out;
  if (pieces.empty()) return out;
  for (std::size_t k = 0; k < pieces[0].columns().size(); ++k) {
    const Column& first = pieces[0].column(k);
    out += text(excerpt(pieces[0].columns()[k]), first.is_text() ? " of texts " : " of numbers ", first.words()[1]);
    for (const Table& piece : pieces) {
      const Column& column = piece.column(k);
      const bool same = piece.columns() == pieces[0].columns() && column.is_text() == first.is_text() &&
                        column.words() == first.words();
      CHECK_MESSAGE(same, "column ", k, " is another in a later piece");
      for (std::size_t row = 0; row < column.size(); ++row)
        out += column.is_missing(row) ? "|-" : "|'" + column.written(row) + "'";
    }
    out += "\n";
  }
  return out;
}

template <class Read>
std::string outcome(Read read) {
  std::string out;
  const std::string error = thrown_by([&] { out = read(); });
  return error == "nothing" ? out : "error: " + error;
}

std::string whole(const Case& c, const std::string& name) {
  return outcome([&] {
    const Table table = read_csv_text(c.text, c.options, name);
    std::string out = shown({table});
    for (const std::string& note : table.notes()) out += note + "\n";
    return out;
  });
}

std::string in_parts(const Case& c, const std::string& path, std::size_t part) {
  return outcome([&] {
    PlainFile file(path, part);
    const Table table = CsvRows({}, &file, c.options, path).all();
    std::string out = shown({table});
    for (const std::string& note : table.notes()) out += note + "\n";
    return out;
  });
}

std::string in_pieces(const Case& c, const std::string& path, std::size_t rows) {
  return outcome([&] {
    CsvReader reader(path, c.options, rows);
    std::vector<Table> pieces;
    for (Table piece; reader.next(piece);) {
      CHECK(piece.size() <= rows);
      CHECK((pieces.empty() || pieces.back().size() == rows));
      pieces.push_back(piece);
    }
    std::string out = shown(pieces);
    std::vector<Table> again;
    for (Table piece; reader.next(piece);) again.push_back(piece);
    CHECK(shown(again) == out);
    Table piece;
    reader.next(piece);
    reader.rewind();
    if (reader.next(piece)) CHECK(shown({piece}) == shown({pieces[0]}));
    for (const std::string& note : reader.notes()) out += note + "\n";
    return out;
  });
}

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
double megabytes_of(const std::string& what) {  // of this process
  std::ifstream status("/proc/self/status");
  for (std::string name; status >> name;)
    if (double kilobytes = 0; name == what + ":" && status >> kilobytes) return kilobytes / 1e3;
  return -1;
}

// How much memory f() takes at most.
template <class F>
double peak_of(F f) {
  std::ofstream("/proc/self/clear_refs") << 5 << std::flush;  // the peak begins anew
  const double before = megabytes_of("VmRSS");
  f();
  return megabytes_of("VmHWM") - before;
}
#endif

}  // namespace

TEST_CASE("a file that is read in parts of any size is the table of its text, or the same error") {
  const Folder folder;
  for (const Case& c : cases()) {
    CAPTURE(c.text.substr(0, 200));
    const bool is_gzip = c.text.starts_with("\x1f\x8b");
    if (is_gzip || c.text.size() > 200'000) continue;
    const std::string path = folder.write("plain.csv", bytes_of(c.text));
    const std::string expected = whole(c, path);
    for (std::size_t part = 16; part < (c.text.size() > 4000 ? 18 : 64); ++part) {
      CAPTURE(part);
      CHECK(in_parts(c, path, part) == expected);
    }
    std::filesystem::remove(folder.path / "plain.csv");
    folder.add_gzip("plain.csv", bytes_of(c.text.substr(0, c.text.size() / 2)));
    folder.add_gzip("plain.csv", bytes_of(c.text.substr(c.text.size() / 2)));
    for (const std::size_t part : {16, 17, 31, 1000, 1 << 18}) CHECK(in_parts(c, path, part) == expected);
  }
}

TEST_CASE("the pieces of a file are its table, cut") {
  const Folder folder;
  for (const Case& c : cases()) {
    CAPTURE(c.text.substr(0, 200));
    if (c.text.size() > 200'000) continue;
    const std::string path = folder.write("plain.csv", bytes_of(c.text));
    std::string expected = whole(c, path);
    if (c.text.starts_with("\x1f\x8b")) expected = outcome([&] { return shown({read_csv(path, c.options)}); });
    if (expected.find('|') == expected.npos && !expected.starts_with("error")) expected = "";  // no rows, no pieces
    for (const std::size_t rows : {1, 2, 7, 1000}) {
      CAPTURE(rows);
      CHECK(in_pieces(c, path, rows) == expected);
    }
  }
}

TEST_CASE("columns of a piece are what all of the file makes them, or dtype") {
  const Folder folder;
  const std::string path = folder.write("x.csv", bytes_of("a,b,c\n1,,True\n2,7,\nx,8,False\n"));
  CsvReader reader(path, {}, 1);
  CHECK(reader.columns() == Table::Names{"a", "b", "c"});
  CHECK(reader.notes() == read_csv(path).notes());
  CHECK(reader.notes().size() == 1);
  Table piece;
  REQUIRE(reader.next(piece));
  CHECK(piece.column("a").text(0) == "1");
  CHECK(piece.column("b").is_missing(0));
  REQUIRE(reader.next(piece));
  CHECK(piece.column("c").is_missing(0));
  CHECK(piece.column("c").words()[1] == "True");

  const auto all_by = [&](ColumnKind a) {  // the file is then not read before
    return ReadCsvOptions{.dtype = {{"a", a}, {"b", ColumnKind::number}, {2, ColumnKind::text}}};
  };
  CsvReader texts(path, all_by(ColumnKind::text), 2);
  REQUIRE(texts.next(piece));
  CHECK(piece.column("c").text(0) == "True");
  CsvReader numbers(path, all_by(ColumnKind::number), 2);
  REQUIRE(numbers.next(piece));
  CHECK(piece.column("a").number(1) == 2);
  CHECK(thrown_by<DataError>([&] { numbers.next(piece); }).starts_with(path + ": line 4: column \"a\": \"x\" is no"));
  CHECK(piece.column("a").number(1) == 2);

  const std::string late = folder.write("late.csv", bytes_of("a,b\n1,1\n2,2\n3,3\n4,x\n"));
  CsvReader refused(late, {.dtype = {{0, ColumnKind::number}, {1, ColumnKind::number}}}, 2);
  for (int k = 0; k < 2; ++k) {
    REQUIRE(refused.next(piece));
    CHECK(piece.column("a").numbers() == std::vector<double>{1, 2});
    CHECK(thrown_by<DataError>([&] { refused.next(piece); }).starts_with(late + ": line 5: column \"b\": \"x\" is no"));
    refused.rewind();  // what the error left is gone
  }

  CHECK(thrown_by<ValueError>([&] { CsvReader(path, {}, 0); }) ==
        "CsvReader: chunksize = 0; a piece has a row or more");
  CHECK(thrown_by<DataError>([&] { CsvReader("/none.csv"); }).starts_with("/none.csv: cannot be read"));
}

TEST_CASE("gzip that is damaged is refused as often as it is read") {
  const Folder folder;
  std::string text = "a\n";
  for (int k = 0; k < 300'000; ++k) text += std::to_string(k * 7919 % 100'003) + "\n";
  const std::string path = folder.add_gzip("x.csv.gz", bytes_of(text));
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1000);
  CsvReader reader(path, {.dtype = {{0, ColumnKind::number}}}, 1'000'000);
  Table piece;
  for (int k = 0; k < 3; ++k) {
    CHECK(thrown_by<DataError>([&] { reader.next(piece); }).find("gzip cut short") != std::string::npos);
    if (k == 1) reader.rewind();
  }
  CHECK(piece.size() == 0);
}

TEST_CASE("a file that changes between two readings is refused where its columns are no longer what they were") {
  const Folder folder;
  std::string text = "a\n";
  for (int k = 0; k < 200'000; ++k) text += "11\n";  // more than one part
  const std::string path = folder.write("x.csv", bytes_of(text));
  CsvReader reader(path, {}, 10);
  text[5] = 'x';
  folder.write("x.csv", bytes_of(text));
  Table piece;
  CHECK(thrown_by<DataError>([&] { reader.next(piece); }) ==
        path +
            ": line 3: column \"a\": \"x1\" is of another kind than when the file was read first; who is writing to "
            "it?");
}

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("reading takes little more memory than the table, and in pieces than a piece") {
  const Folder folder;
  std::string text = "a,b,late\n";
  for (int k = 0; k < 500'000; ++k)
    text +=
        std::to_string(k % 1000) + ".125,text of row " + std::to_string(k) + (k == 499'990 ? ",x\n" : ",12345678\n");
  const std::string plain = folder.write("x.csv", bytes_of(text)), gzip = folder.add_gzip("x.csv.gz", bytes_of(text));
  text = {};
  if (peak_of([] { std::string(40'000'000, 'x').swap(*std::make_unique<std::string>()); }) < 35)
    return;  // no such peak
  for (const std::string& path : {plain, gzip}) {
    CAPTURE(path);
    double table = 0;
    const double peak = peak_of([&] { table = static_cast<double>(read_csv(path).bytes()) / 1e6; });
    CHECK(table > 25);
    CHECK(peak < 1.3 * table);
    const double pieces = peak_of([&] {
      CsvReader reader(path, {}, 1000);
      for (Table piece; reader.next(piece);) CHECK(piece.size() == 1000);
    });
    CHECK(pieces < 5);
  }
}
#endif
