#include <nlohmann/json.hpp>
#include <xgrad/nn/architecture.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return xgrad::fuzz(bytes, size, [](std::string_view text) {
    try {
      xgrad::model_of(std::string(text), {4}, {{"dense/bias", {3}}, {"dense/kernel", {4, 3}}, {"b/gamma", {3}}});
    } catch (const nlohmann::json::exception&) {
    }
  });
}
