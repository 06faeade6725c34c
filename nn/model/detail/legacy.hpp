#pragma once

// What xgrad 0.1 wrote, in the form of now.

#include <string>

#include <xgrad/nn/model/detail/walks.hpp>

namespace xgrad::inline XGRAD_PRECISION {

bool is_of_0_1(const SafeTensors& file);

/// The fields of the model, what compile() said, and where the training was, as options for a Reader of texts. The last
/// takes the model, once its fields are read, for the order of its parameters. Without what they are made of, null.
Json module_of_0_1(const SafeTensors& file);
Json compiled_of_0_1(const SafeTensors& file);
Json training_of_0_1(const SafeTensors& file, ModuleRef module);

/// A thing with a name and options as 0.1 wrote it, "relu", "l1_l2 0.01 0", "0.001" or
/// "CosineDecay(alpha=0; decay_steps=10)", as an object.
Json named_of_0_1(const std::string& text);

}  // namespace xgrad::inline XGRAD_PRECISION
