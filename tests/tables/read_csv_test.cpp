#include <xgrad/tables/read_csv.hpp>

#include <clocale>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

using Names = std::vector<std::string>;

// What read_csv_text() says of a text, after its name and a colon; "nothing" if it takes the text.
std::string complaint(const std::string& text, const ReadCsvOptions& options = {}) {
  const std::string what = thrown_by([&] { read_csv_text(text, options, "x"); });
  return what.starts_with("x: ") ? what.substr(3) : what;
}

double number(const std::string& cell) { return read_csv_text("a\n" + cell + "\n").column("a").number(0); }

}  // namespace

TEST_CASE("columns are numbers or texts by all of their values, never by the first") {
  for (const std::string text : {"a,y\n1,NA\n2,9\n3,10\n", "a,y\n2,9\n3,10\n1,NA\n"}) {
    const Table table = read_csv_text(text);
    CHECK(!table.column("y").is_text());
    CHECK(table.column("y").missing() == 1);
  }
  for (const std::string text : {"a,y\n1,$2k\n2,9\n3,10\n", "a,y\n2,9\n3,10\n1,$2k\n"}) {
    const Table table = read_csv_text(text);
    REQUIRE(table.column("y").is_text());
    CHECK(table.column("y").missing() == 0);
    CHECK(table.column("a").number(2) == (text[4] == '1' ? 3 : 1));
  }
  const Table table = read_csv_text("y\n9\nNA\n007\nx\n1e3\n");
  CHECK(table.column("y").written(2) == "007");
  CHECK(table.column("y").is_missing(1));
  CHECK(table.column("y").text(4) == "1e3");
  CHECK(table.notes() == Names{"column \"y\" is of texts, for 1 of 4 values are no numbers, the first \"x\" in line 5; "
                               "na_values makes such values missing"});
}

TEST_CASE("numbers are the nearest doubles") {
  CHECK(number("1700000001") == 1700000001.0);
  CHECK(number("9007199254740993") == 9007199254740992.0);  // 2^53 + 1, to even
  CHECK(number("0.1") == 0.1);
  CHECK(number("2.2250738585072011e-308") == 2.2250738585072011e-308);
  CHECK(number("5e-324") == 5e-324);
  CHECK(number("179769313486231580793728971405301e276") == 1.7976931348623158e308);
  CHECK(number("1e400") == std::numeric_limits<double>::infinity());
  CHECK(number("-1e400") == -std::numeric_limits<double>::infinity());
  CHECK(number("0." + std::string(400, '0') + "1") == 0);
  CHECK(number(std::string(400, '1') + "e-10") == std::numeric_limits<double>::infinity());
  CHECK(number("1e-99999999999999999999") == 0);
  CHECK(number("1e99999999999999999999") == std::numeric_limits<double>::infinity());
  CHECK(number("0e99999999999999999999") == 0);
  CHECK(number("+.5") == 0.5);
  CHECK(number("-5.") == -5);
  CHECK(number("-inf") == -std::numeric_limits<double>::infinity());
  CHECK(number("Infinity") == std::numeric_limits<double>::infinity());
  CHECK(number("  7\t") == 7);
  CHECK(number("123456789012345678") == 123456789012345678.0);
  for (const std::string text : {"+-1", "1e", "--1", ".", "-", "+", "0x1F", "1D2", "1_000", "nan(2)", "1 2", "i", "e5"})
    CHECK(read_csv_text("a\n" + text + "\n").column("a").is_text());
}

TEST_CASE("numbers of up to 20 digits are those of the C library") {
  std::mt19937_64 random(1);
  std::string column = "a\n";
  std::vector<double> expected;
  for (int k = 0; k < 20'000; ++k) {
    std::string digits = std::to_string(random() >> random() % 64);
    if (random() % 8 != 0) digits.insert(random() % (digits.size() + 1), ".");
    if (random() % 4 == 0) digits += "e" + std::to_string(static_cast<int>(random() % 60) - 30);
    column += "-" + digits + "\n";
    expected.push_back(std::strtod(("-" + digits).c_str(), nullptr));
  }
  CHECK(read_csv_text(column).column("a").numbers() == expected);
  CHECK(std::signbit(number("-0.0")));
}

TEST_CASE("a comma for the decimal point of the locale changes nothing") {
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) return;
  CHECK(number("1.5") == 1.5);
  std::setlocale(LC_ALL, "C");
}

