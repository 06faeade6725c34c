#include <xgrad/teach/tape_page.hpp>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <xgrad/data/file.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/teach/detail/page.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using Json = nlohmann::ordered_json;

// JSON has no NaN and no infinity; the page reads Number("Infinity") back.
Json number(double x) {
  if (std::isfinite(x)) return x;
  return std::isnan(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity";
}

std::string base64(std::span<const unsigned char> bytes) {
  constexpr const char* digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    unsigned three = 0;
    for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (k < left ? bytes[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k) result += k <= left ? digits[three >> (18 - 6 * k) & 63] : '=';
  }
  return result;
}

// The numbers of a type, the least significant byte first, as browsers' typed arrays have them on all common machines.
template <class T>
std::string base64_of(const std::vector<T>& numbers) {
  return base64({reinterpret_cast<const unsigned char*>(numbers.data()), numbers.size() * sizeof(T)});
}

Json tensor(const Tensor& x, std::size_t max_elements) {
  double least = NAN, greatest = NAN, sum = 0, squares = 0, largest = 0;
  std::size_t nans = 0, infinities = 0;
  for (const double a : x) {
    nans += std::isnan(a), infinities += std::isinf(a);
    least = std::fmin(least, a), greatest = std::fmax(greatest, a);
    sum += a, squares += a * a;
    if (std::isfinite(a)) largest = std::max(largest, std::abs(a));
  }
  Json json{{"shape", x.shape()},
            {"min", number(least)},
            {"max", number(greatest)},
            {"mean", number(sum / static_cast<double>(x.size()))},
            {"norm", number(std::sqrt(squares))},
            {"nan", nans},
            {"inf", infinities}};
  if (x.size() <= max_elements) {
    json[sizeof(Real) == 4 ? "f4" : "f8"] = base64_of(std::vector<Real>(x.begin(), x.end()));
    return json;
  }
  constexpr double steps = 127;  // -128 stands for NaN
  const double scale = largest > 0 ? largest / steps : 1;
  std::vector<signed char> small;
  small.reserve(x.size());
  for (const double a : x)
    small.push_back(
        static_cast<signed char>(std::isnan(a) ? -128.0 : std::round(std::clamp(a / scale, -steps, steps))));
  json["scale"] = scale;
  json["i1"] = base64_of(small);
  return json;
}

// The lines that the program wrote, down to y.
Json json_of_lines(const Tape& tape, Var y, const TapePageOptions& options) {
  Json lines = Json::array();
  for (std::uint32_t line = 0; line <= y.line(); ++line) {
    const Tape::Record& record = tape[line];
    const auto given = options.names.find(line);
    const bool named = given != options.names.end(), is_parameter = record.parameter != nullptr;
    Json json{{"name", named          ? given->second
                       : is_parameter ? record.parameter->label
                                      : ""},
              {"shape", record.value->shape()},
              {"inputs", Json::array()}};
    if (record.op == nullptr) {
      json["kind"] = is_parameter ? "parameter" : record.active ? "variable" : "constant";
    } else {
      json["op"] = record.op->name, json["rule"] = record.op->rule;
      if (record.op->attributes != nullptr) json["with"] = record.op->attributes(record.with);
      for (std::size_t k = 0; k < record.op->forward.arity(); ++k) json["inputs"].push_back(record.inputs[k]);
    }
    lines.push_back(std::move(json));
  }
  return lines;
}

Json steps_of(const std::vector<TraceStep>& steps) {
  Json json = Json::array();
  for (const TraceStep& step : steps) {
    Json terms = Json::array();
    for (const TraceTerm& t : step.terms)
      terms.push_back({{"input", t.input},
                       {"to", t.to},
                       {"value", t.value},
                       {"adjoint", t.adjoint},
                       {"number", t.number},
                       {"of", t.of}});
    json.push_back({{"line", step.line}, {"adjoint", step.adjoint}, {"terms", std::move(terms)}});
  }
  return json;
}

// Every tensor once, by its line: a term that is the only one of its adjoint is the same line.
Json tensors_of(const Tape& tape, Var y, const std::vector<TraceStep>& steps, std::size_t max_elements) {
  Json json = Json::object();
  const auto add = [&](std::uint32_t line) {
    Json& place = json[std::to_string(line)];
    if (place.is_null()) place = tensor(*tape[line].value, max_elements);
  };
  for (std::uint32_t line = 0; line <= y.line(); ++line) add(line);
  for (const TraceStep& step : steps) {
    add(step.adjoint);
    for (const TraceTerm& term : step.terms) add(term.value), add(term.adjoint);
  }
  return json;
}

Json history_of(const History& history) {
  Json json = Json::object();
  for (std::size_t row = 0; row < history.logs.size(); ++row)
    for (const auto& [name, value] : history.logs[row]) {
      while (json[name].size() < row) json[name].push_back("NaN");
      json[name].push_back(number(value));
    }
  return json;
}

Json frames_of(const std::vector<TapeFrame>& frames) {
  Json json = Json::array();
  for (const TapeFrame& frame : frames) json.push_back({{"step", frame.step}, {"tensor", tensor(frame.tensor, 0)}});
  return json;
}

// The Dense layers, if the model has no others that compute in inference, and takes 28 by 28 pixels. A weight that is
// on the tape is given by its line, so that it is not written twice.
std::optional<Json> layers_of(Sequential& model, Var y, std::size_t max_elements) {
  const Tape& tape = y.tape();
  const auto weight = [&](const Parameter& parameter) {
    for (std::uint32_t line = 0; line <= y.line(); ++line)
      if (tape[line].parameter == &parameter) return Json(line);
    return tensor(parameter.value(), max_elements);
  };
  constexpr std::size_t pixels = 784;
  const std::vector<std::string> known{"linear", "relu", "sigmoid", "tanh", "softmax"};
  Json json = Json::array();
  for (Layer& layer : model.layers()) {
    if (layer.as<Dropout>() != nullptr || layer.as<Input>() != nullptr) continue;
    const Dense* const dense = layer.as<Dense>();
    if (dense == nullptr || std::count(known.begin(), known.end(), dense->activation.name()) == 0) return {};
    if (json.empty() && dense->kernel.value().shape(0) != pixels) return {};
    json.push_back({{"activation", dense->activation.name()}, {"kernel", weight(dense->kernel)}});
    if (dense->options.use_bias) json.back()["bias"] = weight(dense->bias);
  }
  return json;
}

Json data_of(Var y, const TapePageOptions& options) {
  const std::vector<TraceStep> steps = trace(y);
  const Tape& tape = y.tape();
  Json data{{"title", options.title},
            {"rows", options.rows},
            {"lines", json_of_lines(tape, y, options)},
            {"steps", steps_of(steps)},
            {"tensors", tensors_of(tape, y, steps, options.max_elements)}};
  if (options.history != nullptr) data["history"] = history_of(*options.history);
  if (!options.frames.empty()) data["frames"] = frames_of(options.frames);
  if (!options.decision_frames.empty()) data["decision_frames"] = frames_of(options.decision_frames);
  for (const auto& [name, norms] : options.gradient_norms)
    for (const double norm : norms) data["gradient_norms"][name].push_back(number(norm));
  if (options.model != nullptr)
    if (std::optional<Json> layers = layers_of(*options.model, y, options.max_elements)) data["model"] = *layers;
  return data;
}

}  // namespace

void write_tape_html(const std::string& path, Var y, const TapePageOptions& options) {
  require(y.value().size() == 1, "write_tape_html: y has the shape ", y.shape(), "; it takes one element");
  require<ValueError>(options.rows > 0, "write_tape_html: 0 rows; it takes at least 1");
  write_file(path, page("tape.html", data_of(y, options).dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace xgrad::inline XGRAD_PRECISION
