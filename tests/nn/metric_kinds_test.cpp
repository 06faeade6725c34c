#include <xgrad/nn/losses/losses.hpp>
#include <xgrad/nn/metrics/metrics.hpp>

#include "options.hpp"

using namespace xgrad;

namespace {

// A metric that somebody else writes, and that says nothing of its direction.
struct Largest {
  static constexpr const char* name = "largest";
  void update(const Tensor&, const Tensor& y_pred) {
    for (const Real p : y_pred) value = std::fmax(value, p);
  }
  double result() const { return value; }

  double value = 0;
};

struct LargestIsBest : Largest {
  static constexpr bool more_is_better = true;
};

}  // namespace

TEST_CASE("every metric of the library knows which way is better, and a function does not") {
  const std::vector<std::string> losses = names_of(all_losses());
  for (const std::string& name : names_of(all_metrics())) {
    CAPTURE(name);
    const std::string kind = Metric(name).kind();
    const bool is_count = name.ends_with("tives");  // more positives are neither better nor worse
    const bool is_error = kind == "root_mean_squared_error" ||
                          (kind != "cosine_similarity" && std::count(losses.begin(), losses.end(), kind) > 0);
    REQUIRE(Metric(name).more_is_better().has_value() == !is_count);
    if (!is_count) CHECK(*Metric(name).more_is_better() == !is_error);
  }
  CHECK(Metric("area", metrics::AUC{}).more_is_better() == true);
  CHECK(Metric("error2", metrics::MeanSquaredError{}).more_is_better() == false);
  CHECK_FALSE(Metric(Largest{}).more_is_better());
  CHECK(Metric(LargestIsBest{}).more_is_better() == true);
  CHECK_FALSE(Metric("mine", [](const Tensor&, const Tensor&) { return 0.0; }).more_is_better());
}
