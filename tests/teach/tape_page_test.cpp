#include "support.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include <xgrad/autograd/ops/operators.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/data/file.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/teach/tape_page.hpp>

using namespace xgrad;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

// The page of y, as it stands in a file that is gone afterwards.
std::string page_of(Var y, const TapePageOptions& options = {}) {
  const fs::path path = fs::temp_directory_path() / "xgrad_tape_page_test.html";
  write_tape_html(path.string(), y, options);
  std::string page = read_file(path.string());
  fs::remove(path);
  return page;
}

Tensor as_column(const std::vector<Real>& numbers) {
  Tensor x(Shape{numbers.size(), 1});
  std::copy(numbers.begin(), numbers.end(), x.begin());
  return x;
}

std::string data_text(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" id=\"tape\">";
  const std::size_t at = page.find(begin);
  REQUIRE(at != std::string::npos);
  return page.substr(at + begin.size(), page.find("</script>", at) - at - begin.size());
}

std::vector<double> numbers(const std::string& base64) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0, count = 0;
  for (const char c : base64) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(digits.find(c)), count += 6;
    if (count >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 255);
  }
  std::vector<double> result(bytes.size() / sizeof(double));
  std::memcpy(result.data(), bytes.data(), result.size() * sizeof(double));
  return result;
}

}  // namespace

TEST_CASE("the page has every line and every term, with the numbers of the tape bit for bit") {
  Tape tape;
  const Var x = tape.constant(Tensor{{1, -2, 3}, {0.1, 0.2, -0.3}}), w = tape.variable(as_column({1, 0.5, -1}));
  const Var z = matmul(x, w), s = square(z), y = sum(s + z);
  const Json data = Json::parse(data_text(page_of(y)));
  REQUIRE(data["lines"].size() == y.line() + 1);
  CHECK(data["lines"][z.line()]["op"] == "matmul");
  CHECK(data["lines"][z.line()]["inputs"] == Json{0, 1});
  CHECK(data["lines"][w.line()]["kind"] == "variable");
  CHECK(data["lines"][x.line()]["kind"] == "constant");

  std::size_t terms = 0;
  for (const Json& step : data["steps"]) terms += step["terms"].size();
  CHECK(terms == 5);  // sum: 1, add: 2, square: 1, matmul: 1, for x gets none
  const Json& last = data["steps"].back()["terms"].back();
  CHECK(last["to"] == w.line());
  CHECK(last["of"] == 1);

  for (const auto& [line, tensor] : data["tensors"].items()) {
    const Tensor& value = *tape[std::stoul(line)].value;
    CHECK(tensor["shape"] == Json(std::vector<std::size_t>(value.shape().begin(), value.shape().end())));
    CHECK(numbers(tensor["f8"]) == std::vector<double>(value.begin(), value.end()));
  }
  // z = (-3, 0.5): dy/dz = 2 z + 1 = (-5, 2), and w̄ = x^T z̄
  check_close(Tensor(*tape[last["value"].get<std::size_t>()].value), as_column({-4.8, 10.4, -15.6}), 1e-12);
}

TEST_CASE("a line that is used three times gets three terms, numbered") {
  Tape tape;
  const Var u = tape.variable(Tensor{2});
  const Var p = u * u, y = p + u;
  const Json data = Json::parse(data_text(page_of(y)));
  std::vector<std::size_t> numbers;
  for (const Json& step : data["steps"])
    for (const Json& term : step["terms"])
      if (term["to"] == u.line()) {
        numbers.push_back(term["number"]);
        CHECK(term["of"] == 3);
      }
  CHECK(numbers == std::vector<std::size_t>{1, 2, 3});
}

TEST_CASE("a name is text, whatever it holds") {
  Tape tape;
  const std::string name = "</script><b>\"中文\" & <!-- \xff";
  const Var u = tape.variable(Tensor{2}), y = square(u);
  const std::string page = page_of(y, {.title = name, .names = {{u.line(), name}}}), text = data_text(page);
  CHECK(text.find('<') == std::string::npos);
  CHECK(page.find("</script><b>") == std::string::npos);
  const Json data = Json::parse(text);
  CHECK(data["lines"][0]["name"] == "</script><b>\"中文\" & <!-- \xef\xbf\xbd");  // what is no UTF-8 is replaced
  CHECK(data["title"] == data["lines"][0]["name"]);
}

