#include "support.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <xgrad/teach/report.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

TEST_CASE("a judgement counts by true and predicted class, and orders mistakes by the true class's probability") {
  const Tensor p{{0.7, 0.2, 0.1}, {0.1, 0.85, 0.05}, {0.3, 0.65, 0.05}, {0.05, 0.05, 0.9}, {0.5, 0.1, 0.4}};
  const Judgement judgement = judge(p, Tensor{0, 1, 0, 1, 2});
  CHECK(judgement.confusion == std::vector<std::vector<std::size_t>>{{1, 1, 0}, {0, 1, 1}, {1, 0, 0}});
  CHECK(judgement.worst == std::vector<std::size_t>{3, 2, 4});  // 0.05, 0.3, 0.4
  CHECK(judgement.accuracy == doctest::Approx(0.4));
  CHECK(judgement.calibration[6].samples == 1);
  CHECK(judgement.calibration[6].accuracy == 0);
  CHECK(judgement.calibration[7].confidence == doctest::Approx(0.7));
  // |0.7 - 1| + |0.85 - 1| + 0.65 + 0.9 + 0.5, over 5
  CHECK(judgement.calibration_error == doctest::Approx(2.5 / 5));
}

TEST_CASE("a judgement puts certainty into the last bin") {
  const Judgement judgement = judge(Tensor{{1, 0}, {0, 1}}, Tensor{0, 1});
  CHECK(judgement.calibration[9].samples == 2);
  CHECK(judgement.calibration_error == 0);
  CHECK(judgement.worst.empty());
}

TEST_CASE("a judgement refuses what is no probability and no label") {
  const Tensor p{{0.5, 0.5}, {0.25, 0.75}};
  CHECK_THROWS_WITH_AS(judge(p, Tensor{0, 2}), "judge: label 2 of sample 1; it takes 0 to 1", ValueError);
  CHECK_THROWS_WITH_AS(judge(p, Tensor{0, 0.5}), "judge: label 0.5 of sample 1; it takes 0 to 1", ValueError);
  CHECK_THROWS_AS(judge(p, Tensor{0}), ShapeError);
  CHECK_THROWS_AS(judge(p, Tensor{0, NAN}), ValueError);
  CHECK_THROWS_WITH_AS(judge(Tensor{{3, -2}}, Tensor{0}),
                       "judge: 3 for sample 0 and class 0; it takes probabilities, from a softmax", ValueError);
  CHECK_THROWS_WITH_AS(judge(filled({1, 1}, 0.5), Tensor{0}),
                       "judge: probabilities have the shape (1, 1); it takes two classes or more", ShapeError);
  CHECK_THROWS_AS(judge(Tensor(Shape{0, 2}), Tensor(Shape{0})), ValueError);
}

TEST_CASE("a report holds the history, the mistakes and every name as text") {
  Sequential model{Dense(2, softmax)};
  model.seed(3);
  model.compile("adam", "sparse_categorical_crossentropy", {"accuracy"});
  const Tensor x = ones({6, 16}), y{0, 1, 0, 1, 0, 1};
  const History history = model.fit(x, y, {.epochs = 3, .verbose = silent});
  const std::string path = std::filesystem::temp_directory_path() / "xgrad_report_test.html";
  write_report(path, model, history, x, y,
               {.title = "</script><b>\"\u4e2d\u6587", .classes = {"<i>"}, .configuration = {{"seed", "3"}}});
  CHECK_THROWS_WITH_AS(write_report(path, model, history, x, y, {.classes = {"a", "b", "c"}}),
                       "write_report: 3 names for 2 classes", ValueError);
  std::ifstream file(path);
  const std::string html{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  CHECK(html.find("<b>") == std::string::npos);
  CHECK(html.find("<i>") == std::string::npos);
  const std::size_t begin = html.find("id=\"data\">") + 10;
  const auto data = nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
  CHECK(data["title"] == "</script><b>\"\u4e2d\u6587");
  CHECK(data["classes"] == nlohmann::json{"<i>", "1"});
  CHECK(data["curves"]["loss"].get<std::vector<double>>() == history["loss"]);
  CHECK(data["accuracy"] == 0.5);
  CHECK(data["worst"].size() == 3);
  CHECK(data["worst"][0]["pixels"].size() == 16);
  CHECK(data["weights"].size() == 2);
  using Rows = nlohmann::json;
  const Rows& rows = data["configuration"];
  CHECK(rows[0] == Rows{"seed", "3"});
  CHECK(rows[1] == Rows{"optimizer", "adam"});
  CHECK(std::count(rows.begin(), rows.end(), Rows{"learning_rate", "0.001"}) == 1);
  CHECK(std::count(rows.begin(), rows.end(), Rows{"beta_2", "0.999"}) == 1);
  for (const Rows& row : rows) CHECK(row[0] != "clipnorm");  // is not set
}

TEST_CASE("a report is of any model, also of one that is not compiled or has several optimizers") {
  struct Classifier {
    Dense inner{5, relu}, outer{2, softmax};
    void fields(Fields& f) { f("inner", inner)("outer", outer); }
    Var operator()(Var x, const Context& context) { return outer(inner(x, context), context); }
  };
  Model model{Classifier{}};
  model.build({25});
  const Tensor x = ones({4, 25}), y{0, 1, 0, 1};
  const std::string path = std::filesystem::temp_directory_path() / "xgrad_report_of_a_model_test.html";
  const auto data = [&] {
    write_report(path, model, {}, x, y);
    std::ifstream file(path);
    const std::string html{std::istreambuf_iterator<char>(file), {}};
    std::filesystem::remove(path);
    const std::size_t begin = html.find("id=\"data\">") + 10;
    return nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
  };
  const auto loaded = data();
  CHECK(loaded["configuration"].empty());
  CHECK(loaded["weights"].size() == 5);
  CHECK(loaded["weights"][0].size() == 25);
  model.compile({{"**/bias", SGD{.learning_rate = 0.5}}, {"**", Adam{}}}, "sparse_categorical_crossentropy");
  const auto rows = data()["configuration"];
  CHECK(rows[0] == nlohmann::json{"optimizer (**/bias)", "sgd"});
  CHECK(std::count(rows.begin(), rows.end(), nlohmann::json{"learning_rate (**/bias)", "0.5"}) == 1);
  CHECK(std::count(rows.begin(), rows.end(), nlohmann::json{"optimizer (**)", "adam"}) == 1);
}
