#pragma once

// The walks that write fields to a file and read them from one.

#include <functional>
#include <map>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <xgrad/data/file.hpp>
#include <xgrad/data/safetensors.hpp>
#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

using Json = nlohmann::json;

/// The JSON of a text from a file. Throws ValueError where it is nested more than 200 deep, for what walks over it
/// calls itself at each level.
Json parse_json(const std::string& text);

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

/// The tensors of a file by their paths, and what of them does not fit a module.
class FileTensors {
 public:
  using Takes = std::function<bool(std::string_view name)>;

  FileTensors() = default;

  /// Those tensors of a file whose names it takes, without the prefix, with which they all begin. The file outlives
  /// this.
  explicit FileTensors(
      const SafeTensorsFile& file, std::string prefix = "", const Takes& takes = [](auto) { return true; });

  /// Tensors in memory, by their paths. They outlive this.
  explicit FileTensors(const std::vector<std::pair<std::string, Tensor>>& tensors);

  std::size_t size() const { return left_.size(); }

  /// The tensor of a path, which nobody can take again. Nothing, and a difference, if there is none, or if it has not
  /// the shape. Throws DataError for numbers that Real does not hold: see to_tensor().
  std::optional<Tensor> take(const std::string& path, const Shape* shape = nullptr);

  /// Notes that the file differs from the module.
  void differ(std::string_view difference);

  /// Throws ValueError, which lists the first differences and counts the others, unless there are none and all tensors
  /// were taken.
  void finish();

 private:
  const SafeTensorsFile* file_ = nullptr;  // or
  const std::vector<std::pair<std::string, Tensor>>* memory_ = nullptr;
  std::string prefix_;
  std::map<std::string, std::size_t> left_;
  std::string differences_;
  std::size_t count_ = 0;
};

/// The walk that reads a file into the fields of a module.
class Reader final : public Fields, public LayerExamples {
 public:
  /// Reads from these tensors and options, which in files of 0.1 are `texts`. Kinds of layers are looked up in `own`
  /// first.
  Reader(FileTensors tensors, Json options, std::vector<Layer> own = {}, bool texts = false);

  const Layer* example(std::string_view kind) const override;

  /// Throws ValueError, which lists the first differences, if a parameter or tensor was missing, or if the file has
  /// more than was asked for.
  void finish();

  /// Says which parameters are frozen when they are read, by their paths.
  void set_frozen(std::set<std::string> paths) { frozen_paths_ = std::move(paths); }

  bool is_finite = true;  ///< whether all parameters that were read are finite

 private:
  void parameter(const std::string& path, Parameter& p, bool is_learnt) override;
  void tensor(const std::string& path, Tensor& value) override;
  void option(const std::string& path, const Option& option, bool is_needed) override;
  void name(const std::string& path) override;
  std::size_t most_entries() const override { return most_entries_; }

  FileTensors tensors_;
  Json options_;
  const std::vector<Layer> own_;
  const bool texts_;
  const std::size_t most_entries_;
  std::unordered_set<const Json*> asked_;
  std::set<std::string> frozen_paths_;
};

/// Reads the values of parameters, by path, for a module, whose parameters may have none yet. Changes nothing. Warns of
/// values that are not finite, unless the file's name is empty. Throws ValueError, which lists the first differences,
/// if one is missing, has another shape, or is too much.
std::vector<std::pair<Parameter*, Tensor>> read_weights(FileTensors tensors, ModuleRef module,
                                                        const std::string& file_name);

/// Warns, for a file that has weights which are NaN or infinite.
void warn_not_finite(const std::string& path);

/// Calls read(), which reads a file. Turns any exception of it into DataError, which names the file, in a message of
/// some length.
template <class Read>
auto reading_file(const std::string& path, Read read) {
  constexpr std::size_t most = 4000;  // bytes
  try {
    return read();
  } catch (const DataError& error) {
    throw DataError(cut(error.what(), path.size() + most));
  } catch (const std::bad_alloc&) {
    throw DataError(path + ": there is not enough memory to read it");
  } catch (const std::exception& error) {
    throw DataError(path + ": " + cut(error.what(), most));
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
