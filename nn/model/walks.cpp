#include <xgrad/nn/model/detail/walks.hpp>

#include <charconv>
#include <cmath>
#include <iostream>
#include <type_traits>
#include <utility>

#include <xgrad/nn/model/detail/legacy.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// The place of a path in nested objects, made if need be.
Json& place(Json& root, const std::string& path) {
  Json* at = &root;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    at = &(*at)[path.substr(begin, end - begin)];
    begin = end + 1;
  }
  return *at;
}

// The place of a path, or null. In files of 0.1 a text stands for a thing with a name: it is opened.
const Json* find_place(Json& root, const std::string& path, bool texts) {
  Json* at = &root;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (texts && at->is_string() && at != &root) *at = named_of_0_1(*at);
    if (!at->is_object()) return nullptr;
    const auto found = at->find(path.substr(begin, end - begin));
    if (found == at->end()) return nullptr;
    at = &*found;
    begin = end + 1;
  }
  return at;
}

// Numbers that JSON does not have are texts.
Json json_of(double x) { return std::isfinite(x) ? Json(x) : Json(std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf"); }
Json json_of(const std::optional<double>& x) { return x ? json_of(*x) : Json(nullptr); }
Json json_of(const Shape& x) { return std::vector<std::size_t>(x.begin(), x.end()); }
Json json_of(const auto& x) { return x; }

// From a file of version 0.1, where every value is a text: "true", "0.5", "none", "2,3".
Json json_of_text(const std::string& text, bool is_list, bool is_text) {
  if (is_list) {
    Json list = Json::array();
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      list.push_back(json_of_text(text.substr(begin, end - begin), false, is_text));
      begin = end + 1;
    }
    return list;
  }
  if (is_text) return text;
  if (text == "none") return nullptr;
  return Json::parse(text);
}

void read_json(const Json& json, double& x) {
  if (json == "nan" || json == "inf" || json == "-inf") {
    x = json == "nan" ? std::nan("") : json == "inf" ? HUGE_VAL : -HUGE_VAL;
    return;
  }
  require<ValueError>(json.is_number(), json.dump(), " is no number");
  x = json.get<double>();
}
void read_json(const Json& json, bool& x) {
  require<ValueError>(json.is_boolean(), json.dump(), " is neither true nor false");
  x = json.get<bool>();
}
template <std::integral T>
requires(!std::same_as<T, bool>) void read_json(const Json& json, T& x) {
  const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>())
                                              : json.is_number_integer() && std::in_range<T>(json.get<std::int64_t>());
  require<ValueError>(fits, json.dump(), " is no whole number that fits");
  x = json.get<T>();
}
void read_json(const Json& json, std::string& x) {
  require<ValueError>(json.is_string(), json.dump(), " is no text");
  x = json.get<std::string>();
}
void read_json(const Json& json, std::optional<double>& x) {
  x.reset();
  if (!json.is_null()) read_json(json, x.emplace());
}
template <class List>
requires requires(List list) { list.push_back(list[0]); }
void read_json(const Json& json, List& list) requires(!std::same_as<List, std::string>) {
  require<ValueError>(json.is_array(), json.dump(), " is no list");
  list.clear();
  for (const Json& entry : json) {
    typename List::value_type value{};
    read_json(entry, value);
    list.push_back(std::move(value));
  }
}

}  // namespace

void Writer::parameter(const std::string& path, Parameter& p, bool) {
  require<ValueError>(!p.is_empty(), "save: ", path, " has no value yet; build the model first");
  tensors.push_back(stored(prefix_ + path, p.value()));
  if (p.frozen) frozen.push_back(path);
}

void Writer::tensor(const std::string& path, Tensor& value) { tensors.push_back(stored(prefix_ + path, value)); }

void Writer::option(const std::string& path, const Option& option, bool) {
  place(options, path) = std::visit([](const auto* x) { return json_of(*x); }, option);
}

bool is_exact(const std::string& dtype) {
  return dtype == "F16" || dtype == "BF16" || dtype == "F32" || (dtype == "F64" && sizeof(Real) == 8);
}

Reader::Reader(const std::vector<StoredTensor>& tensors, std::string prefix, Json options, std::vector<Layer> own,
               bool texts)
    : Fields(reading), prefix_(std::move(prefix)), options_(std::move(options)), own_(std::move(own)), texts_(texts) {
  for (const StoredTensor& tensor : tensors)
    if (tensor.name.starts_with(prefix_)) left_[tensor.name.substr(prefix_.size())] = &tensor;
}

const Layer* Reader::example(std::string_view kind) const {
  for (const Layer& layer : own_)
    if (layer.kind() == kind) return &layer;
  return nullptr;
}

