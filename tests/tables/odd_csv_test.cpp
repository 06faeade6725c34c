// The files of reference/odd-csv: what pandas reads from them where that makes sense, and otherwise a refusal that says
// what to do. Rows are written one after another, cells with a bar between them, texts in quotes, NaN for a missing
// one.

#include <xgrad/tables/read_csv.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

std::string rows(const Table& table) {
  std::string out;
  for (const std::string& name : table.columns()) out += (out.empty() ? "" : "|") + name;
  for (std::size_t row = 0; row < table.size(); ++row) {
    out += " /";
    for (std::size_t k = 0; k < table.columns().size(); ++k) {
      const Column& column = table.column(k);
      const std::string cell = column.is_missing(row) ? "NaN"
                               : column.is_text()     ? "'" + column.written(row) + "'"
                                                      : column.written(row);
      out += (k == 0 ? " " : "|") + cell;
    }
  }
  return out;
}

std::string read(const std::string& file, const ReadCsvOptions& options = {}) {
  return rows(read_csv(XGRAD_TEST_DATA "/odd-csv/" + file, options));
}

std::string refusal(const std::string& file) {
  const std::string path = XGRAD_TEST_DATA "/odd-csv/" + file;
  const std::string what = thrown_by<DataError>([&] { read_csv(path); });
  return what.starts_with(path + ": ") ? what.substr(path.size() + 2) : what;
}

}  // namespace

TEST_CASE("odd files that are read as pandas reads them") {
  CHECK(read("bare_quote.csv") == "a|c / 1|'5\" pipe' / 2|'x'");
  CHECK(read("big.csv") == "a|b / 1e+39|2 / 3|4");
  for (const std::string file :
       {"blankline_spaces.csv", "bom.csv", "cr.csv", "crlf.csv", "nofinal.csv", "plain.csv.gz", "plus.csv"})
    CHECK(read(file) == "a|b / 1|2 / 3|4");
  CHECK(read("bool_feature.csv") == "a|b / True|1 / False|0");
  CHECK(read("bool_label.csv") == "a|b / 1|True / 3|False");
  CHECK(read("cat.csv") == "size|colour|y / 1|'red'|0 / 2|'blue'|1");
  CHECK(read("date.csv") == "d|b / '2020-01-01'|1 / '2020-01-02'|0");
  CHECK(read("dates_id.csv") == "id|f|y / 1700000001|1|0 / 1700000002|2|1");
  CHECK(read("dots.csv") == "a|b / 1|0.5 / -0.5|-1");
  CHECK(read("dup.csv") == "a|a.1|b / 1|2|3");
  CHECK(read("fortranD.csv") == "a|b / '1.5D+02'|2 / '3'|4");
  CHECK(read("headeronly.csv") == "a|b");
  CHECK(read("hex.csv") == "a|b / '0x1F'|2 / '3'|4");
  CHECK(read("index.csv") == "Unnamed: 0|a|b / 0|5|6 / 1|7|8");
  CHECK(read("inf.csv") == "a|b / inf|2 / 3|4");
  CHECK(read("label_first_num_then_text.csv") == "a|y / 1|'1' / 2|'2' / 3|'none'");
  CHECK(read("label_space.csv") == "a|c / 1|'x' / 2|' x' / 3|'x '");
  for (const std::string file : {"missing_NA.csv", "missing_NaN.csv", "missing_empty.csv"})
    CHECK(read(file) == "a|b|c / 1|NaN|3 / 4|5|6");
  CHECK(read("missing_label_NA.csv") == "a|c / 1|'x' / 4|NaN / 5|'y'");
  CHECK(read("missing_label_empty.csv") == "a|c / 1|'x' / 4|NaN");
  CHECK(read("missing_label_first_NA_num.csv") == "a|y / 1|NaN / 2|9 / 3|10 / 4|11");
  CHECK(read("missing_label_first_dash_num.csv") == "a|y / 1|'-' / 2|'9' / 3|'10' / 4|'11'");
  CHECK(read("missing_q.csv") == "a|b|c / 1|'?'|3 / 4|'5'|6");
  CHECK(read("onecol.csv") == "y / 1 / 2");
  CHECK(read("quoted_comma.csv") == "a,1|b / 1|2 / 3|4");
  CHECK(read("quoted_newline.csv") == "a|cls / 1|'x\ny' / 2|'x \"q\" z'");
  CHECK(read("ragged_short.csv") == "a|b|c / 1|2|NaN / 4|5|6");
  CHECK(read("sci.csv") == "a|b / 1000|0.002 / -150|0");
  CHECK(read("space_after.csv") == "a| b / 1|2 / 3|4");
  CHECK(read("testcsv_nolabel.csv") == "id|f1|f2 / 1|2|3 / 2|4|5");
  CHECK(read("thousands.csv") == "a|b / '1,000'|2 / '2,500'|4");
  CHECK(read("trailing_all.csv") == "a|b|Unnamed: 2 / 1|2|NaN / 3|4|NaN");
}

