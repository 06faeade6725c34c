#include <xgrad/tables/feature_space.hpp>

#include <fstream>
#include <nlohmann/json.hpp>

#include <xgrad/core/random.hpp>
#include <xgrad/tables/read_csv.hpp>

#include "support.hpp"

using namespace xgrad;
using Json = nlohmann::json;

namespace {

const Json& keras() {
  static const Json all = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/feature_space.json"));
  return all;
}

Table table_of(const Json& columns) {
  Table table;
  for (const auto& [name, values] : columns.items())
    table.add(name, values[0].is_string() ? Column(values.get<std::vector<std::string>>())
                                          : Column(values.get<std::vector<double>>()));
  return table;
}

using F = FeatureSpace;

const std::map<std::string, FeatureSpace> spaces{
    {"normalized", F({{"weight", F::float_normalized()}, {"fare", "float_normalized"}})},
    {"rescaled", F({{"fare", F::float_rescaled(0.25, -1.5)}})},
    {"discretized", F({{"fare", F::float_discretized(5)}, {"weight", F::float_discretized(4)}})},
    {"categorical",
     F({{"deck", F::integer_categorical()}, {"sex", F::string_categorical()}, {"town", "string_categorical"}})},
    {"max_tokens",
     F({{"deck", F::integer_categorical({.max_tokens = 4})}, {"town", F::string_categorical({.max_tokens = 3})}})},
    {"oov_3", F({{"deck", F::integer_categorical({.max_tokens = 6, .num_oov_indices = 3})},
                 {"town", F::string_categorical({.num_oov_indices = 3})}})},
    {"hashed", F({{"deck", F::integer_hashed(7)}, {"town", F::string_hashed(11)}})},
    {"crossed", F({{"deck", "integer_categorical"}, {"sex", "string_categorical"}, {"town", F::string_hashed(9)}},
                  {.crosses = {F::cross({"sex", "deck"}, 13)}})},
    {"all", F({{"weight", "float_normalized"},
               {"fare", F::float_rescaled(0.01)},
               {"town", "string_categorical"},
               {"deck", "integer_categorical"},
               {"sex", F::string_categorical({.max_tokens = 2})}})}};

Table text_table(const std::string& csv) { return read_csv_text(csv); }

std::vector<double> row_of(const Tensor& x, std::size_t row) {
  return {x.data() + row * x.shape(1), x.data() + (row + 1) * x.shape(1)};
}
using Numbers = std::vector<double>;

}  // namespace

TEST_CASE("FeatureSpace gives what Keras's gives") {
  const Table train = table_of(keras()["train"]), test = table_of(keras()["test"]);
  for (const auto& entry : keras()["spaces"].items()) {
    const std::string& name = entry.key();
    const Json& rows = entry.value();
    CAPTURE(name);
    REQUIRE(spaces.contains(name));
    FeatureSpace space = spaces.at(name);
    space.adapt(train);
    for (const std::string part : {"train", "test"}) {
      CAPTURE(part);
      const Tensor x = space(part == "train" ? train : test);
      REQUIRE(x.shape() == Shape{rows[part].size(), rows[part][0].size()});
      for (std::size_t i = 0; i < x.shape(0); ++i)
        for (std::size_t j = 0; j < x.shape(1); ++j) {
          const double expected = rows[part][i][j];
          CHECK_MESSAGE(std::abs(x(i, j) - expected) <= 2e-6 * std::max(1., std::abs(expected)), name, " ", i, " ", j,
                        ": ", x(i, j), " for ", expected);
        }
    }
    CHECK(space.names().size() == space.width());
  }
  CHECK(keras()["spaces"].size() == spaces.size());
}

TEST_CASE("FeatureSpace takes boundaries as Keras's Discretization does in its example") {
  FeatureSpace space({{"a", F::float_discretized({0, 1, 2}, "int")}}, {.int_columns = true});
  space.adapt(text_table("a\n5\n"));
  const Tensor x = space(text_table("a\n-1.5\n1.0\n3.4\n0.5\n0.0\n3.0\n1.3\n0.0\n"));
  CHECK(Numbers(x.begin(), x.end()) == Numbers{0, 2, 3, 1, 1, 3, 2, 1});
}

