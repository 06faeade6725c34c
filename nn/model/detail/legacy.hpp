#pragma once

// What xgrad 0.1 wrote, in the form of now.

#include <string>

#include <xgrad/nn/model/detail/walks.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Whether a file was written by xgrad 0.1.
bool is_of_0_1(const SafeTensorsFile& file);

/// The fields of the model in a file of 0.1, as options for a Reader of texts.
Json module_of_0_1(const SafeTensorsFile& file);

/// What compile() said of the model in a file of 0.1, as options for a Reader of texts; null if the file does not say.
Json compiled_of_0_1(const SafeTensorsFile& file);

/// Where the training was in a file of 0.1, as options for a Reader of texts. The module, whose fields are read, gives
/// the order of its parameters.
Json training_of_0_1(const SafeTensorsFile& file, ModuleRef module);

/// The object of a text in which 0.1 wrote a name and options, such as "relu", "l1_l2 0.01 0", "0.001" or
/// "CosineDecay(alpha=0; decay_steps=10)".
Json named_of_0_1(const std::string& text);

}  // namespace xgrad::inline XGRAD_PRECISION
