#pragma once

// Any module in one safetensors file: parameters and tensors under their paths, and options as one JSON object whose
// nesting is that of the fields.

#include <map>
#include <string>
#include <vector>

#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The version of what save() writes, under "xgrad.format" in the file's metadata. A file of a later one is refused.
constexpr int file_format = 2;

/// Writes the options, parameters and tensors of a module to a file, which replaces the old one whole or not at all. A
/// struct of one's own that names all that a training loop has (models, optimizers, a generator, counters) is saved so
/// in one call, and goes on bit for bit. Functions of one's own are not in the file: they stay as they are in the
/// module that it is loaded into. Throws ValueError for two fields of one path, DataError if the file cannot be
/// written.
void save(const std::string& path, ModuleRef module);

/// Reads such a file into a module of the same type; layers of one's own are made from the examples, and of those that
/// the program has put into a Layer. All, or nothing if DataError is thrown: for a damaged file and for every
/// difference between what the file has and what the module takes.
template <Module M>
void load(const std::string& path, M& module, const std::vector<Layer>& own_layers = {}) {
  M loaded = module;
  load_into(path, loaded, own_layers);
  module = std::move(loaded);
}
void load_into(const std::string& path, ModuleRef module, const std::vector<Layer>& own_layers = {});

/// The parameters alone, by their paths.
void save_weights(const std::string& path, ModuleRef module);

/// Reads the parameters alone into a module that is built. All, or nothing if DataError is thrown, which lists what
/// does not fit.
void load_weights(const std::string& path, ModuleRef module);

}  // namespace xgrad::inline XGRAD_PRECISION
