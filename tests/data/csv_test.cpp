#include <doctest/doctest.h>

#include <clocale>
#include <locale>

#include <xgrad/data/csv.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

const std::string flowers = "length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n4.9,3e0,setosa\n";

using Names = std::vector<std::string>;

// What parse_csv says of a text, after its name and a colon; "nothing" if it takes the text.
std::string complaint(const std::string& text, const CsvOptions& options = {}) {
  const std::string what = thrown_by([&] { parse_csv(text, options, "x"); });
  return what.starts_with("x: ") ? what.substr(3) : what;
}

void check_flowers(const CsvData& table) {
  CHECK(table.x == Tensor{{Real(5.1), 3.5}, {7, Real(3.2)}, {Real(4.9), 3}});
  CHECK(table.y == Tensor{0, 1, 0});
  CHECK(table.columns == Names{"length", "width"});
  CHECK(table.classes == Names{"setosa", "versicolor"});
}

}  // namespace

TEST_CASE("a table is features, and the last column as labels") {
  const Folder folder;
  const std::string path = folder.write("flowers.csv", Bytes(flowers.begin(), flowers.end()));
  check_flowers(load_csv(path));
  check_flowers(load_csv(path, {.label = "species"}));
}

TEST_CASE("line ends, a byte order mark, blanks, quotes and empty lines change nothing") {
  check_flowers(
      parse_csv("\xef\xbb\xbflength,width,species\r\n5.1,3.5,setosa\r\n7,3.2,versicolor\r\n4.9,3e0,setosa", {}, "x"));
  check_flowers(
      parse_csv("\n length , width,species\n\n\n5.1,\t+3.5 , setosa\n7 ,3.2,versicolor\n4.9,3e0,setosa\n\n", {}, "x"));
  check_flowers(
      parse_csv("\"length\",\"width\",\"species\"\n\"5.1\" , \"3.5\",\"setosa\"\n7,3.2,\"versicolor\"\r\n"
                "4.9,3e0,setosa\n",
                {}, "x"));
  check_flowers(
      parse_csv("length;width;species\n5.1;3.5;setosa\n7;3.2;versicolor\n4.9;3e0;setosa\n", {.separator = ';'}, "x"));
  check_flowers(parse_csv("length\twidth\tspecies\n5.1\t3.5\tsetosa\n7\t3.2\tversicolor\n4.9\t3e0\tsetosa\n",
                          {.separator = '\t'}, "x"));
}

TEST_CASE("a quoted field may hold separators, quotes and line ends") {
  const CsvData table = parse_csv("\"a \"\"b\"\"\",c\n1,\"x,y\"\n2,\"line 3\nline 4\"\n3,\"\"\"\"\n", {}, "x");
  CHECK(table.columns == Names{"a \"b\""});
  CHECK(table.classes == Names{"\"", "line 3\nline 4", "x,y"});
  CHECK(table.y == Tensor{2, 1, 0});
}

TEST_CASE("a label column of numbers is taken as it is, wherever it stands") {
  const CsvData table = parse_csv("y,a,b\n3,1,2\n-1.5,3,4\n", {.label = "y"}, "x");
  CHECK(table.x == Tensor{{1, 2}, {3, 4}});
  CHECK(table.y == Tensor{3, -1.5});
  CHECK(table.columns == Names{"a", "b"});
  CHECK(table.classes.empty());
}

TEST_CASE("without a header the columns are called by their numbers") {
  const CsvData table = parse_csv("1,2,3\n4,5,6\n", {.header = false, .label = "1"}, "x");
  CHECK(table.x == Tensor{{1, 3}, {4, 6}});
  CHECK(table.y == Tensor{2, 5});
  CHECK(table.columns == Names{"0", "2"});
}

