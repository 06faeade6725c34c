// Everything that has a name, against Keras: a row of keras/names.json for every name in a table of the library, a name
// for every row, and the numbers of the rows.

#include <fstream>
#include <set>

#include <xgrad/nn/losses/losses.hpp>
#include <xgrad/nn/metrics/metrics.hpp>
#include <xgrad/nn/parts/activation.hpp>
#include <xgrad/nn/parts/constraints.hpp>
#include <xgrad/nn/parts/initializers.hpp>
#include <xgrad/nn/parts/regularizers.hpp>

#include "optim/gradients.hpp"
#include "options.hpp"

using namespace xgrad;

namespace {

const Json& file() {
  static const Json all = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/names.json"));
  return all;
}
const Json& inputs() { return file().at("inputs"); }

Tensor tensor(const Json& numbers) {
  const bool is_matrix = numbers.at(0).is_array();
  Tensor x(is_matrix ? Shape{numbers.size(), numbers[0].size()} : Shape{numbers.size()});
  for (std::size_t i = 0; i < x.size(); ++i)
    x.data()[i] = (is_matrix ? numbers[i / x.shape(1)][i % x.shape(1)] : numbers[i]).get<Real>();
  return x;
}

/// Calls check(name, row) for every name of the table, which is `what` in messages and names.json.
template <class Table, class Check>
void each_row(const std::string& what, const Table& table, Check check) {
  const Json& rows = file().at(what);
  std::set<std::string> names;
  for (const std::string& name : names_of(table)) {
    CAPTURE(name);
    CHECK_MESSAGE(names.insert(name).second, what, ": ", name, " is in the library's table twice");
    CHECK_MESSAGE(rows.contains(name), what, ": ", name,
                  " has no row in names.json: add a line to tests/reference/keras/names.py, and run generate.py");
    if (rows.contains(name)) check(name, rows.at(name));
  }
  for (const auto& row : rows.items())
    CHECK_MESSAGE(names.contains(row.key()), what, ": ", row.key(),
                  " is not in the library's table, but in names.json, by tests/reference/keras/names.py");
}

/// Compares with a number that Keras computed in float. A tolerance is relative above 1.
void check_number(double actual, const Json& expected, double tolerance) {
  const double e = expected.get<double>();
  CHECK_MESSAGE(std::abs(actual - e) <= tolerance * std::fmax(1, std::abs(e)), actual, " where Keras has ", e);
}

/// The samples begin, ..., end - 1.
Tensor part(const Tensor& x, std::size_t begin, std::size_t end) {
  Shape shape = x.shape();
  const std::size_t width = x.size() / shape[0];
  shape[0] = end - begin;
  Tensor y(shape);
  std::copy_n(x.data() + begin * width, y.size(), y.data());
  return y;
}

}  // namespace

TEST_CASE("every activation is Keras's") {
  Tape tape;
  const Var x = tape.constant(tensor(inputs().at("x")));
  each_row("activations", activations(), [&](const std::string& name, const Json& row) {
    check_close(Activation(name)(x).value(), tensor(row.at("values")), 3e-7);
  });
}

TEST_CASE("every loss is Keras's") {
  each_row("losses", all_losses(), [&](const std::string& name, const Json& row) {
    for (const auto& result : row.at("results").items()) {
      CAPTURE(result.key());
      const Json& y = inputs().at("y").at(result.key());
      Tape tape;
      const Var y_true = tape.constant(tensor(y.at("y_true"))), y_pred = tape.constant(tensor(y.at("y_pred")));
      check_number(Loss(name)(y_true, y_pred).item(), result.value(), 3e-7);
    }
  });
}

TEST_CASE("every metric is Keras's, over batches") {
  const std::size_t batch = inputs().at("batch_size");
  each_row("metrics", all_metrics(), [&](const std::string& name, const Json& row) {
    for (const auto& result : row.at("results").items()) {
      CAPTURE(result.key());
      const Json& y = inputs().at("y").at(result.key());
      const Tensor y_true = tensor(y.at("y_true")), y_pred = tensor(y.at("y_pred"));
      const std::size_t samples = y_true.shape(0);
      Metric metric = name;
      CHECK(samples > batch);
      for (std::size_t begin = 0; begin < samples; begin += batch) {
        const std::size_t end = std::min(begin + batch, samples);
        metric.update(part(y_true, begin, end), part(y_pred, begin, end));
      }
      check_number(metric.result(), result.value(), 3e-7);
    }
  });
}

