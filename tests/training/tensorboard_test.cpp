#include <xgrad/training/tensorboard.hpp>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/detail/events.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

using Json = nlohmann::json;

const Json& recorded() {
  static const Json runs = Json::parse(std::ifstream(XGRAD_TEST_DATA "/tensorboard/events.json"));
  return runs;
}

std::string bytes_of(const Json& record) {
  const Bytes bytes = from_hex(record.at("bytes").get<std::string>());
  return {bytes.begin(), bytes.end()};
}

struct Scalar {
  std::string tag;
  std::size_t step;
  double value;
};

// What the records of a file say, after the first, the version.
std::vector<Scalar> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  std::vector<Scalar> scalars;
  for (std::size_t at = 0; at < all.size();) {
    const auto length = static_cast<unsigned char>(all[at]);  // of less than 256 bytes
    const std::string event = all.substr(at + 12, length);
    CHECK(all.substr(at, length + 16u) == detail::tf_record(event));
    at += length + 16u;
    if (event[9] == 0x1a) {
      CHECK(event.substr(11) == "brain.Event:2");
      continue;
    }
    const bool has_step = event[9] == 0x10;
    const std::size_t summary = has_step ? 11 : 9, value = event.find("\x22\x04") + 2;
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 4; ++k) bits |= std::uint32_t(static_cast<unsigned char>(event[value + k])) << (8 * k);
    const auto size = static_cast<std::size_t>(event[summary + 5]);
    scalars.push_back(
        {event.substr(summary + 6, size), has_step ? std::size_t(event[10]) : 0, std::bit_cast<float>(bits)});
  }
  return scalars;
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return last_write_time(a) < last_write_time(b); });
  return files;
}

// The training of record.py.
History fit(const TensorBoard& board, Optimizers optimizers = SGD{.learning_rate = 0.001}, FitOptions options = {}) {
  const Tensor x = column({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), y = 2 * x;
  Sequential model{Dense(1, linear, {.kernel_initializer = zeros})};
  model.compile(std::move(optimizers), "mse", {"mae"});
  options.batch_size = 2;
  options.epochs = 2;
  options.verbose = silent;
  options.callbacks = {board};
  options.validation_split = 0.2;
  options.shuffle = false;
  return model.fit(x, y, options);
}

// By names and steps, for Keras has the loss before other metrics.
void check_same(std::vector<Scalar> ours, const Json& expected) {
  std::vector<Scalar> theirs;
  for (const Json& record : expected)
    if (record.contains("tag"))
      theirs.push_back({record["tag"], record["step"].get<std::size_t>(), record["value"].get<double>()});
  for (auto* scalars : {&ours, &theirs})
    std::sort(scalars->begin(), scalars->end(),
              [](const Scalar& a, const Scalar& b) { return std::tie(a.tag, a.step) < std::tie(b.tag, b.step); });
  REQUIRE(ours.size() == theirs.size());
  for (std::size_t k = 0; k < ours.size(); ++k) {
    CAPTURE(theirs[k].tag);
    CHECK(ours[k].tag == theirs[k].tag);
    CHECK(ours[k].step == theirs[k].step);
    CHECK(ours[k].value == doctest::Approx(theirs[k].value).epsilon(1e-5));
  }
}

}  // namespace

TEST_CASE("events are TensorFlow's, byte for byte, with its checksums") {
  std::size_t count = 0;
  for (const auto& [freq, run] : recorded().items()) {
    if (freq == "made by") continue;
    for (const Json& part : run)
      for (const Json& record : part) {
        const std::string bytes = bytes_of(record);
        CHECK(detail::tf_record(bytes.substr(12, bytes.size() - 16)) == bytes);
        if (!record.contains("tag")) continue;
        CHECK(detail::tf_record(detail::scalar_event(record["wall_time"], record["step"],
                                                     record["tag"].get<std::string>(), record["value"].get<float>())) ==
              bytes);
        ++count;
      }
  }
  CHECK(count == 64);
  CHECK(detail::scalar_event(0, 300, "t", 1).find("\x10\xac\x02\x2a") == 9);  // a step of two bytes
}