TEST_CASE("labels are numbers or classes by all of them, in whatever order") {
  const std::string said = ", column \"y\": \"NA\" stands for a missing value";
  CHECK(complaint("a,y\n1,NA\n2,9\n3,10\n4,11\n") == "line 2" + said);
  CHECK(complaint("a,y\n2,9\n3,10\n1,NA\n") == "line 4" + said);
  CHECK(complaint("a,y\n1,x\n2,NA\n") == "line 3" + said);
  CHECK(complaint("a,y\n2,NA\n1,x\n") == "line 2" + said);
  const std::string advice = "; where labels are classes, name these in CsvOptions::classes";
  CHECK(complaint("a,y\n1,$24.0k\n2,9\n") ==
        "line 2, column \"y\": \"$24.0k\" is not a finite number, but \"9\" in line 3 is" + advice);
  CHECK(complaint("a,y\n2,9\n1,$24.0k\n") ==
        "line 3, column \"y\": \"$24.0k\" is not a finite number, but \"9\" in line 2 is" + advice);
  for (const std::string label : {"$24.0k", "\"24,000\"", "1 000", "10%", "\u20ac5", "5 \u20ac", "-$3.5M", "1'000"})
    CHECK(complaint("a,y\n1," + label + "\n2," + label + "\n").find("is not a finite number; write it in digits") !=
          std::string::npos);
  for (const std::string label : {"<=50K", "3rd", "2020-01-01", "18-25", "k", "$", "True", "A 1"})
    CHECK(parse_csv("a,y\n1," + label + "\n2,$5\n", {}, "x").classes.size() == 2);
  for (const std::string_view missing : missing_values)
    CHECK(complaint("a,y\n1,u\n2," + std::string(missing) + "\n").starts_with("line 3, column \"y\": "));
}

TEST_CASE("classes of one file are those of another") {
  const CsvData train = parse_csv("a,y\n1,u\n2,w\n3,v\n", {}, "x");
  const CsvData test = parse_csv("a,y\n1,w\n2,w\n3,v\n", {.classes = train.classes}, "x");
  CHECK(test.y == Tensor{2, 2, 1});
  CHECK(test.classes == Names{"u", "v", "w"});
  CHECK(complaint("a,y\n1,u\n\n2,x\n", {.classes = train.classes}) ==
        "line 4, column \"y\": \"x\" is no class; the classes are \"u\", \"v\", \"w\"");
  CHECK(complaint("a,y\n1,u\n2,NA\n", {.classes = train.classes}) ==
        "line 3, column \"y\": \"NA\" stands for a missing value");
  CHECK(parse_csv("a,y\n1,7\n2,NA\n3,$1\n4,x\n", {.classes = {"x", "7", "NA", "$1"}}, "x").y == Tensor{1, 2, 3, 0});
  CHECK(complaint("a,y\n1,u\n", {.classes = {"u", "v", "u"}}) == "load_csv: the class \"u\" is given twice");
  Names many;
  for (int k = 0; k < 100; ++k) many.push_back("c" + std::to_string(k));
  CHECK(complaint("a,y\n1,u\n", {.classes = many}).ends_with("\"c19\", ..."));
}

TEST_CASE("a field that is no finite number is refused by line and column") {
  for (const std::string field : {"abc", "1.2.3", "1 2", "0x10", "--1", "+-1", "1e", ".", "1;2", "nan", "NaN", "inf",
                                  "-inf", "infinity", "1e999", "NA", "?", "1\r"})
    CHECK(complaint("a,b,c\n1,2,3\n1," + field + ",3\n").starts_with("line 3, column \"b\": \""));
  CHECK(complaint("a,b,c\n1,2,3\n1,abc,3\n") == "line 3, column \"b\": \"abc\" is not a finite number");
  CHECK(complaint("a,b,c\n\n1,\"2\n2\",3\n") == "line 3, column \"b\": \"2\\x0a2\" is not a finite number");
  CHECK(complaint("a,b\n1,2\n1,x\n")
            .starts_with("line 3, column \"b\": \"x\" is not a finite number, but \"2\" in line 2"));
  CHECK(complaint("a,b\n1e-400,-4e-9999\n") == "nothing");
  for (const char* large : {"1e400", "-1E+9999"})
    CHECK(complaint(std::string("a,b\n") + large + ",2\n") ==
          std::string("line 2, column \"a\": \"") + large + "\" is not a finite number");
  CHECK(complaint("a,b\n1,inf\n") == "line 2, column \"b\": \"inf\" is not a finite number");
  CHECK(complaint("a,b\n1e300,1\n") ==
        (sizeof(Real) == 4 ? "line 2, column \"a\": \"1e300\" is not a finite number" : "nothing"));
  CHECK(complaint("a,b\n1e-300,1\n") == "nothing");
}