TEST_CASE("True and False are numbers that remember their words") {
  const Table table = read_csv_text("a,b,c,d\nTrue,FALSE,true,True\nFalse,NA,1,x\n");
  CHECK(table.column("a").numbers() == std::vector<double>{1, 0});
  CHECK(table.column("a").words()[1] == "True");
  CHECK(table.column("a").written(1) == "False");
  CHECK(table.column("b").number(0) == 0);
  CHECK(table.column("b").is_missing(1));
  CHECK(table.column("c").text(0) == "true");  // and 1: texts
  CHECK(table.column("d").text(0) == "True");
  CHECK(read_csv_text("a\n1\nTrue\n").column("a").text(0) == "1");
}

TEST_CASE("what is missing") {
  const Table table = read_csv_text("a,b\n-999,-\n-999.0,x\n3,\nnull,NA\n", {.na_values = {"-999", "-"}});
  CHECK(table.column("a").missing() == 3);
  CHECK(table.column("b").missing() == 3);
  CHECK(table.column("b").text(1) == "x");
  CHECK(table.column("b").text(0).empty());
  const Table kept = read_csv_text("a,b\n,NA\n2,-\n", {.na_values = {"-"}, .keep_default_na = false});
  CHECK(kept.column("a").is_text());
  CHECK(kept.column("a").missing() == 0);
  CHECK(kept.column("b").text(0) == "NA");
  CHECK(kept.column("b").is_missing(1));
  CHECK(read_csv_text("a,b\n,1\nNA,2\n").column("a").missing() == 2);
  for (const std::string text : {"a\n1.0\nx\n1\n", "a\nx\n1\n1.0\n", "a\n1.0\nTrue\n1\n", "a\nTrue\n1.0\n1\n"}) {
    const Table mixed = read_csv_text(text, {.na_values = {"1"}});  // in texts, as it is written
    REQUIRE(mixed.column("a").is_text());
    CHECK(mixed.column("a").missing() == 1);
  }
}

TEST_CASE("options have pandas' names") {
  CHECK(read_csv_text("a;b\n1,5;1.000,25\n", {.sep = ";", .decimal = ',', .thousands = '.'}).column("b").number(0) ==
        1000.25);
  CHECK(read_csv_text("a\n\"1,234,567\"\n", {.thousands = ','}).column("a").number(0) == 1234567);
  CHECK(read_csv_text(" a \t b\n1  2 \n\t3 4\n", {.sep = "\\s+"}).to_tensor() == Tensor{{1, 2}, {3, 4}});
  CHECK(read_csv_text("1,2\n3,4\n", {.header = no_header}).columns() == Names{"0", "1"});
  CHECK(read_csv_text("1,2\n3,4\n", {.names = {"u", "v"}}).to_tensor() == Tensor{{1, 2}, {3, 4}});
  CHECK(read_csv_text("a,b\n3,4\n", {.header = 0, .names = {"u", "v"}}).to_tensor() == Tensor{{3, 4}});
  CHECK(read_csv_text("2.5,b\n3,4\n", {.header = 0}).columns() == Names{"2.5", "b"});
  CHECK(read_csv_text("x\n\ny,z\na,b\n3,4\n", {.header = 2}).columns() == Names{"a", "b"});
  CHECK(read_csv_text("x\n\ny,z\na,b\n3,4\n", {.skiprows = 3}).columns() == Names{"a", "b"});
  CHECK(read_csv_text("i,a,b\n0,3,4\n", {.index_col = "i"}).columns() == Names{"a", "b"});
  CHECK(read_csv_text("i,a,b\n0,3,4\n", {.usecols = {"b", "i"}}).columns() == Names{"i", "b"});
  CHECK(read_csv_text("a\n1\n2\n3\n", {.nrows = 2}).size() == 2);
  CHECK(read_csv_text("a\n1\n2\n3\n", {.nrows = 0}).size() == 0);
  CHECK(read_csv_text("# x\na,b#c\n1,2 # y\n#z\n", {.comment = '#'}).to_tensor() == Tensor{{1, 2}});
  CHECK(read_csv_text("a,b\n'x, ''y',2\n", {.quotechar = '\''}).column("a").text(0) == "x, 'y");
  CHECK(read_csv_text("a,b\n\"x \\\"y\\\\\",2\n", {.escapechar = '\\'}).column("a").text(0) == "x \"y\\");
  CHECK(read_csv_text("a, b\n1, \"x,y\"\n", {.skipinitialspace = true}).column("b").text(0) == "x,y");
  const Table table =
      read_csv_text("a,b\n007,\n1,2\n", {.dtype = {{"a", ColumnKind::text}, {"b", ColumnKind::number}}});
  CHECK(table.column("a").text(0) == "007");
  CHECK(table.column("b").is_missing(0));
}

