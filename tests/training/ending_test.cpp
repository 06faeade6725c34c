#include <csignal>
#include <memory>
#include <stdexcept>

#include <xgrad/training/progress.hpp>

#include "data/files.hpp"
#include "training/scripted.hpp"

using namespace xgrad;

// How a training ends that something ends early.

namespace {

// Notes its calls, and throws in one of them.
struct Noting {
  std::string throws_in{}, calls{};
  void note(const std::string& call) {
    calls += call + ' ';
    if (throws_in == call) throw std::runtime_error("in " + call);
  }
  void on_train_begin(Model&) { note("train_begin"); }
  void on_epoch_begin(Model&, std::size_t) { note("epoch_begin"); }
  void on_train_batch_begin(Model&, std::size_t) { note("batch_begin"); }
  void on_train_batch_end(Model&, std::size_t, const Logs&) { note("batch_end"); }
  void on_epoch_end(Model&, std::size_t, Logs&) { note("epoch_end"); }
  void on_train_end(Model&) { note("train_end"); }
};

// Whether Ctrl-C ends the program, as it does by default.
bool ctrl_c_is_as_ever() {
  struct sigaction now {};
  sigaction(SIGINT, nullptr, &now);
  return now.sa_handler == SIG_DFL;
}

}  // namespace

TEST_CASE("wherever a callback throws, every one that has begun is told once that the training has ended") {
  for (const char* place : {"train_begin", "epoch_begin", "batch_begin", "batch_end", "epoch_end", "train_end"}) {
    CAPTURE(place);
    Noting first, thrower{.throws_in = place}, last;
    Sequential model = counting();
    CHECK(thrown_by<std::runtime_error>([&] {
            model.fit(x, y, epochs(1, {first, thrower, last}));
          }) == std::string("in ") + place);
    CHECK(first.calls.ends_with("train_end "));
    CHECK(first.calls.find("train_end") == first.calls.rfind("train_end"));
    const bool has_begun = place != std::string("train_begin");  // if not, it has nothing to end
    CHECK(thrower.calls.ends_with("train_end ") == has_begun);
    CHECK(last.calls.ends_with("train_end ") == has_begun);
    CHECK(model.fit(x, y, epochs(1, {last})).epoch.size() == 1);
  }
}

TEST_CASE("when the loss becomes NaN, EarlyStopping restores the best weights, and the model has its history") {
  Sequential model = counting();
  const LambdaCallback spoil{.on_epoch_begin = [](Model& m, std::size_t epoch) {
    if (epoch == 3) m.set_weights({Tensor(Shape{1, 1}, std::numeric_limits<Real>::infinity())});
  }};
  const EarlyStopping stopping{.patience = 9, .restore_best_weights = true};
  CHECK_THROWS_AS(model.history(), ValueError);
  const std::string error = thrown_by<ValueError>([&] {
    model.fit(x, y, epochs(9, {spoil, scripted({3, 1, 2}), stopping}));
  });
  CHECK(error.starts_with("fit: the loss is not finite in epoch 4, step 1"));
  CHECK(weight(model) == 1);
  CHECK(model.history().epoch == std::vector<std::size_t>{0, 1, 2});
  CHECK(model.history()["val_loss"] == std::vector<double>{3, 1, 2});
  const Sequential copy = model;
  model.fit(x, y, epochs(1, {scripted({7})}));
  CHECK(model.history()["val_loss"] == std::vector<double>{7});
  CHECK(copy.history().epoch.size() == 3);
}

TEST_CASE("of several errors at the end the first is thrown") {
  Noting one{.throws_in = "batch_end"}, two{.throws_in = "train_end"};
  CHECK(thrown_by<std::runtime_error>([&] { counting().fit(x, y, epochs(1, {two, one})); }) == "in batch_end");
}

TEST_CASE("a Fit that has ended, however that was, leaves Ctrl-C as it found it, and does not go on") {
  const auto before = std::signal(SIGINT, SIG_DFL);
  for (const char* place : {"batch_begin", ""}) {
    Noting thrower{.throws_in = place};
    Sequential model = counting();
    Fit fit(model, {x, y}, epochs(1, {thrower}));
    CHECK_FALSE(ctrl_c_is_as_ever());
    try {
      while (fit.next()) {
      }
    } catch (const std::runtime_error&) {
    }
    CHECK(ctrl_c_is_as_ever());
    CHECK_FALSE(fit.next());
  }
  {  // nor does one that Ctrl-C ended end the next
    Sequential model = counting(), other = counting();
    Fit fit(model, {x, y}, epochs(2, {}));
    std::raise(SIGINT);
    CHECK_FALSE(fit.next());
    CHECK(fit.history().interrupted);
    CHECK(other.fit(x, y, epochs(2, {})).epoch.size() == 2);
  }
  std::signal(SIGINT, before);
}

#if defined(__SSE__) || defined(__aarch64__)
TEST_CASE("callbacks, and a program between two batches, compute with denormals") {
  const auto has_denormals = [] {
    volatile Real smallest = std::numeric_limits<Real>::min();
    return Real(smallest / 2) > 0;
  };
  std::size_t calls = 0;
  const auto look = [&](Model&, std::size_t) {
    ++calls;
    CHECK(has_denormals());
  };
  Sequential model = counting();
  const LambdaCallback all{.on_train_begin = [&](Model& m) { look(m, 0); },
                           .on_train_end = [&](Model& m) { look(m, 0); },
                           .on_epoch_begin = look,
                           .on_epoch_end = [&](Model& m, std::size_t, Logs&) { look(m, 0); },
                           .on_train_batch_begin = look,
                           .on_train_batch_end = [&](Model& m, std::size_t, const Logs&) { look(m, 0); }};
  auto first = std::make_unique<Fit>(model, Samples(x, y), epochs(1, {all}));
  Sequential other = counting();
  auto second = std::make_unique<Fit>(other, Samples(x, y), epochs(1, {}));
  while (first->next() && second->next()) CHECK(has_denormals());
  first.reset();  // not in the order of a stack
  second.reset();
  CHECK(has_denormals());
  CHECK(calls == 6);
  model.evaluate(x, y, {.verbose = silent});
  CHECK(has_denormals());
}
#endif

TEST_CASE("an error does not stand on the line of a bar that is half drawn") {
  std::ostringstream out;
  {
    Progress progress(out, 200, Progress::live_bar);
    progress.update(50, [] { return Logs{{"loss", 2}}; });
  }
  CHECK(out.str().ends_with("loss: 2.0000\n"));
  const std::string drawn = out.str();
  {
    Progress progress(out, 200, Progress::live_bar);
    Progress finished(out, 1, Progress::plain);
  }
  CHECK(out.str() == drawn);
}
