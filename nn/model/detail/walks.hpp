#pragma once

// The walks that write fields to a file and read them from one.

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

using Json = nlohmann::ordered_json;

/// Gathers options as nested JSON and tensors by path. Tensors are referred to, not copied.
class Writer final : public Fields {
 public:
  /// `prefix` stands before the names of tensors.
  explicit Writer(std::string prefix = "") : Fields(writing), prefix_(std::move(prefix)) {}

  Json options = Json::object();
  std::vector<std::string> frozen;  ///< paths of parameters
  std::vector<StoredTensor> tensors;

 private:
  void parameter(const std::string& path, Parameter& p, bool is_learnt) override;
  void tensor(const std::string& path, Tensor& value) override;
  void option(const std::string& path, const Option& option, bool is_needed) override;

  std::string prefix_;
};

/// Gives fields what a file has. `own` are the layers that kinds are looked up in first.
class Reader final : public Fields, public LayerExamples {
 public:
  /// The tensors whose names begin with the prefix, and options. In files of version 0.1 these are texts: `texts` says
  /// so. The tensors and the layers outlive the reader.
  Reader(const std::vector<StoredTensor>& tensors, std::string prefix, Json options, const std::vector<Layer>& own,
         bool texts = false);

  const Layer* example(std::string_view kind) const override;

  /// Throws ValueError, with all differences, if a parameter or tensor was missing, or if the file has more than was
  /// asked for.
  void finish();
  void set_frozen(std::set<std::string> paths) { frozen_paths_ = std::move(paths); }

  bool is_finite = true;  ///< whether all parameters were

 private:
  void parameter(const std::string& path, Parameter& p, bool is_learnt) override;
  void tensor(const std::string& path, Tensor& value) override;
  void option(const std::string& path, const Option& option, bool is_needed) override;
  const StoredTensor* take(const std::string& path);
  void differ(std::string difference);

  std::string prefix_;
  Json options_;
  const std::vector<Layer>& own_;
  const bool texts_;
  std::map<std::string, const StoredTensor*> left_;  // tensors that nobody has asked for
  std::set<std::string> asked_, frozen_paths_;
  std::string differences_;
  std::size_t count_ = 0;
};

/// Puts the values of parameters in place once all have been found to fit: by path, into a module that is built.
void read_weights(const std::vector<StoredTensor>& tensors, ModuleRef module, const std::string& file_name);

/// Runs what reads a file. Whatever is wrong with it is then DataError, and names the file.
template <class Read>
auto reading_file(const std::string& path, Read read) {
  const auto fail = [&](const char* what) { return DataError(text(path, ": ", what)); };
  try {
    return read();
  } catch (const DataError&) {
    throw;
  } catch (const Json::exception& error) {
    throw fail(error.what());
  } catch (const Error& error) {
    throw fail(error.what());
  }
}

/// Whether parameters of a file can be numbers of this dtype: none loses digits that Real has.
bool is_exact(const std::string& dtype);

}  // namespace xgrad::inline XGRAD_PRECISION