TEST_CASE("FeatureSpace fills what is missing, and measures after that") {
  const Table train = text_table("age,pier\n20,S\n,S\n40,\n30,C\n90,C\n,C\n");
  FeatureSpace space({{"age", F::float_normalized(Fill::median())},
                      {"pier", F::string_categorical({.num_oov_indices = 0, .missing = Fill::most_frequent()})}});
  space.adapt(train);
  const Tensor x = space(train);  // ages 20, 35, 40, 30, 90, 35: scikit-learn's SimpleImputer and StandardScaler
  CHECK(x(1, 0) == doctest::Approx(-0.29649973).epsilon(1e-7));
  CHECK(x(4, 0) == doctest::Approx(2.14962302).epsilon(1e-7));
  CHECK(row_of(x, 2)[1] == 1);  // C
  CHECK(space.names() == std::vector<std::string>{"age", "pier=C", "pier=S"});

  FeatureSpace means(
      {{"age", F::float_rescaled(1, 0, Fill::mean())}, {"pier", F::string_hashed(3, "one_hot", Fill::value(""))}});
  means.adapt(train);
  CHECK(means(train)(1, 0) == doctest::Approx(45));
  FeatureSpace zeros({{"age", F::float_rescaled(1, 0, Fill::value(-1))}});
  zeros.adapt(train);
  CHECK(zeros(train)(1, 0) == -1);
  FeatureSpace own({{"pier", F::string_categorical({.missing = Fill::value("none")})}});
  own.adapt(train);
  CHECK(own.names() == std::vector<std::string>{"pier=?", "pier=C", "pier=S", "pier=none"});
}

TEST_CASE("FeatureSpace shifts a column that is constant in the training table") {
  FeatureSpace space({{"a", "float_normalized"}});
  space.adapt(text_table("a\n2.5\n2.5\n"));
  const Tensor x = space(text_table("a\n2.5\n3\n"));
  CHECK(Numbers(x.begin(), x.end()) == Numbers{0, 0.5});
}

TEST_CASE("FeatureSpace takes a test table whose columns are of another kind where it can") {
  FeatureSpace space({{"zone", "string_categorical"}, {"x", F::float_rescaled(1, 0, Fill::value(7))}});
  space.adapt(text_table("zone,x,other\n1,1\n2,2\n2,3\n"));
  const Table test = text_table("x,zone\nNA,b\nNA,2\n");
  const Tensor y = space(test);  // zone is a column of texts here, and x has no values
  CHECK(row_of(y, 0) == Numbers{7, 1, 0, 0});
  CHECK(row_of(y, 1) == Numbers{7, 0, 1, 0});
}

