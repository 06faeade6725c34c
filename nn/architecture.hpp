#pragma once

// The layers of a model as text, for a file, and back.

#include <map>
#include <string>
#include <vector>

#include <xgrad/nn/sequential.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Kind, name and options of every layer, as JSON. Throws ValueError naming a layer that holds a function of the user's
/// own.
std::string architecture_text(std::vector<Layer>& layers);

/// The model of such a text, built for inputs of this shape, its weights anything. Layers are copies of the one of
/// their kind among the library's and the user's own, with the options of the text. `weights` are the shapes by name
/// that the file has: a text that promises others is refused before memory is given for them. Throws Error, or whatever
/// the JSON library throws.
Sequential model_of(const std::string& architecture, const Shape& input, const std::map<std::string, Shape>& weights,
                    const std::vector<Layer>& own_layers = {});

}  // namespace xgrad::inline XGRAD_PRECISION