TEST_CASE("a missing value is refused by line and column") {
  CHECK(complaint("a,b,c\n1,,3\n") == "line 2, column \"b\": a value is missing");
  CHECK(complaint("a,b,c\n1,2, \n") == "line 2, column \"c\": a value is missing");
  CHECK(complaint("a,b,c\n1,\"\",3\n") == "line 2, column \"b\": a value is missing");
}

TEST_CASE("a line of another length is refused") {
  CHECK(complaint("a,b,c\n1,2,3\n\n1,2\n") == "line 4, 2 fields, where there are 3 columns");
  CHECK(complaint("a,b,c\n1,2,3,4\n") == "line 2, 4 fields, where there are 3 columns");
  CHECK(complaint("a,b,c\n1,2,3,\n") == "line 2, 4 fields, where there are 3 columns");
}

TEST_CASE("quotes are closed, and at the end of a field") {
  CHECK(complaint("a,b\n1,\"2\n3,4\n") == "line 2, a quote is never closed");
  CHECK(complaint("a,b\n1,\"2\"3\n") == "line 2, field 2 goes on after its closing quote");
  CHECK(complaint("a,b\n1,\"2\"\r3\n") == "line 2, field 2 goes on after its closing quote");
}

TEST_CASE("a file without a table is refused") {
  for (const std::string text : {"", "\n\r\n", "a,b\n", "\xef\xbb\xbf"})
    CHECK(complaint(text) == "has no line of numbers");
  CHECK(complaint("a;b\n1;2\n") == "line 2, only one column; is ',' the separator?");
  CHECK(complaint(std::string("\xff\xfe"
                              "a\0,\0b\0",
                              8)) == "is UTF-16; save it as UTF-8");
  CHECK(thrown_by<DataError>([] { load_csv("/none.csv"); }) ==
        "/none.csv: cannot be read (No such file or directory); is this the right path?");
}

TEST_CASE("a label that is not one column's name is an error that lists the columns") {
  CHECK(complaint("a,b\n1,2\n", {.label = "c"}) ==
        "load_csv: 0 columns have the label's name \"c\"; the columns are \"a\", \"b\"");
  CHECK(complaint("a,a\n1,2\n", {.label = "a"}) ==
        "load_csv: 2 columns have the label's name \"a\"; the columns are \"a\", \"a\"");
  CHECK(complaint("a,b\n", {.separator = '"'}) == "load_csv: a separator is neither a quote nor the end of a line");
}

TEST_CASE("line ends within quotes count as lines") {
  CHECK(complaint("\"a\n\",b\n1,2\n1,x,3\n").starts_with("line 4, "));
  CHECK(complaint("a,b\r\n1,\"x\r\ny\n\"\r\n1\r\n").starts_with("line 5, "));
}

TEST_CASE("a locale with a decimal comma changes nothing") {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  const bool german = std::setlocale(LC_NUMERIC, "de_DE.UTF-8") != nullptr;
  check_flowers(parse_csv(flowers, {}, "x"));
  CHECK(complaint("a;b\n1,5;2\n", {.separator = ';'}) == "line 2, column \"a\": \"1,5\" is not a finite number");
  std::setlocale(LC_NUMERIC, "C");
  std::locale::global(before);
  if (!german) MESSAGE("without de_DE.UTF-8: only the locale of C++ had a comma");
}
