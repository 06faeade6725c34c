#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/training/fit.hpp>

#include "fuzz.hpp"
#include "memory_file.hpp"

// A file of a model; its model, if it is one, predicts and takes a step. Without a checksum, which no mutation would
// leave right, every part of the file is tried.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return xgrad::fuzz(bytes, size, [](std::string_view file) {
    using namespace xgrad;
    Sequential model = Sequential::load(MemoryFile(file).path);
    if (element_count(model.input_shape()) > 10'000 || element_count(model.output_shape()) > 10'000) return;
    const Tensor x = filled(stacked(2, model.input_shape()), 0.5), y = model.predict(x, {.verbose = silent});
    try {
      model.optimizer();
    } catch (const Error&) {
      model.compile("adam", "mse");
    }
    model.fit(x, y, {.epochs = 1, .verbose = silent});
  });
}