TEST_CASE("odd files that an option reads as their authors meant them") {
  CHECK(read("backslash.csv", {.escapechar = '\\'}) == "a|c / 1|'say \"hi\"' / 2|'x'");
  CHECK(read("comment.csv", {.comment = '#'}) == "a|b / 1|2 / 3|4");
  CHECK(read("missing_label_first_dash_num.csv", {.na_values = {"-"}}) == "a|y / 1|NaN / 2|9 / 3|10 / 4|11");
  CHECK(read("missing_q.csv", {.na_values = {"?"}}) == "a|b|c / 1|NaN|3 / 4|5|6");
  CHECK(read("noheader.csv", {.header = no_header}) == "0|1|2 / 5.1|3.5|'x' / 4.9|3|'y' / 4.7|3.2|'x'");
  CHECK(read("preamble.csv", {.skiprows = 1}) == "a|b / 1|2");
  CHECK(read("semicolon.csv", {.sep = ";"}) == "a|b / 1|2 / 3|4");
  CHECK(read("space_after.csv", {.skipinitialspace = true}) == "a|b / 1|2 / 3|4");
  CHECK(read("spaces.txt", {.sep = "\\s+", .header = no_header}) ==
        "0|1|2|3|4 / 0.00632|18|2.31|0|24 / 0.02731|0|7.07|0|21.6");
  CHECK(read("savetxt.txt", {.sep = " ", .comment = '#'}) == "a|b / 1|2 / 3|4");
  CHECK(read("tab.tsv", {.sep = "\t"}) == "a|b / 1|2");
  CHECK(read("thousands.csv", {.thousands = ','}) == "a|b / 1000|2 / 2500|4");
}

TEST_CASE("odd files whose end mark of DOS is no row") { CHECK(read("ctrlz.csv") == "a|b / 1|2 / 3|4"); }

TEST_CASE("odd files that are refused with what to do") {
  CHECK(refusal("backslash.csv") ==
        "line 2: a field goes on after its closing quote: \"\"say \\\"hi\\\"\"\"; a quote within is written twice, or "
        "after escapechar = '\\\\'");
  CHECK(refusal("comment.csv") ==
        "line 2: 2 fields, where the header in line 1 has 1; see header, skiprows and comment, such as comment = '#'");
  CHECK(refusal("empty.csv") == "has no columns; it is empty, or blank lines and comments");
  CHECK(refusal("onlynewlines.csv") == refusal("empty.csv"));
  CHECK(refusal("latin1.csv") ==
        "line 1: byte 246 after \"gr\" is not UTF-8; if the file is Latin-1: iconv -f LATIN1 -t UTF-8");
  CHECK(refusal("noheader.csv") ==
        "line 1: the first line holds numbers, such as \"5.1\", and should name the columns; header = no_header reads "
        "it as a row, header = 0 as names");
  CHECK(
      refusal("preamble.csv").starts_with("line 3: 2 fields, where the header in line 1 has 1; see header, skiprows"));
  CHECK(refusal("savetxt.txt") ==
        "line 2: only one column; sep = \"\\\\s+\" would give more, and comment = '#' leaves the first line out; "
        "header = 0 reads each line as one text");
  CHECK(refusal("semicolon.csv") ==
        "line 2: only one column; sep = \";\" would give more; header = 0 reads each line as one text");
  CHECK(refusal("spaces.txt") ==
        "line 2: only one column; sep = \"\\\\s+\" would give more; header = 0 reads each line as one text");
  CHECK(refusal("tab.tsv") ==
        "line 2: only one column; sep = \"\\t\" would give more; header = 0 reads each line as one text");
  CHECK(refusal("utf16le.csv") == "is UTF-16; save it as UTF-8, such as by: iconv -f UTF-16 -t UTF-8");
}

TEST_CASE("a hundred thousand columns") {
  std::string text = "c0";
  for (int k = 1; k < 100'000; ++k) text += ",c" + std::to_string(k);
  text += "\n0";
  for (int k = 1; k < 100'000; ++k) text += "," + std::to_string(k);
  const Table table = read_csv_text(text);
  CHECK(table.size() == 1);
  CHECK(table.column("c99999").number(0) == 99'999);
}
