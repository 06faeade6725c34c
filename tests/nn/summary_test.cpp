#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/batch_normalization.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>

#include <sstream>

#include "support.hpp"

using namespace xgrad;

namespace {

std::string summary(Sequential& model) {
  std::ostringstream out;
  model.summary(out);
  return out.str();
}

}  // namespace

TEST_CASE("the summary is Keras's table") {
  Sequential model{Input{{784}}, Dense(10, relu), Dense(10, relu), Dense(10, softmax)};
  const std::string kilobytes = sizeof(Real) == 4 ? "31.52" : "63.05";
  CHECK(summary(model) ==
        "Model: \"sequential\"\n"
        "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓\n"
        "┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃\n"
        "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩\n"
        "│ dense (Dense)                   │ (None, 10)             │         7,850 │\n"
        "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
        "│ dense_1 (Dense)                 │ (None, 10)             │           110 │\n"
        "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
        "│ dense_2 (Dense)                 │ (None, 10)             │           110 │\n"
        "└─────────────────────────────────┴────────────────────────┴───────────────┘\n"
        " Total params: 8,070 (" +
            kilobytes +
            " KB)\n"
            " Trainable params: 8,070 (" +
            kilobytes +
            " KB)\n"
            " Non-trainable params: 0 (0.00 B)\n");
}

TEST_CASE("what is not learnt is counted as such") {
  Sequential model{Dense(4), BatchNormalization()};
  model.build({3});
  const std::string table = summary(model);
  CHECK(table.find("│ batch_normalization             │ (None, 4)") == std::string::npos);  // with its type it is wider
  CHECK(table.find("│ batch_normalization (BatchNormalization) │ (None, 4)") != std::string::npos);
  CHECK(table.find(" Total params: 32 (") != std::string::npos);
  CHECK(table.find(" Non-trainable params: 8 (") != std::string::npos);
  model.layer("dense").trainable = false;
  CHECK(summary(model).find(" Trainable params: 8 (") != std::string::npos);
}

TEST_CASE("a model that is not built yet says so") {
  Sequential model{Dense(1'000'000)};
  CHECK(summary(model).find("│ dense (Dense)                   │ ?                      │   0 (unbuilt) │") !=
        std::string::npos);
}