TEST_CASE("TensorBoard writes Keras's names, steps and numbers") {
  for (const std::string freq : {"epoch", "batch", "2"}) {
    CAPTURE(freq);
    const Folder folder;
    const std::string logs = (folder.path / "deep" / "logs").string();
    fit({.log_dir = logs, .update_freq = freq == "2" ? UpdateFrequency(2) : UpdateFrequency(freq)});
    REQUIRE(files_in(logs).size() == 2);
    check_same(read(files_in(logs + "/train").at(0)), recorded()[freq]["train"]);
    // Keras leaves out an evaluation where the number of batches that validated is no multiple of update_freq
    if (freq != "2") check_same(read(files_in(logs + "/validation").at(0)), recorded()[freq]["validation"]);
    CHECK(files_in(logs + "/train")[0].filename().string().starts_with("events.out.tfevents."));
  }
}

TEST_CASE("a second fit writes a file of its own, and the first one stays") {
  const Folder folder;
  const TensorBoard board{.log_dir = folder.path.string()};
  fit(board);
  const std::filesystem::path first = files_in(folder.path / "train").at(0);
  const auto size = file_size(first);
  fit(board, "adam");
  const auto files = files_in(folder.path / "train");
  CHECK(files.size() == 2);
  CHECK(file_size(first) == size);
  CHECK(read(files[0]).size() == 6);
  CHECK(read(files[1]).size() == 6);
}

TEST_CASE("an epoch's numbers are in the file when it has ended") {
  const Folder folder;
  const TensorBoard board{.log_dir = folder.path.string()};
  std::vector<std::size_t> sizes;
  const LambdaCallback look{.on_epoch_end = [&](Model&, std::size_t, Logs&) {
    sizes.push_back(read(files_in(folder.path / "train").at(0)).size());
  }};
  const Tensor x = ones({4, 1});
  Sequential model{Dense(1)};
  model.compile("sgd", "mse");
  model.fit(x, x, {.epochs = 3, .verbose = silent, .callbacks = {board, look}});
  CHECK(sizes == std::vector<std::size_t>{2, 4, 6});
  CHECK_FALSE(exists(folder.path / "validation"));
}

TEST_CASE("TensorBoard writes speed if it is asked for, and the learning rate of every optimizer") {
  const Folder folder;
  fit({.log_dir = folder.path.string(), .write_steps_per_second = true, .update_freq = 4},
      {{"**/bias", SGD{}}, {"**/kernel", Adam{}}});
  std::vector<std::string> tags;
  for (const Scalar& scalar : read(files_in(folder.path / "train").at(0))) {
    tags.push_back(scalar.tag);
    if (scalar.tag.ends_with("per_second")) CHECK(scalar.value > 0);
  }
  tags.resize(tags.size() / 2);
  CHECK(tags == std::vector<std::string>{"batch_steps_per_second", "batch_loss", "batch_mae", "epoch_loss", "epoch_mae",
                                         "epoch_learning_rate_sgd", "epoch_learning_rate_adam",
                                         "epoch_steps_per_second"});
}

TEST_CASE("batches are not watched where only epochs are written") {
  CHECK(Callback(TensorBoard{}).on_train_batch_end == nullptr);
  CHECK(Callback(TensorBoard{.update_freq = 10}).on_train_batch_end != nullptr);
}

TEST_CASE("what TensorBoard cannot do is refused by name") {
  const Folder folder;
  folder.write("taken", Bytes{1});
  const std::string logs = (folder.path / "logs").string(), taken = (folder.path / "taken").string();
  CHECK(thrown_by<ValueError>([&] { fit({.log_dir = logs, .histogram_freq = 1}); }) ==
        "TensorBoard: histogram_freq is 1; it takes 0, for scalars only are written");
  const std::string it_takes = "; it takes \"epoch\", \"batch\" or a number of batches from 1";
  CHECK(thrown_by<ValueError>([] { TensorBoard{.update_freq = "step"}; }) ==
        "TensorBoard: update_freq is \"step\"" + it_takes);
  CHECK(thrown_by<ValueError>([] { TensorBoard{.update_freq = 0}; }) == "TensorBoard: update_freq is 0" + it_takes);
  CHECK(thrown_by<ValueError>([] { TensorBoard{.update_freq = -3}; }) == "TensorBoard: update_freq is -3" + it_takes);
  CHECK(thrown_by<DataError>([&] { fit({.log_dir = taken}); }).starts_with("TensorBoard: cannot write " + taken));
}
