#include <xgrad/tables/table.hpp>

#include <cmath>
#include <limits>
#include <sstream>

#include <xgrad/tables/read_csv.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

using Names = std::vector<std::string>;

const Table pets =
    read_csv_text("name,kind,kg,tame\nRex,dog,30,True\nTom,cat,4,True\nNo,,0.5,False\nIda,cat,NA,True\n");

bool same(const Table& a, const Table& b) {
  if (a.columns() != b.columns() || a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.columns().size(); ++k)
    for (std::size_t row = 0; row < a.size(); ++row)
      if (a.column(k).kind() != b.column(k).kind() || a.column(k).is_missing(row) != b.column(k).is_missing(row) ||
          a.column(k).written(row) != b.column(k).written(row))
        return false;
  return true;
}

}  // namespace

TEST_CASE("columns are dropped, kept, renamed and added by name") {
  CHECK(pets.drop({"kind", "name"}).columns() == Names{"kg", "tame"});
  CHECK(pets.keep({"kg", "name"}).columns() == Names{"kg", "name"});
  CHECK(pets.rename({{"kg", "weight"}, {"name", "kg"}}).columns() == Names{"kg", "kind", "weight", "tame"});
  CHECK(pets.has("kg"));
  CHECK(!pets.has("KG"));
  Table more = pets;
  more.add("kg", Column(std::vector<double>{1, 2, 3, 4}));
  more.add("id", Column(Names{"a", "b", "c", "d"}));
  CHECK(more.columns().size() == 5);
  CHECK(more.column("kg").number(3) == 4);
  CHECK(more.column("id").text(1) == "b");
  CHECK(pets.column("kg").number(1) == 4);
  CHECK(pets.drop(pets.columns()).size() == 4);
}

TEST_CASE("rows are taken by place, condition and order") {
  const auto names = [](const Table& table) {
    std::string out;
    for (std::size_t row = 0; row < table.size(); ++row)
      out += (row == 0 ? "" : " ") + table.column("name").written(row);
    return out;
  };
  CHECK(names(pets.rows(1, 3)) == "Tom No");
  CHECK(names(pets.head(1)) == "Rex");
  CHECK(names(pets.head(9)) == "Rex Tom No Ida");
  CHECK(names(pets.take({3, 0, 3})) == "Ida Rex Ida");
  CHECK(names(pets.filter([&](std::size_t row) { return pets.column("kind").text(row) == "cat"; })) == "Tom Ida");
  CHECK(names(pets.sort("kg")) == "No Tom Rex Ida");
  CHECK(names(pets.sort("kg", false)) == "Rex Tom No Ida");
  CHECK(names(pets.sort("kind")) == "Tom Ida Rex No");
  const Table one = pets.rows(2, 3);
  CHECK(one.column("kind").missing() == 1);
  CHECK(one.column("tame").written(0) == "False");
  CHECK(pets.rows(2, 2).size() == 0);
}

TEST_CASE("describe counts and measures each column") {
  const Table d = pets.describe();
  CHECK(d.columns() == Names{"column", "kind", "count", "missing", "distinct", "mean", "std", "min", "max"});
  CHECK(d.column("kind").text(1) == "text");
  CHECK(d.column("count").numbers() == std::vector<double>{4, 3, 3, 4});
  CHECK(d.column("missing").numbers() == std::vector<double>{0, 1, 1, 0});
  CHECK(d.column("distinct").numbers() == std::vector<double>{4, 2, 3, 2});
  CHECK(d.column("mean").number(2) == 11.5);
  CHECK(d.column("std").number(2) == doctest::Approx(16.1167).epsilon(1e-5));  // sqrt((18.5^2 + 7.5^2 + 11^2) / 2)
  CHECK(d.column("min").number(2) == 0.5);
  CHECK(d.column("max").number(2) == 30);
  CHECK(d.column("mean").is_missing(0));
  CHECK(read_csv_text("a\n").describe().column("mean").is_missing(0));
  CHECK(read_csv_text("a\n1\n").describe().column("std").is_missing(0));
}

TEST_CASE("numbers go to a tensor and come from one") {
  CHECK(pets.head(3).to_tensor({"tame", "kg"}) == Tensor{{1, 30}, {1, 4}, {0, 0.5}});
  const Table table(Tensor{{1, 2}, {3, 4}}, {"a", "b"});
  CHECK(table.column("b").numbers() == std::vector<double>{2, 4});
  CHECK(table.to_tensor() == Tensor{{1, 2}, {3, 4}});
}

