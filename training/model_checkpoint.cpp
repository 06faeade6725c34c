#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <system_error>

#include <xgrad/core/fields.hpp>
#include <xgrad/nn/model/model.hpp>
#include <xgrad/training/callbacks.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// A number by the part of printf's formats that the names of files need: "02d", ".4f".
std::string by_format(const std::string& spec, double value) {
  const std::string digits = "0123456789";
  const std::size_t point = std::min(spec.find_first_not_of(digits), spec.size());
  const bool has_point = point < spec.size() && spec[point] == '.';
  const std::size_t end = has_point ? std::min(spec.find_first_not_of(digits, point + 1), spec.size()) : point;
  const std::string width = spec.substr(0, point), places = has_point ? spec.substr(point + 1, end - point - 1) : "6";
  const char form = end == spec.size() ? 'g' : spec[end];
  require<ValueError>(end + 1 >= spec.size() && std::string("defg").find(form) != std::string::npos &&
                          width.size() < 3 && places.size() < 3 && !places.empty(),
                      "ModelCheckpoint: cannot format a number by \"", spec, "\"; it takes such as 02d or .4f");
  const bool whole = form == 'd' && std::abs(value) < 1e18;  // not NaN, infinity and what is as large
  std::string number = whole ? formatted(std::trunc(value) + 0.0, 'f', 0)
                             : formatted(value, form == 'd' ? 'g' : form, std::stoi(places));
  const std::size_t wanted = width.empty() ? 0 : std::stoul(width), size = number.size();
  if (size < wanted) number.insert(width[0] == '0' && number[0] == '-', wanted - size, width[0] == '0' ? '0' : ' ');
  return number;
}

// The pattern with the values of its names, "{epoch:02d}" and the like.
std::string filled_in(const std::string& pattern, const Logs& values) {
  std::string name;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = pattern.find('{', at), close = pattern.find('}', open);
    name += pattern.substr(at, open - at);
    if (open == std::string::npos) break;
    require<ValueError>(close != std::string::npos, "ModelCheckpoint: \"", pattern, "\" has a { without a }");
    const std::string inside = pattern.substr(open + 1, close - open - 1), key = inside.substr(0, inside.find(':'));
    const std::string spec = key.size() < inside.size() ? inside.substr(key.size() + 1) : "";
    const bool counts = key == "epoch" || key == "batch";
    name += by_format(counts && spec.empty() ? "d" : spec, values.at(key));
    at = close + 1;
  }
  return name;
}

}  // namespace

void ModelCheckpoint::fields(Fields& f) { f("best", watched.best)("batches_seen", batches_seen); }

void ModelCheckpoint::on_train_begin(Model& model) {
  require<ValueError>(!filepath.empty(), "ModelCheckpoint: the filepath is empty");
  watched.begin("ModelCheckpoint", model, monitor, mode);
  if (!watched.best) watched.best = initial_value_threshold;
}

void ModelCheckpoint::on_epoch_begin(Model&, std::size_t epoch) { epoch_now = epoch; }

void ModelCheckpoint::on_train_batch_end(Model& model, std::size_t batch, const Logs& logs) {
  if (save_freq == 0 || ++batches_seen < save_freq) return;
  batches_seen = 0;
  save(model, logs, batch);
}

void ModelCheckpoint::on_epoch_end(Model& model, std::size_t epoch, Logs& logs) {
  epoch_now = epoch;
  if (save_freq == 0) save(model, logs, std::nullopt);
}

void ModelCheckpoint::save(Model& model, const Logs& logs, std::optional<std::size_t> batch) {
  Logs values = logs;
  values["epoch"] = static_cast<double>(epoch_now + 1);
  if (batch) values["batch"] = static_cast<double>(*batch + 1);
  const std::string path = filled_in(filepath, values);
  if (save_best_only) {
    const std::optional<double> number = watched.look(logs);
    if (number ? !watched.better(*number, watched.best, 0) : watched.best.has_value()) return;
    watched.best = number;
  }
  std::error_code error;  // which the save, too, would meet and tell
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  save_weights_only ? model.save_weights(path) : model.save(path);
  if (verbose > 0) std::cout << text("\nEpoch ", epoch_now + 1, ": saving model to ", path) << std::endl;
}

}  // namespace xgrad::inline XGRAD_PRECISION
