#include <xgrad/core/config.hpp>

#include <cmath>
#include <limits>

#include "support.hpp"

using namespace xgrad;

namespace {

struct Options {
  bool use_bias = true;
  std::size_t units = 10;
  double rate = 0.1;
  std::string activation = "relu";
  Shape target{2, 3};

  void config(Config& options) {
    options("use_bias", use_bias)("units", units)("rate", rate)("activation", activation)("target", target);
  }
};

}  // namespace

TEST_CASE("options that were written are read back as they were") {
  Options given{.use_bias = false, .units = 12, .rate = 1.0 / 3, .activation = "tanh", .target = {4, 5, 6}};
  Config written;
  given.config(written);
  CHECK(written.values().at("rate") == "0.3333333333333333");
  CHECK(written.values().at("target") == "4,5,6");

  Options read;
  Config from(written.values());
  read.config(from);
  CHECK(read.use_bias == given.use_bias);
  CHECK(read.units == given.units);
  CHECK(read.rate == given.rate);
  CHECK(read.activation == given.activation);
  CHECK(read.target == given.target);
}

TEST_CASE("numbers at the ends of their range and an empty shape are read back") {
  for (const double number : {0.0, -0.0, 5e-324, 1.7976931348623157e308, HUGE_VAL}) {
    double read = 1;
    read_option(option_text(number), read);
    CHECK(read == number);
  }
  Shape shape{1};
  read_option(option_text(Shape{}), shape);
  CHECK(shape.empty());
  std::vector<std::int64_t> signed_extents;
  CHECK(option_text(std::vector<std::int64_t>{3, -1}) == "3,-1");
  read_option("3,-1", signed_extents);
  CHECK(signed_extents == std::vector<std::int64_t>{3, -1});
}

TEST_CASE("lists and an option that may be absent are read back") {
  std::vector<double> rates;
  read_option("0.1,0.01", rates);
  CHECK(rates == std::vector<double>{0.1, 0.01});
  CHECK(option_text(rates) == "0.1,0.01");
  std::vector<std::size_t> steps;
  read_option(option_text(std::vector<std::size_t>{1, 500}), steps);
  CHECK(steps == std::vector<std::size_t>{1, 500});
  std::vector<std::string> names;
  read_option(option_text(std::vector<std::string>{"bias", "gamma"}), names);
  CHECK(names == std::vector<std::string>{"bias", "gamma"});

  std::optional<double> decay = 1;
  CHECK(option_text(std::optional<double>{0.5}) == "0.5");
  read_option("none", decay);
  CHECK(!decay.has_value());
  read_option("0.25", decay);
  CHECK(decay == 0.25);
  CHECK_THROWS_AS(read_option("", decay), ValueError);
}

TEST_CASE("an option that is missing or no such value is refused by name") {
  const auto read = [](std::map<std::string, std::string> values) {
    return thrown_by<ValueError>([&] {
      std::size_t units = 0;
      Config from(values);
      from("units", units);
    });
  };
  CHECK(read({}) == "there is no option \"units\"");
  CHECK(read({{"units", "ten"}}) == "option \"units\": \"ten\" is not a number that fits");
  CHECK(read({{"units", "-1"}}) == "option \"units\": \"-1\" is not a number that fits");
  CHECK(read({{"units", "10 "}}) == "option \"units\": \"10 \" is not a number that fits");
  CHECK(read({{"units", "99999999999999999999"}}) ==
        "option \"units\": \"99999999999999999999\" is not a number that fits");
  bool flag = false;
  CHECK_THROWS_AS(read_option("yes", flag), ValueError);
}