TEST_CASE("what does not fit is refused by name") {
  const auto said = [](auto f) { return thrown_by(f); };
  CHECK(said([] { pets.to_tensor(); }) ==
        "to_tensor: column \"name\" holds texts; name columns of numbers, or drop it");
  CHECK(said([] { pets.to_tensor({"kg"}); }) ==
        "to_tensor: column \"kg\": 1 of 4 values are missing; fill or filter them, or drop it");
  CHECK(said([] { read_csv_text("a\n1\ninf\n").to_tensor(); }) ==
        "to_tensor: column \"a\": inf in row 1 is not finite in Real");
  CHECK(said([] { read_csv_text("a\n1e39\n").to_tensor(); }) ==
        (sizeof(Real) == 4 ? "to_tensor: column \"a\": 1e+39 in row 0 is not finite in Real" : "nothing"));
  CHECK(said([] { pets.column("Kg"); }) ==
        "column: there is no column \"Kg\"; there are \"name\", \"kind\", \"kg\", \"tame\"");
  CHECK(said([] { pets.drop({"x"}); }).starts_with("drop: there is no column \"x\""));
  CHECK(said([] { pets.keep({"kg", "kg"}); }) == "keep: column \"kg\" is given twice");
  CHECK(said([] { pets.rename({{"kg", "name"}}); }) == "rename: two columns would be named \"name\"");
  CHECK(said([] { pets.rows(3, 5); }) == "rows: there are no rows 3 to 5; the table has 4");
  CHECK(said([] { pets.take({4}); }) == "take: there is no row 4; the table has 4");
  CHECK(said([] { Table(pets).add("x", Column(std::vector<double>{1})); }) ==
        "add: column \"x\" has 1 rows; the table has 4");
  CHECK(said([] { Table(Tensor{{1, 2}}, {"a"}); }) == "Table: 1 names for a tensor (1, 2); they fit (n, 1)");
  CHECK(said([] { Table(Tensor{{1, 2}}, {"a", "a"}); }) == "Table: two columns are named \"a\"");
  CHECK(said([] { pets.column("kg").text(0); }).starts_with("Column: text() of a column of numbers"));
  CHECK(said([] { pets.column("name").number(0); }).starts_with("Column: numbers of a column of texts"));
  CHECK(said([] { pets.column("kg").number(4); }) == "Column: there is no row 4; the column has 4");
}

TEST_CASE("a table prints in columns, and no more of it than a screen holds") {
  std::ostringstream out;
  out << pets;
  CHECK(out.str() ==
        "   name  kind   kg   tame\n"
        "0   Rex   dog   30   True\n"
        "1   Tom   cat    4   True\n"
        "2    No   NaN  0.5  False\n"
        "3   Ida   cat  NaN   True\n"
        "4 rows, 4 columns");
  out.str("");
  out << Table(zeros({1000, 30}), [] {
    Names names;
    for (int k = 0; k < 30; ++k) names.push_back("c" + std::to_string(k));
    return names;
  }());
  CHECK(out.str().size() < 2000);
  CHECK(out.str().ends_with("1000 rows, 30 columns"));
}

TEST_CASE("what to_csv writes is read back the same") {
  const Folder folder;
  const std::string path = (folder.path / "t.csv").string();
  Table table(Tensor{{1, 2}, {3, 4}, {5, 6}}, {"a", "2.5"});
  table.add("x", Column(std::vector<double>{0.1, 5e-324, std::numeric_limits<double>::infinity()}));
  table.add("t", Column(Names{"a,b", "say \"hi\"\r\n", " blank "}));
  table.add("b", Column(std::vector<double>{1, NAN, 0}, {"no", "yes"}));
  table.add("w", Column(std::vector<double>{1, NAN, 0}, {"false", "true"}));
  to_csv(table.drop({"b"}), path);
  CHECK(same(read_csv(path), table.drop({"b"})));
  to_csv(table.drop({"b"}), path, ';');
  CHECK(same(read_csv(path, {.sep = ";"}), table.drop({"b"})));
  CHECK(csv_text(table.keep({"b"})) == "b\nyes\n\"\"\nno\n");
  CHECK(same(read_csv_text(csv_text(pets)), pets));
  for (const std::string name : {"2.5", "inf", "\xef\xbb\xbfx", "a;b", "a b", " ", "a\"b", "-"}) {
    const Table odd = read_csv_text("q\n1\n2\n").rename({{"q", name}});
    CHECK(same(read_csv_text(csv_text(odd)), odd));
  }
  const Table one = read_csv_text("a\nNA\n1\nNA\n");
  CHECK(same(read_csv_text(csv_text(one)), one));
  CHECK(thrown_by([] { csv_text(pets, '.'); }) == "csv_text: \".\" cannot separate; such as ',' ';' '\\t' can");
}

TEST_CASE("bytes() counts 8 for a number, and for a text its letters, 8 and a bit") {
  CHECK(Column(std::vector<double>{1, NAN, 3}).bytes() == 24);
  CHECK(Column(Names{"ab", "", "xyz"}).bytes() == 5 + 24 + 1);
  CHECK(Column(Names(9, "x")).bytes() == 9 + 72 + 2);
  CHECK(read_csv_text("a,b\n1,xy\n,\n").bytes() == 16 + 2 + 16 + 1);
}
