#include <nlohmann/json.hpp>
#include <xgrad/nn/model/detail/walks.hpp>
#include <xgrad/nn/model/sequential.hpp>

#include "fuzz.hpp"

// The fields of a model as a file of version 0.1 or of now has them (the first byte says which), with some weights.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return xgrad::fuzz(bytes, size, [](std::string_view text) {
    using namespace xgrad;
    static const Tensor kernel = zeros({4, 3}), three = zeros({3});
    static const std::vector<StoredTensor> tensors{stored("dense/kernel", kernel), stored("dense/bias", three),
                                                   stored("b/gamma", three),       stored("b/beta", three),
                                                   stored("b/moving_mean", three), stored("b/moving_variance", three)};
    if (text.empty()) return;
    try {
      const bool texts = text[0] == '0';
      Sequential model;
      Reader reader(tensors, "", Json::parse(text.substr(1)), {}, texts);
      model.fields(reader);
      Tape tape;
      model(tape.constant({1, 4}, 0), {.drawing = true});
    } catch (const nlohmann::json::exception&) {
    }
  });
}