TEST_CASE("numbers that are not finite are words, and larger tensors have 8 bits per element") {
  Tape tape;
  const Var u = tape.variable(Tensor{1, -INFINITY, NAN, 127}), y = sum(u);
  const Json small = Json::parse(data_text(page_of(y)))["tensors"]["0"];
  CHECK(small["min"] == "-Infinity");
  CHECK(small["max"] == 127);
  CHECK(small["mean"] == "NaN");
  CHECK(small["nan"] == 1);
  CHECK(small["inf"] == 1);
  const Json large = Json::parse(data_text(page_of(y, {.max_elements = 3})))["tensors"]["0"];
  CHECK(large["scale"] == 1);
  CHECK(large["i1"] == "AYGAfw==");  // 1, -127, -128 for NaN, 127
  CHECK(!large.contains("f8"));
}

TEST_CASE("the page shows what it is given beside the tape, and nothing else") {
  Tape tape;
  const Var y = square(tape.variable(Tensor{2}));
  const Json bare = Json::parse(data_text(page_of(y)));
  for (const char* key : {"history", "frames", "decision_frames", "gradient_norms", "model"})
    CHECK(!bare.contains(key));

  Sequential digits{Input{{784}}, Dense(2, "relu"), Dense(3, "softmax")}, others{Input{{784}}, Dense(2, "elu")};
  digits.build({784}), others.build({784});
  History history;
  history.epoch = {0, 1}, history.logs = {Logs{{"loss", 2}}, Logs{{"loss", 1}, {"val_loss", 1.5}}};
  const TapePageOptions options{.history = &history,
                                .frames = {{0, Tensor{{1, 2}}}, {7, Tensor{{3, 4}}}},
                                .decision_frames = {{5, Tensor{{1, -1}}}},
                                .gradient_norms = {{"dense", {1, INFINITY}}},
                                .model = &digits};
  const Json data = Json::parse(data_text(page_of(y, options)));
  CHECK(data["history"]["loss"] == Json{2, 1});
  CHECK(data["history"]["val_loss"] == Json{"NaN", 1.5});
  CHECK(data["frames"][1]["step"] == 7);
  CHECK(data["decision_frames"][0]["tensor"]["shape"] == Json{1, 2});
  CHECK(data["gradient_norms"]["dense"] == Json{1, "Infinity"});
  REQUIRE(data["model"].size() == 2);
  CHECK(data["model"][1]["activation"] == "softmax");
  const Tensor& bias = digits.layer("dense_1").as<Dense>()->bias.value();
  CHECK(numbers(data["model"][1]["bias"]["f8"]) == std::vector<double>(bias.begin(), bias.end()));
  CHECK(!Json::parse(data_text(page_of(y, {.model = &others}))).contains("model"));
}

TEST_CASE("the page is one file that asks for no other") {
  Tape tape;
  const std::string page = page_of(square(tape.variable(Tensor{2})));
  CHECK(page.starts_with("<!DOCTYPE html>"));
  CHECK(page.find(
            "content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:\"") !=
        std::string::npos);
  for (const char* word : {" src=", "href=", "@import", "innerHTML", "@tape", "@data"})
    CHECK(page.find(word) == std::string::npos);
  CHECK(page.ends_with("</html>\n"));
}

TEST_CASE("write_tape_html says what it takes") {
  Tape tape;
  const Var y = tape.variable(Tensor{1, 2});
  CHECK(thrown_by<ShapeError>([&] { write_tape_html("page.html", y); }) ==
        "write_tape_html: y has the shape (2,); it takes one element");
  CHECK(thrown_by<ValueError>([&] { write_tape_html("page.html", sum(y), {.rows = 0}); }) ==
        "write_tape_html: 0 rows; it takes at least 1");
  CHECK(thrown_by<DataError>([&] { write_tape_html("/no folder/page.html", sum(y)); }).find("/no folder/page.html") !=
        std::string::npos);
}
