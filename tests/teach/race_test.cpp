#include "support.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/teach/race.hpp>

#include "../../examples/pytorch_rules.hpp"

using namespace xgrad;

namespace {

Runner runner_of(const std::string& words) {
  const auto is = [&](const char* name) { return words.rfind(name, 0) == 0; };
  if (is("sgd")) return {words, SGD{.learning_rate = 2e-4}};
  if (is("momentum")) return {words, SGD{.learning_rate = 2e-4, .momentum = 0.9}};
  if (is("nesterov")) return {words, SGD{.learning_rate = 2e-4, .momentum = 0.9, .nesterov = true}};
  if (is("rmsprop")) return {words, pytorch::RMSprop{.learning_rate = 1e-2, .alpha = 0.9, .epsilon = 1e-7}};
  if (is("adagrad")) return {words, pytorch::Adagrad{.learning_rate = 0.1, .epsilon = 1e-10}};
  if (is("adam")) return {words, pytorch::Adam{.learning_rate = 1e-2}};
  REQUIRE(is("lbfgs"));
  return {words, LBFGSOptions{.max_iterations = 1}};
}

Surface surface_of(const std::string& name) {
  for (Surface surface : {rosenbrock(), beale(), himmelblau()})
    if (surface.name.substr(1) == name.substr(1)) return surface;
  REQUIRE(name == "ravine");  // a steeper one than ours
  const auto f = [](Var x, Var y) {
    const Var a = 0.5 * square(x), b = 25 * square(y);
    return a + b;
  };
  return {"ravine", f, {-10, 1}, ravine().window, {{0, 0}}};
}

}  // namespace

TEST_CASE("races go where PyTorch's optimizers went") {
  const auto data = nlohmann::json::parse(std::ifstream(XGRAD_TEST_DATA "/pytorch_trajectories_2d.json"));
  REQUIRE(data["runs"].size() == 28);
  for (const auto& run : data["runs"]) {
    CAPTURE(run["function"].get<std::string>());
    CAPTURE(run["optimizer"].get<std::string>());
    const auto& rows = run["trajectory_step_x_y_f"];
    const Surface surface = surface_of(run["function"]);
    CHECK(surface.start[0] == run["start"][0].get<double>());
    CHECK(surface.start[1] == run["start"][1].get<double>());
    const std::vector<Track> tracks = race(surface, {runner_of(run["optimizer"])}, rows.back()[0]);
    // RMSprop's last steps swing about the minimum by its learning rate, and roundings grow in them
    const double tolerance = run["optimizer"].get<std::string>().rfind("rmsprop", 0) == 0 ? 2e-3 : 1e-6;
    for (const auto& row : rows)
      for (std::size_t k = 0; k < 3; ++k)
        CHECK(tracks[0].points.at(row[0])[k] == doctest::Approx(row[k + 1].get<double>()).epsilon(tolerance));
  }
}

TEST_CASE("momentum in a ravine ends where d2l's does") {
  // d2l.ai, 12.6: eta 0.6, 20 steps from (-5, -2); beta 0.5. In Keras's form the learning rate stands in the velocity.
  Surface surface = ravine();
  surface.start = {-5, -2};
  const std::vector<Track> tracks = race(surface, {{"momentum", SGD{.learning_rate = 0.6, .momentum = 0.5}}}, 20);
  CHECK(tracks[0].points.back()[0] == doctest::Approx(0.007188).epsilon(1e-3));
  CHECK(tracks[0].points.back()[1] == doctest::Approx(0.002553).epsilon(1e-3));
}

TEST_CASE("a runner that leaves the finite numbers stops, and the others go on") {
  const std::vector<Track> tracks =
      race(rosenbrock(), {{"far", SGD{.learning_rate = 1}}, {"near", SGD{.learning_rate = 2e-4}}}, 30);
  CHECK(tracks[0].points.size() < 10);
  CHECK(tracks[1].points.size() == 31);
  CHECK(race_svg(rosenbrock(), tracks).find("nan") == std::string::npos);
}

TEST_CASE("a picture has a colour where a surface is not finite") {
  Surface surface = ravine();
  surface.f = [](Var x, Var y) { return 1 / (x - x) + y; };
  const std::vector<Track> tracks = race(surface, {{"SGD", SGD{}}}, 3);
  CHECK(tracks[0].points.empty());
  const std::string svg = race_svg(surface, tracks);
  CHECK(svg.find("rgb(30,60,85)") != std::string::npos);  // all are equally high
  CHECK(svg.find("nan") == std::string::npos);
}

TEST_CASE("a picture shows every name as text, and its page has no tag within its data") {
  Surface surface = ravine();
  surface.name = "</script>\"\u4e2d\u6587";
  const std::vector<Track> tracks = race(surface, {{"<b>&", SGD{}}}, 2);
  const std::string svg = race_svg(surface, tracks);
  CHECK(svg.find("<b>") == std::string::npos);
  CHECK(svg.find("&lt;b>&amp;") != std::string::npos);
  const std::string path = std::filesystem::temp_directory_path() / "xgrad_race_test.html";
  write_race_html(path, {{surface, tracks}});
  std::ifstream file(path);
  const std::string html{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  CHECK(html.find("\\u003c/script>\\\"\u4e2d\u6587") != std::string::npos);
  CHECK(html.find("@") == html.find("@media"));  // every file is put in
  const std::size_t data = html.find("id=\"data\">") + 10;
  const auto json = nlohmann::json::parse(html.substr(data, html.find("</script>", data) - data));
  CHECK(json[0]["tracks"][0]["points"].size() == 3);
  CHECK(json[0]["levels"].size() == 6400);
}