void Reader::differ(const std::string& difference) {
  constexpr std::size_t most = 20;  // of them in the message
  if (++count_ <= most) differences_ += (differences_.empty() ? "" : "; ") + difference;
}

const StoredTensor* Reader::take(const std::string& path) {
  const auto found = left_.find(path);
  if (found == left_.end()) {
    differ("missing " + prefix_ + path);
    return nullptr;
  }
  const StoredTensor* tensor = found->second;
  left_.erase(found);
  if (is_exact(tensor->dtype)) return tensor;
  differ(text(prefix_, path, " has dtype ", tensor->dtype, ", the model's F", 8 * sizeof(Real)));
  return nullptr;
}

void Reader::parameter(const std::string& path, Parameter& p, bool) {
  p.label = path;
  p.frozen = frozen_paths_.contains(path);
  const StoredTensor* tensor = take(path);
  if (tensor == nullptr) return;
  p.edit() = to_tensor(*tensor);
  for (const Real x : p.value()) is_finite = is_finite && std::isfinite(x);
}

void Reader::tensor(const std::string& path, Tensor& value) {
  if (const StoredTensor* tensor = take(path)) value = to_tensor(*tensor);
}

void Reader::option(const std::string& path, const Option& option, bool is_needed) {
  asked_.insert(path);
  const Json* json = find_place(options_, path, texts_);
  if (json == nullptr) {
    const std::size_t slash = path.rfind('/');
    const bool its_object_is_there =
        slash == path.npos || find_place(options_, path.substr(0, slash), texts_) != nullptr;
    require<ValueError>(!is_needed || !its_object_is_there, "there is no option ", path);
    return;
  }
  std::visit(
      [&]<class T>(T* x) {
        constexpr bool is_list = std::same_as<T, Shape> || std::same_as<T, std::vector<std::int64_t>> ||
                                 std::same_as<T, std::vector<std::size_t>> || std::same_as<T, std::vector<double>> ||
                                 std::same_as<T, std::vector<std::string>>;
        constexpr bool is_text = std::same_as<T, std::string> || std::same_as<T, std::vector<std::string>>;
        try {
          read_json(texts_ && json->is_string() ? json_of_text(*json, is_list, is_text) : *json, *x);
        } catch (const ValueError& error) {
          throw ValueError(text("option ", path, ": ", error.what()));
        }
      },
      option);
}

void Reader::finish() {
  for (const auto& [name, tensor] : left_) differ("unexpected " + prefix_ + name);
  const std::function<void(const Json&, const std::string&)> look = [&](const Json& json, const std::string& path) {
    if (asked_.contains(path)) return;
    if (!json.is_object()) return differ("unexpected option " + path);
    for (const auto& [key, value] : json.items()) look(value, path.empty() ? key : path + "/" + key);
  };
  look(options_, "");
  if (count_ > 20) differences_ += text("; and ", count_ - 20, " more");
  require<ValueError>(differences_.empty(), "it does not fit the model: ", differences_);
}

void read_weights(const std::vector<StoredTensor>& tensors, ModuleRef module, const std::string& file_name) {
  std::map<std::string, const StoredTensor*> left;
  for (const StoredTensor& tensor : tensors) left[tensor.name] = &tensor;
  std::string differences;
  std::size_t count = 0;
  const auto differ = [&](const std::string& difference) {
    if (++count <= 20) differences += (differences.empty() ? "" : "; ") + difference;
  };
  std::vector<std::pair<Parameter*, Tensor>> values;
  bool finite = true;
  each_parameter(module, [&](const std::string& path, Parameter& p) {
    const auto found = left.find(path);
    if (found == left.end()) return differ("missing " + path);
    const StoredTensor& stored = *found->second;
    if (!p.is_empty() && stored.shape != p.value().shape())
      differ(text(path, " has shape ", stored.shape, ", the model's ", p.value().shape()));
    else if (!is_exact(stored.dtype))
      differ(text(path, " has dtype ", stored.dtype, ", the model's F", 8 * sizeof(Real)));
    else
      for (const Real x : values.emplace_back(&p, to_tensor(stored)).second) finite = finite && std::isfinite(x);
    left.erase(found);
  });
  for (const auto& [name, tensor] : left) differ("unexpected " + name);
  if (count > 20) differences += text("; and ", count - 20, " more");
  require<DataError>(differences.empty(), file_name, " does not fit the model: ", differences);
  if (!finite) std::cerr << "xgrad: " << file_name << " holds weights that are NaN or infinite" << std::endl;
  for (auto& [p, value] : values) p->edit() = std::move(value);
}

}  // namespace xgrad::inline XGRAD_PRECISION