// Of 200,000 draws and of Keras's 1,000,000: a mean is known to 5 of its deviations, a variance to 2 % (5 deviations
// are 1.8 % of a normal distribution's), and a limit to a thousandth, within which many draws lie.
TEST_CASE("every initializer draws from Keras's distribution") {
  each_row("initializers", initializers(), [&](const std::string& name, const Json& row) {
    for (const Json& expected : row.at("draws")) {
      const Shape shape = expected.at("shape");
      CAPTURE(text(shape));
      const Initializer initializer(name);
      const double variance_of_keras = expected.at("variance");
      Rng rng(1);
      double n = 0, sum = 0, squares = 0, limit = 0;
      while (n < inputs().at("draws").get<double>() / 5) {
        const Tensor w = initializer(shape, rng);
        REQUIRE(w.shape() == shape);
        for (const double x : w) {
          sum += x;
          squares += x * x;
          limit = std::fmax(limit, std::abs(x));
        }
        n += static_cast<double>(w.size());
      }
      const double mean = sum / n, variance = squares / n - mean * mean;
      CAPTURE(mean);
      CAPTURE(variance);
      CAPTURE(limit);
      CHECK(std::abs(mean - expected.at("mean").get<double>()) <= 5 * std::sqrt(1.2 * variance_of_keras / n));
      CHECK(std::abs(variance - variance_of_keras) <= 0.02 * variance_of_keras);
      if (expected.contains("limit")) {
        const double limit_of_keras = expected.at("limit");
        CHECK(std::abs(limit - limit_of_keras) <= 1e-3 * limit_of_keras);
      } else {
        CHECK(limit > 3 * std::sqrt(variance));  // there is none
      }
    }
  });
}

TEST_CASE("every regularizer is Keras's") {
  Tape tape;
  const Var w = tape.constant(tensor(inputs().at("w")));
  each_row("regularizers", regularizers(), [&](const std::string& name, const Json& row) {
    check_number(Regularizer(name)(w).item(), row.at("value"), 1e-7);
  });
}

TEST_CASE("every constraint has Keras's values") {
  each_row("constraints", constraints(), [&](const std::string& name, const Json& row) {
    for (std::size_t k = 0; k < row.at("values").size(); ++k) {
      Tensor w = tensor(inputs().at("constrained").at(k));
      Constraint{name}(w);
      check_close(w, tensor(row.at("values").at(k)), 1e-6);
    }
  });
}

TEST_CASE("every schedule is Keras's, by options that are read and written") {
  each_row("schedules", schedules(), [&](const std::string& name, const Json& rows) {
    for (const Json& row : rows) {
      CAPTURE(row.at("keras"));
      Json options = row.at("options");
      options["name"] = name;
      LearningRate rate = 1, again = 1;
      set_options(rate, options);
      const Json& steps = inputs().at("steps");
      for (std::size_t k = 0; k < steps.size(); ++k)
        check_number(rate.at(steps[k]), row.at("learning_rates").at(k), 1e-8);

      const Json written = options_of(rate);
      for (const auto& option : options.items()) CHECK(written.at(option.key()) == option.value());
      set_options(again, written);
      CHECK(options_of(again) == written);
      for (std::int64_t step = 0; step < 120; ++step) CHECK(again.at(step) == rate.at(step));
    }
  });
}

TEST_CASE("every optimizer takes Keras's steps") {
  each_row("optimizers", optimizers(), [&](const std::string& name, const Json& row) {
    Optimizer optimizer(name);
    CHECK(optimizer.name() == name);
    check_number(optimizer.learning_rate(), row.at("default_learning_rate"), 1e-9);
    optimizer.set_learning_rate(row.at("learning_rate"));
    Parameter w("w", tensor(inputs().at("w0")));
    REQUIRE(row.at("values").size() == 5);
    for (std::size_t step = 0; step < 5; ++step) {
      CAPTURE(step);
      give_gradient(w, tensor(inputs().at("gradients").at(step)));
      optimizer.step({&w});
      check_close(w.value(), tensor(row.at("values")[step]), name.find("ada") < 2 ? 2e-6 : 3e-7);
    }
  });
}