TEST_CASE("names are made different, and rows may have names of their own") {
  CHECK(read_csv_text("a,a,,a.1,a\n1,2,3,4,5\n").columns() == Names{"a", "a.2", "Unnamed: 2", "a.1", "a.3"});
  const Table named = read_csv_text("a,b\nx,1,2\ny,3,4\n");
  CHECK(named.to_tensor() == Tensor{{1, 2}, {3, 4}});
  CHECK(named.notes() == Names{"the first field of each line has no name in the header; it is left out"});
  CHECK(read_csv_text("a,b\n1,2,\n3,4,\n").to_tensor() == Tensor{{1, 2}, {3, 4}});
  const Table deep = read_csv_text("569,30,malignant,benign\n1.5,2,3,4,5,6\n7,8,9,10,11,12\n");
  CHECK(deep.columns() == Names{"569", "30", "malignant", "benign"});
  CHECK(deep.to_tensor() == Tensor{{3, 4, 5, 6}, {9, 10, 11, 12}});
  CHECK(deep.notes() ==
        Names{"the first 2 fields of each line have no names in the header, they are left out; index_col "
              "= no_index leaves the last out"});
  const Table last = read_csv_text("a,b\nx,1,2,z\ny,3\n", {.index_col = no_index});
  CHECK(last.column("a").text(0) == "x");
  CHECK(last.column("b").numbers() == std::vector<double>{1, 3});
  CHECK(last.notes() == Names{"lines have 2 fields more than the header; the last are left out"});
  CHECK(read_csv_text("a\n1,2\n", {.index_col = no_index}).column("a").number(0) == 1);
  CHECK(complaint("a,b\nx,1,2\n3,4\n") ==
        "line 3: 2 fields, where lines before have a row's name and 2; see comment, skiprows and header");
  CHECK(complaint("a,b\n1,2,\n3,4,5\n").starts_with("line 3: 3 fields, where there are 2 columns"));
}

TEST_CASE(
    "a first line of numbers is names, as pandas takes it, and said to be; one of fractions and texts is refused") {
  const auto notes = [](const std::string& text) { return read_csv_text(text).notes(); };
  CHECK(read_csv_text("3,1\n4,2\n").columns() == Names{"3", "1"});
  CHECK(notes("3,1\n4,2\n") == Names{"the first line holds numbers, such as \"3\", and names the columns; header = "
                                     "no_header reads it as a row"});
  CHECK(read_csv_text("1.5,1.5,NaN,NaN\n1,2,3,4\n").columns() == Names{"1.5", "1.5.1", "NaN", "NaN.1"});
  CHECK(notes("NaN,7,1\n4,2,3\n")[0].find("such as \"7\"") != std::string::npos);
  CHECK(notes("3\n4\n").size() == 1);
  for (const std::string text : {"1990,1991\n4,2\n", "\"2.5\",1991\n4,2\n", "x,3,1\n4,2,3\n", "NA,nan\n1,2\n"})
    CHECK(notes(text).empty());
  CHECK(
      complaint("x,2.5\ny,3\n") ==
      "line 1: the first line holds numbers, such as \"2.5\", and should name the columns; header = no_header reads it "
      "as a row, header = 0 as names");
  CHECK(read_csv_text("x,2.5\ny,3\n", {.header = 0}).columns() == Names{"x", "2.5"});
}

TEST_CASE("lines that another separator would cut are refused, unless header says that they are texts") {
  for (const std::string text :
       {"a b\n1 2\n", "'a' 'b' 'c'\n1 2.5 -3\n", " 1 2\n3 4\n", "1  2\n3 4\n", "1 2\n3  4\n"}) {
    CHECK(complaint(text) ==
          "line 2: only one column; sep = \"\\\\s+\" would give more; header = 0 reads each line as one text");
    CHECK(read_csv_text(text, {.header = 0}).column(0).is_text());
    CHECK(read_csv_text(text, {.sep = "\\s+"}).columns().size() > 1);
  }
  CHECK(read_csv_text("a;b\n1;2\n", {.header = 0}).notes() == Names{"only one column; sep = \";\" would give more"});
  CHECK(complaint("\"a\" \"b\"\n1 2\n") ==
        "line 1: a field goes on after its closing quote: \"\"a\" \"b\"\"; sep = \"\\\\s+\" would cut it there");
  const Table phones = read_csv_text("06 12 34\n06 98 76\n");  // may be texts
  CHECK(phones.column("06 12 34").text(0) == "06 98 76");
  CHECK(phones.notes() == Names{"only one column; sep = \"\\\\s+\" would give more"});
  for (const std::string text : {"full name of it\n1 2\n", "a b\n1 x\n", "a;b\nx\n", "\"a;b\"\n1;2\n"})
    CHECK(complaint(text) == "nothing");
}

