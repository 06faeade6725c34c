#include <xgrad/tables/table_report.hpp>

#include <nlohmann/json.hpp>

#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/tables/guess.hpp>
#include <xgrad/tables/read_csv.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

// A pipeline whose weights are known: what it says is a - 2 b, or the sigmoid of that, and c does not count.
Pipeline known(Target target, const Table& train, const char* activation) {
  Pipeline model(FeatureSpace({{"a", FeatureSpace::float_rescaled()},
                               {"b", FeatureSpace::float_rescaled()},
                               {"c", FeatureSpace::float_rescaled()}}),
                 std::move(target), Sequential{Dense(1, activation)});
  model.adapt(train);
  model.build({3});
  Tensor kernel = zeros({3, 1});
  kernel(0, 0) = 1;
  kernel(1, 0) = -2;
  model.set_weights({kernel, zeros({1})});
  return model;
}

const Table numbers = read_csv_text(
    "a,b,c,y,kind\n1,0,5,1,yes\n2,1,6,0,no\n4,1,7,3,yes\n0,3,8,-6,no\n3,1,9,0,no\n5,2,1,1,yes\n1,1,2,-1,no\n0,0,3,9,"
    "yes\n");

}  // namespace

TEST_CASE("report_on judges numbers in their own units") {
  Pipeline model = known(Target::numbers("y"), numbers, "linear");
  const TableReport report = report_on(model, numbers, {.worst = 2});
  // Predicted - true: 0 0 -1 0 1 0 0 -9. scikit-learn's mean_absolute_error, root_mean_squared_error and r2_score:
  CHECK(report.rows == 8);
  CHECK(report.metrics.at("mae") == doctest::Approx(1.375));
  CHECK(report.metrics.at("rmse") == doctest::Approx(3.2210246817812817));
  CHECK(report.metrics.at("r2") == doctest::Approx(0.3245167533509664));
  CHECK(report.residuals == std::vector<double>{-9, -1, 0, 0, 1});
  REQUIRE(report.worst.size() == 2);
  CHECK(report.worst[0].row == 7);
  CHECK(report.worst[0].is == "9");
  CHECK(report.worst[0].predicted == "0");
  CHECK(report.worst[0].error == 9);
  CHECK(report.worst[1].row == 2);
  REQUIRE(report.importance.size() == 3);
  CHECK(report.importance[0].first == "b");
  CHECK(report.importance[0].second > 0);
  const auto c =
      std::find_if(report.importance.begin(), report.importance.end(), [](auto& e) { return e.first == "c"; });
  CHECK(c->second == 0);
  CHECK(report.classes.empty());
}

TEST_CASE("report_on judges numbers that are all the same") {
  Pipeline model = known(Target::numbers("y"), numbers, "linear");
  CHECK(report_on(model, numbers.rows(0, 1)).metrics.at("r2") == 1);  // scikit-learn's r2_score
  CHECK(report_on(model, numbers.rows(7, 8)).metrics.at("r2") == 0);
}

TEST_CASE("report_on judges classes, and its JSON says the same") {
  Pipeline model = known(Target("kind"), numbers, "sigmoid");  // yes where a > 2 b
  const TableReport report = report_on(model, numbers);
  CHECK(report.classes == std::vector<std::string>{"no", "yes"});
  // a - 2 b: 1 0 2 -6 1 1 -1 0; at 0 both have 0.5, and the first is taken.
  CHECK(report.confusion == std::vector<std::vector<std::size_t>>{{3, 1}, {1, 3}});
  CHECK(report.metrics.at("accuracy") == 0.75);
  CHECK(report.metrics.at("majority") == 0.5);
  CHECK(report.worst[0].row == 4);
  CHECK(report.worst[0].is == "no");
  CHECK(report.worst[0].predicted == "yes");
  CHECK(report.worst[0].error == doctest::Approx(1 / (1 + std::exp(-1.))));

  History history;
  history.epoch = {0, 1};
  history.logs = {{{"loss", 0.5}}, {{"loss", 0.25}}};
  const auto json = nlohmann::json::parse(json_text(report, history));
  CHECK(json["rows"] == 8);
  CHECK(json["metrics"]["accuracy"] == 0.75);
  CHECK(json["confusion"][0][0] == 3);
  CHECK(json["history"]["loss"] == std::vector<double>{0.5, 0.25});
  CHECK(json["worst"][0]["row"] == 4);
  CHECK_THROWS_AS(report_on(model, numbers.rows(0, 0)), ValueError);
}

TEST_CASE("guess_features says what becomes of each column") {
  std::string csv = "id,name,sex,age,same,empty,day,price,town,flag,y\n";
  for (int row = 0; row < 40; ++row)
    csv += text(row + 1, ",n", row, ",", row % 2 ? "m" : "f", ",", row % 5 ? text(row % 7) : "", ",x,,2020-01-",
                10 + row % 9, ",", row * 1.5, ",", row % 3 ? "Rome" : "", ",", row % 2 ? "True" : "False", ",", row % 3,
                "\n");
  const Table table = read_csv_text(csv);
  const GuessedFeatures guessed = guess_features(table, {"y"});
  const std::vector<std::pair<std::string, std::string>> expected{
      {"id", "left out: it counts the rows"},
      {"name", "left out: it has 40 different texts in 40 rows"},
      {"sex", "string_categorical, 2 categories"},
      {"age", "float_normalized, 8 missing take the median"},
      {"same", "left out: it is x in all rows"},
      {"empty", "left out: it has no values"},
      {"day", "left out: it holds dates; numbers of them, such as year and month, could be learnt from"},
      {"price", "float_normalized"},
      {"town", "left out: it is Rome or missing in all rows"},
      {"flag", "float_normalized"}};
  CHECK(guessed.said == expected);
  CHECK(guessed.features.size() == 4);
  FeatureSpace space(guessed.features);
  space.adapt(table);
  CHECK(space.names() == std::vector<std::string>{"age", "flag", "price", "sex=?", "sex=m", "sex=f"});
  CHECK_THROWS_AS(guess_features(table, {"z"}), ValueError);

  Target target = guess_target(table, "y");
  target.adapt(table);
  CHECK(target.names() == std::vector<std::string>{"0", "1", "2"});
  target = guess_target(table, "price");
  target.adapt(table);
  CHECK_FALSE(target.has_classes());
  target = guess_target(table, "flag");
  target.adapt(table);
  CHECK(target.names() == std::vector<std::string>{"False", "True"});
  CHECK(guess_features(table.keep({"id", "y"}), {"y"}).features.size() == 1);  // nothing else is there
}