TEST_CASE("FeatureSpace refuses by column, row and value") {
  const auto says = [](const FeatureSpace& given, const char* csv) -> std::string {
    try {
      FeatureSpace space = given;
      space.adapt(text_table(csv));
    } catch (const ValueError& error) {
      return error.what();
    }
    return "";
  };
  const auto contains = [](const std::string& text, std::initializer_list<const char*> parts) {
    return std::all_of(parts.begin(), parts.end(), [&](auto part) { return text.find(part) != std::string::npos; });
  };
  const F number({{"a", "float_normalized"}}), integer({{"a", "integer_categorical"}}),
      word({{"a", "string_categorical"}});
  CHECK(contains(says(number, "b\n1\n"), {"a", "b"}));
  CHECK(contains(says(number, "a\n1\nNA\n"), {"a, row 1", "missing", "Fill"}));
  CHECK(contains(says(word, "a,b\nx,1\n,2\n"), {"a, row 1", "missing", "Fill"}));
  CHECK(contains(says(number, "a\nx\n"), {"a, row 0", "\"x\"", "string_categorical"}));
  CHECK(contains(says(number, "a\n2020-01-02\n"), {"2020-01-02", "year"}));
  CHECK(contains(says(number, "a\ninf\n"), {"a, row 0", "inf", "finite"}));
  CHECK(contains(says(integer, "a\n1\n2.5\n"), {"a, row 1", "2.5", "whole"}));
  for (const char* date : {"2020-01-02", "1/2/2020", "02.01.20", "2020/1/2 13:00", "2020-01-02T13:00:00Z", "2 Jan 2020",
                           "Jan 2, 2020", "3-Feb-99"})
    CHECK_MESSAGE(contains(says(word, text("a,b\n\"", date, "\",1\n").c_str()), {"dates", date, "year"}), date);
  for (const char* none : {"1.2.3", "555-123-4567", "a-b-c", "2020", "12 May", "10.0.0.1", "1-2", "May"})
    CHECK_MESSAGE(says(word, text("a,b\n\"", none, "\",1\n").c_str()).empty(), none);
  std::string names = "a\n";
  for (int k = 0; k < 1001; ++k) names += text("n", k, "\n");
  CHECK(contains(says(word, names.c_str()), {"a", "1000", "hash", "max_tokens"}));
  CHECK(says(F({{"a", F::string_categorical({.max_tokens = 500})}}), names.c_str()).empty());
  CHECK(contains(says(number, "a,b\nNA,1\n"), {"a, row 0"}));
  CHECK(contains(says(F({{"a", F::float_normalized(Fill::mean())}}), "a,b\nNA,1\n"), {"a has no values"}));

  FeatureSpace known({{"a", F::string_categorical({.num_oov_indices = 0})}});
  CHECK_THROWS_WITH_AS(known(text_table("a\nx\n")), doctest::Contains("adapt()"), ValueError);
  known.adapt(text_table("a\nx\ny\n"));
  CHECK_THROWS_WITH_AS(known(text_table("a\nx\nz\n")), doctest::Contains("a, row 1: the training table has no \"z\""),
                       ValueError);
  CHECK_THROWS_AS(F({{"a", "float"}}), ValueError);
  CHECK_THROWS_AS(F({{"a", "float_normalized"}, {"a", "float_rescaled"}}), ValueError);
  CHECK_THROWS_AS(F({{"a", F::float_discretized(0)}}), ValueError);
  CHECK_THROWS_AS(F({{"a", F::float_discretized({2, 1})}}), ValueError);
  CHECK_THROWS_AS(F({{"a", F::float_normalized(Fill::most_frequent())}}), ValueError);
  CHECK_THROWS_AS(F({{"a", F::float_normalized(Fill::value("x"))}}), ValueError);
  CHECK_THROWS_AS(F({{"a", F::string_categorical({.missing = Fill::mean()})}}), ValueError);
  CHECK_THROWS_AS(F({{"a", F::string_categorical({.output_mode = "int"})}}), ValueError);
  CHECK_THROWS_AS(F({{"a", "float_normalized"}, {"b", "string_categorical"}}, {.crosses = {F::cross({"a", "b"}, 3)}}),
                  ValueError);
}

TEST_CASE("FeatureSpace gives features by themselves, with indices for an Embedding") {
  FeatureSpace space({{"a", F::string_categorical({.output_mode = "int"})}, {"b", "integer_categorical"}},
                     {.output_mode = "dict"});
  space.adapt(text_table("a,b\nx,1\ny,2\ny,2\n"));
  const auto parts = space.dict(text_table("a,b\nx,2\nz,1\n"));
  REQUIRE(parts.size() == 2);
  CHECK(parts.at("a").shape() == Shape{2, 1});
  CHECK(parts.at("a")(0, 0) == 2);
  CHECK(parts.at("a")(1, 0) == 0);
  CHECK(row_of(parts.at("b"), 0) == Numbers{0, 1, 0});
  CHECK_THROWS_AS(space(text_table("a,b\nx,2\n")), ValueError);
}

TEST_CASE("FeatureSpace measures pieces as the whole") {
  std::string all = "a,b,c\n";
  std::vector<std::string> pieces;
  Rng rng(3);
  for (int piece = 0; piece < 7; ++piece) {
    std::string rows;
    for (int k = 0; k < 11; ++k)
      rows += text(rng.normal() * 5, ",", rng.integer(4), ",", k % 3 == 0 ? std::string("") : text("w", rng.integer(5)),
                   "\n");
    all += rows;
    pieces.push_back("a,b,c\n" + rows);
  }
  const F given({{"a", F::float_discretized(6)},
                 {"b", F::integer_categorical()},
                 {"c", F::string_categorical({.missing = Fill::most_frequent()})}});
  F whole = given, parts = given;
  whole.adapt(text_table(all));
  std::size_t k = 0;
  parts.adapt([&](Table& piece) {
    if (k == pieces.size()) return k = 0, false;
    piece = text_table(pieces[k++]);
    return true;
  });
  CHECK(whole.names() == parts.names());
  const Table table = text_table(all);
  CHECK(whole(table) == parts(table));
}