TEST_CASE("columns are given by name or by place") {
  const std::string text = "a,b,c\n1,2,3\n";
  CHECK(read_csv_text(text, {.usecols = {0, 2}}).columns() == Names{"a", "c"});
  CHECK(read_csv_text(text, {.usecols = {2, "a"}}).columns() == Names{"a", "c"});
  CHECK(read_csv_text(text, {.index_col = 1}).columns() == Names{"a", "c"});
  const Table typed = read_csv_text(text, {.dtype = {{1, ColumnKind::text}, {"c", ColumnKind::text}}});
  CHECK(!typed.column("a").is_text());
  CHECK(typed.column("b").text(0) == "2");
  CHECK(typed.column("c").text(0) == "3");
  CHECK(read_csv_text("1,0\n2,3\n", {.usecols = {"0"}}).column(0).number(0) == 3);
  CHECK(complaint(text, {.usecols = {3}}) ==
        "read_csv: usecols: there is no column 3; there are 3, from 0: \"a\", \"b\", \"c\"");
  CHECK(complaint(text, {.index_col = -1}).starts_with("read_csv: index_col: there is no column -1"));
  CHECK(complaint(text, {.dtype = {{"d", ColumnKind::text}}}).starts_with("read_csv: dtype: there is no column \"d\""));
}

TEST_CASE("errors name the line, the column, the value and what would fit") {
  CHECK(complaint("a,b\n1,2\n\"x\ny\",2\n1,2,3\n") ==
        "line 5: 3 fields, where there are 2 columns; quote a field that holds the separator, or see comment, skiprows "
        "and sep");
  CHECK(complaint("a,b\n1,2\n1,x\n", {.dtype = {{"b", ColumnKind::number}}}) ==
        "line 3: column \"b\": \"x\" is no number, which dtype asks for; see na_values, thousands and decimal");
  CHECK(complaint("a,b\n1,\"2\n3,4\n") ==
        "line 2: a quote is never closed: \"\"2\\x0a3,4\\x0a\"; quotechar = 0 reads quotes as letters");
  CHECK(complaint("a;b\n1,5;2\n") ==
        "line 2: 2 fields, where the header in line 1 has 1; is ';' the separator, and is decimal ','?");
  CHECK(complaint("a,b\n1,\xff\n") ==
        "line 2: byte 255 after \"1,\" is not UTF-8; if the file is Latin-1: iconv -f LATIN1 -t UTF-8");
  CHECK(complaint("a,b\n1,\xed\xa0\x80\n").find("not UTF-8") != std::string::npos);
  CHECK(complaint("a,b\n1,\xf0\x9f\x98\x80\n") == "nothing");
  CHECK(complaint(std::string("a\0,\0b\0", 6)).starts_with("byte 1 is 0"));
  CHECK(complaint("a,b\n1,2\n", {.sep = "ab"}) ==
        "read_csv: sep = \"ab\"; it is one character, or \"\\\\s+\" for any blanks");
  CHECK(complaint("a,b\n1,2\n", {.usecols = {"c"}}) ==
        "read_csv: usecols: there is no column \"c\"; there are \"a\", \"b\"");
  CHECK(complaint("a,b\n1,2\n", {.names = {"c"}}) == "1 names for 2 columns");
  CHECK(complaint("a,b\n1,2\n", {.header = 7}) == "ends before the line of the names; see header");
  CHECK(complaint("a,b\n1,2\n", {.decimal = ',', .thousands = ','}).starts_with("read_csv: decimal and thousands"));
}

TEST_CASE("gzip is inflated, in one member or several, and refused where it is damaged") {
  const Folder folder;
  folder.add_gzip("x.csv.gz", {'a', '\n', '1'});
  const std::string path = folder.add_gzip("x.csv.gz", {'2', '\n', '7'});
  CHECK(read_csv(path).column("a").numbers() == std::vector<double>{12, 7});
  Bytes bytes;
  for (std::ifstream in(path, std::ios::binary); in.peek() != EOF;)
    bytes.push_back(static_cast<std::uint8_t>(in.get()));
  for (std::size_t n = 2; n < bytes.size(); ++n) {
    if (n == 23) continue;  // the first member alone
    const std::string what = thrown_by<DataError>([&] {
      read_csv(folder.write("y", {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n)}));
    });
    CHECK_MESSAGE(what.find("gzip") != std::string::npos, n, ": ", what);
  }
  bytes[bytes.size() - 6] ^= 1;
  CHECK(thrown_by<DataError>([&] { read_csv(folder.write("y", bytes)); }).find("corrupt gzip") != std::string::npos);
}
