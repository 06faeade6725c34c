#include <xgrad/nn/model/detail/walks.hpp>

#include <algorithm>
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
  return parse_json(text);
}

// Throws, unless the condition holds. The message is made only then, of the beginning of what may be long.
void check(bool condition, const Json& json, const char* what) {
  if (!condition) throw ValueError(cut(json.dump(), 100) + what);
}

void read_json(const Json& json, double& x) {
  if (json == "nan" || json == "inf" || json == "-inf") {
    x = json == "nan" ? std::nan("") : json == "inf" ? HUGE_VAL : -HUGE_VAL;
    return;
  }
  check(json.is_number(), json, " is no number");
  x = json.get<double>();
}
void read_json(const Json& json, bool& x) {
  check(json.is_boolean(), json, " is neither true nor false");
  x = json.get<bool>();
}
template <std::integral T>
requires(!std::same_as<T, bool>) void read_json(const Json& json, T& x) {
  const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>())
                                              : json.is_number_integer() && std::in_range<T>(json.get<std::int64_t>());
  check(fits, json, " is no whole number that fits");
  x = json.get<T>();
}
void read_json(const Json& json, std::string& x) {
  check(json.is_string(), json, " is no text");
  x = json.get<std::string>();
}
void read_json(const Json& json, std::optional<double>& x) {
  x.reset();
  if (!json.is_null()) read_json(json, x.emplace());
}
template <class List>
requires requires(List list) { list.push_back(list[0]); }
void read_json(const Json& json, List& list) requires(!std::same_as<List, std::string>) {
  check(json.is_array(), json, " is no list");
  list.clear();
  for (const Json& entry : json) {
    typename List::value_type value{};
    read_json(entry, value);
    list.push_back(std::move(value));
  }
}

// A list of numbers may be one number.
void read_json(const Json& json, std::vector<double>& list) {
  list.clear();
  if (!json.is_array()) return read_json(json, list.emplace_back());
  for (const Json& entry : json) read_json(entry, list.emplace_back());
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

Json parse_json(const std::string& text) {
  const auto check_depth = [](int depth, Json::parse_event_t, Json&) {
    require<ValueError>(depth <= 200, "it has JSON that is nested more than 200 deep");
    return true;
  };
  return Json::parse(text, check_depth);
}

FileTensors::FileTensors(const SafeTensorsFile& file, std::string prefix, const Takes& takes)
    : file_(&file), prefix_(std::move(prefix)) {
  for (std::size_t k = 0; k < file.tensors().size(); ++k) {
    const std::string& name = file.tensors()[k].name;
    if (takes(name)) left_[name.substr(prefix_.size())] = k;
  }
}

FileTensors::FileTensors(const std::vector<std::pair<std::string, Tensor>>& tensors) : memory_(&tensors) {
  for (std::size_t k = 0; k < tensors.size(); ++k) left_[tensors[k].first] = k;
}

void FileTensors::differ(std::string_view difference) {
  constexpr std::size_t most = 10;  // of them in the message
  if (++count_ <= most) differences_ += (differences_.empty() ? "" : "; ") + cut(difference, 200);
}

std::optional<Tensor> FileTensors::take(const std::string& path, const Shape* shape) {
  const auto found = left_.find(path);
  if (found == left_.end()) {
    differ("missing " + prefix_ + path);
    if (count_ > 1000) finish();  // enough: what is asked for takes memory, too
    return std::nullopt;
  }
  const std::size_t k = found->second;
  left_.erase(found);
  const Shape& stored = memory_ ? (*memory_)[k].second.shape() : file_->tensors()[k].shape;
  if (shape == nullptr || stored == *shape) return memory_ ? (*memory_)[k].second : file_->read(k);
  differ(text(prefix_, path, " has shape ", stored, ", the model's ", *shape));
  return std::nullopt;
}

void FileTensors::finish() {
  for (const auto& [path, k] : left_) differ("unexpected " + prefix_ + path);
  if (count_ > 10) differences_ += text("; and ", count_ - 10, " more");
  require<ValueError>(differences_.empty(), "it does not fit the model: ", differences_);
}

namespace {

std::size_t values_in(const Json& json) {
  std::size_t all = 1;
  if (json.is_structured())
    for (const Json& inner : json) all += values_in(inner);
  return all;
}

}  // namespace

// A list has no more entries than the file has things to fill them with, but for some that may need nothing.
Reader::Reader(FileTensors tensors, Json options, std::vector<Layer> own, bool texts)
    : Fields(reading),
      tensors_(std::move(tensors)),
      options_(std::move(options)),
      own_(std::move(own)),
      texts_(texts),
      most_entries_(std::min(Fields::most_entries(), 1000 + tensors_.size() + values_in(options_))) {}

// Paths are kept by parameters and by messages: a name must not be put before all that is below it at any length.
void Reader::name(const std::string& path) {
  require<ValueError>(path.size() <= 1000, "the path ", excerpt(path), " has ", path.size(),
                      " bytes; it takes up to 1,000");
}

const Layer* Reader::example(std::string_view kind) const {
  for (const Layer& layer : own_)
    if (layer.kind() == kind) return &layer;
  return nullptr;
}

void Reader::parameter(const std::string& path, Parameter& p, bool) {
  p.label = path;
  p.frozen = frozen_paths_.contains(path);
  std::optional<Tensor> value = tensors_.take(path);
  if (!value) return;
  p.edit() = std::move(*value);
  for (const Real x : p.value()) is_finite = is_finite && std::isfinite(x);
}

void Reader::tensor(const std::string& path, Tensor& value) {
  if (std::optional<Tensor> stored = tensors_.take(path)) value = std::move(*stored);
}

void Reader::option(const std::string& path, const Option& option, bool is_needed) {
  const Json* json = find_place(options_, path, texts_);
  if (json == nullptr) {
    const std::size_t slash = path.rfind('/');
    const bool its_object_is_there =
        slash == path.npos || find_place(options_, path.substr(0, slash), texts_) != nullptr;
    require<ValueError>(!is_needed || !its_object_is_there, "there is no option ", path);
    return;
  }
  asked_.insert(json);
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
  const std::function<void(const Json&, const std::string&)> look = [&](const Json& json, const std::string& path) {
    if (asked_.contains(&json)) return;
    if (!json.is_object()) return tensors_.differ("unexpected option " + path);
    for (const auto& [key, value] : json.items())
      look(value, path.empty() ? key : path.size() > 200 ? path : path + "/" + key);
  };
  look(options_, "");
  tensors_.finish();
}

std::vector<std::pair<Parameter*, Tensor>> read_weights(FileTensors tensors, ModuleRef module,
                                                        const std::string& file_name) {
  std::vector<std::pair<Parameter*, Tensor>> values;
  each_parameter(module, [&](const std::string& path, Parameter& p) {
    std::optional<Tensor> value = tensors.take(path, p.is_empty() ? nullptr : &p.value().shape());
    if (value) values.emplace_back(&p, std::move(*value));
  });
  tensors.finish();
  const auto is_finite = [](const auto& one) {
    return std::all_of(one.second.begin(), one.second.end(), [](Real x) { return std::isfinite(x); });
  };
  if (!file_name.empty() && !std::all_of(values.begin(), values.end(), is_finite)) warn_not_finite(file_name);
  return values;
}

void warn_not_finite(const std::string& path) {
  std::cerr << "xgrad: " << path << " holds weights that are NaN or infinite" << std::endl;
}

}  // namespace xgrad::inline XGRAD_PRECISION
