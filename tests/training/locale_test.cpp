#include <clocale>
#include <locale>

#include "data/files.hpp"
#include "training/scripted.hpp"

using namespace xgrad;

// What is printed and written has a decimal point, and no groups of digits, whatever the program's locale.

namespace {

struct Commas : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

// A program that has set its locale: C's, if the system has one with commas, C++'s, and those of its streams.
struct CommaLocale {
  CommaLocale() {
    for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "de_DE", "fr_FR.UTF-8", "fr_FR.utf8"})
      if (std::setlocale(LC_ALL, name) != nullptr) break;
    const std::locale commas(std::locale::classic(), new Commas);
    before = std::locale::global(std::locale(std::locale::classic(), new Commas));
    cout = std::cout.imbue(commas);
    cerr = std::cerr.imbue(commas);
  }
  ~CommaLocale() {
    std::locale::global(before);
    std::setlocale(LC_ALL, "C");
    std::cout.imbue(cout);
    std::cerr.imbue(cerr);
  }
  std::locale before, cout, cerr;
};

}  // namespace

TEST_CASE("numbers are formatted as printf does in the C locale, under any") {
  const auto as_printf = [](const char* format, double x) {
    char buffer[400];
    std::snprintf(buffer, sizeof buffer, format, x);
    return std::string(buffer);
  };
  const std::vector<double> numbers{0, -0.0, 1, 0.5, 2.5, -1234567.891, 1e-7, 1e300, HUGE_VAL, -HUGE_VAL, std::nan("")};
  std::vector<std::string> expected;
  for (const double x : numbers)
    for (const char* format : {"%.4f", "%.4e", "%.0f", "%.6g"}) expected.push_back(as_printf(format, x));
  const CommaLocale comma;
  std::vector<std::string> actual;
  for (const double x : numbers)
    for (const auto& [form, places] : {std::pair('f', 4), std::pair('e', 4), std::pair('f', 0), std::pair('g', 6)})
      actual.push_back(formatted(x, form, places));
  CHECK(actual == expected);
}

TEST_CASE("fit, its callbacks and its files print the same under a locale with commas") {
  const Folder folder;
  const auto printed = [&] {
    Sequential model = counting();
    model.optimizer().set_learning_rate(0.125);
    const LambdaCallback script{.on_epoch_end = [](Model&, std::size_t, Logs& logs) { logs = {{"loss", 1234.5}}; }};
    const std::string path = folder.path / "m_{epoch}_{epoch:06d}_{loss:.3f}_{loss:9.1e}";
    std::string text = written_to(std::cout, [&] {
      model.fit(
          x, y,
          {.epochs = 1235,
           .verbose = line,
           .callbacks = {script, ModelCheckpoint{.filepath = path, .verbose = 1}, CSVLogger{folder.path / "log.csv"},
                         LearningRateScheduler{[](std::size_t, double rate) { return rate; }, 1},
                         ReduceLROnPlateau{.monitor = "loss", .patience = 1, .verbose = 1},
                         EarlyStopping{.monitor = "loss", .patience = 2, .verbose = 1, .restore_best_weights = true}},
           .initial_epoch = 1230});
      Sequential large{Input{{2000}}, Dense(1000)};
      large.summary();
      std::cout << Shape{1024, 3};
    });
    text += written_to(std::cerr, [&] {
      model.fit(x, column({0.5, 0.5, 0.5, 0.5}), {.verbose = silent});
      model.fit(x, y, epochs(1, {EarlyStopping{.monitor = "val_loss"}}));
    });
    for (std::size_t at; (at = text.find("/step")) != std::string::npos;) {  // the times differ
      const std::size_t from = text.rfind(" - ", text.rfind(" - ", at) - 1);
      text.erase(from, at + 5 - from);
    }
    std::string files;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path))
      files += entry.path().filename().string();
    return text + content(folder.path / "log.csv") + files;
  };
  const std::string expected = printed();
  CAPTURE(expected);
  CHECK(expected.find("m_1231_001231_1234.500_  1.2e+03") != std::string::npos);
  CHECK(expected.find("all targets are 0.5") != std::string::npos);
  CHECK(expected.find("(1024, 3)") != std::string::npos);
  const CommaLocale comma;
  CHECK(printed() == expected);
}
