#pragma once

// Any module in one safetensors file: parameters and tensors under their paths, and options as one JSON object whose
// nesting is that of the fields.

#include <concepts>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The version of the files that save() writes, under "xgrad.format" in their metadata. A file of a later version is
/// refused.
constexpr int file_format = 2;

/// Writes the options, parameters and tensors of a module to a file, which replaces an old one whole or not at all. A
/// struct whose fields are all that a training loop has (models, optimizers, a generator, counters) is saved in one
/// call, and goes on bit for bit. The file cannot hold functions of the user's own: the module that it is read into has
/// to have them. Throws ValueError for two fields of one path and for a parameter without a value; DataError if the
/// file cannot be written.
void save(const std::string& path, ModuleRef module);

namespace detail {

// Reads a file into a module in place, which is half read if this throws.
void load_into(const std::string& path, ModuleRef module, const std::vector<Layer>& own_layers);

}  // namespace detail

/// Reads a file that save(path, module) wrote into a module of the same type. Layers of the user's own are made from
/// the examples, or found among those that the program has put into a Layer. Throws DataError for a damaged file and
/// for any difference between what the file has and what the module takes; the module then stays as it was. For that, a
/// copy is read, which takes its place at the end: the module has what it shows by value or in a std::shared_ptr field,
/// not behind a pointer or reference of its own.
template <Module M>
void load(const std::string& path, M& module, const std::vector<Layer>& own_layers = {}) {
  static_assert(std::copyable<M>,
                "load() reads into a copy of the module first, so that an error leaves it as it was: "
                "it takes a struct that can be copied, without references");
  M loaded = module;
  detail::load_into(path, loaded, own_layers);
  module = std::move(loaded);
}

/// Writes the parameters of a module alone, by their paths. Throws ValueError for a parameter without a value;
/// DataError if the file cannot be written.
void save_weights(const std::string& path, ModuleRef module);

/// Reads the parameters alone, by their paths, into a module that is built. Throws DataError, which lists what does not
/// fit, and then reads none.
void load_weights(const std::string& path, ModuleRef module);

}  // namespace xgrad::inline XGRAD_PRECISION
