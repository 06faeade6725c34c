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

/// The walk that gathers the options of a module as nested JSON, and its tensors by path. Tensors are referred to, not
/// copied.
class Writer final : public Fields {
 public:
  /// `prefix` stands before the names of tensors.
  explicit Writer(std::string prefix = "") : Fields(writing), prefix_(std::move(prefix)) {}

  Json options = Json::object();
  std::vector<std::string> frozen;  ///< the paths of frozen parameters
  std::vector<StoredTensor> tensors;

 private:
  void parameter(const std::string& path, Parameter& p, bool is_learnt) override;
  void tensor(const std::string& path, Tensor& value) override;
  void option(const std::string& path, const Option& option, bool is_needed) override;

  std::string prefix_;
};

/// The walk that reads a file into the fields of a module.
class Reader final : public Fields, public LayerExamples {
 public:
  /// Reads from the tensors whose names begin with the prefix, and from options, which in files of 0.1 are `texts`.
  /// Kinds of layers are looked up in `own` first. The tensors outlive the reader.
  Reader(const std::vector<StoredTensor>& tensors, std::string prefix, Json options, std::vector<Layer> own,
         bool texts = false);

  const Layer* example(std::string_view kind) const override;

  /// Throws DataError, which lists the differences, if a parameter or tensor was missing or of another dtype, or if the
  /// file has more than was asked for.
  void finish();

  /// Says which parameters are frozen when they are read, by their paths.
  void set_frozen(std::set<std::string> paths) { frozen_paths_ = std::move(paths); }

  bool is_finite = true;  ///< whether all parameters that were read are finite

 private:
  void parameter(const std::string& path, Parameter& p, bool is_learnt) override;
  void tensor(const std::string& path, Tensor& value) override;
  void option(const std::string& path, const Option& option, bool is_needed) override;
  const StoredTensor* take(const std::string& path);
  void differ(const std::string& difference);

  std::string prefix_;
  Json options_;
  const std::vector<Layer> own_;
  const bool texts_;
  std::map<std::string, const StoredTensor*> left_;  // tensors that nobody has asked for
  std::set<std::string> asked_, frozen_paths_;
  std::string differences_;
  std::size_t count_ = 0;
};

/// Reads the values of parameters, by path, into a module that is built. Throws DataError, which lists what does not
/// fit, and then reads none.
void read_weights(const std::vector<StoredTensor>& tensors, ModuleRef module, const std::string& file_name);

/// Calls read(), which reads a file. Turns any error of it into DataError, which names the file.
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

/// Whether Real holds every number of this dtype, so that parameters of it can be read from a file without loss.
bool is_exact(const std::string& dtype);

}  // namespace xgrad::inline XGRAD_PRECISION
