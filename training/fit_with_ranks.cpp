#include <xgrad/training/detail/fit_state.hpp>
#include <xgrad/training/detail/ranks.hpp>

// What a Fit of several processes does that one of a single process does not: they agree on errors, add up their
// numbers, and follow rank 0's callbacks.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

Facts facts_of(Model& model, const BatchSource& data, const FitOptions& o) {
  Facts facts;
  if (const Samples* samples = data.samples()) {
    const Shape& y = samples->y().shape();
    facts.emplace_back("samples x of shape", text(samples->sample_shape()));
    facts.emplace_back("targets of shape", text(Shape(y.begin() + 1, y.end())));
    facts.emplace_back("weights of samples", samples->weights() || o.sample_weight ? "yes" : "no");
  } else {
    facts.emplace_back("a generator of batches", "");
  }
  facts.emplace_back("batch_size", text(o.batch_size));
  facts.emplace_back("epochs", text(o.epochs));
  facts.emplace_back("initial_epoch", text(o.initial_epoch));
  facts.emplace_back("steps_per_epoch", text(o.steps_per_epoch));
  facts.emplace_back("shuffle", text(o.shuffle));
  facts.emplace_back("workers", text(o.workers));
  for (const auto& [label, weight] : o.class_weight) facts.emplace_back(text("class_weight of ", label), text(weight));
  std::string epochs;  // that are validated
  for (std::size_t epoch = 1; epoch <= o.epochs && epoch <= 1000; ++epoch)
    epochs += o.validation_freq.includes(epoch) ? '1' : '0';
  facts.emplace_back("validation_freq of the epochs", epochs);
  SharedState::add_facts(model, facts);
  return facts;
}

void require_sums(const std::vector<Metric>& metrics) {
  for (const Metric& metric : metrics) {
    for (const auto& [name, make] : all_losses())
      require<ValueError>(name != metric.kind() || !make().is_of_batch(), "fit: the metric ", metric.name(),
                          " is one of the whole batch; it takes no communicator");
    require<ValueError>(metric.has_sums(), "fit: the metric ", metric.name(),
                        " has no sums(Sums&), by which ranks add it up; it takes no communicator");
  }
}

}  // namespace

void Fit::make_with_ranks(Model& model, const BatchSource& data, const FitOptions& options) {
  Communicator& ranks = *options.communicator;
  std::size_t all = 0;
  const Samples* const samples = data.samples();
  const std::string mine = samples ? bytes_of(std::vector{static_cast<double>(samples->size())}) : "";
  for (const std::string& its : ranks.gather("fit: samples", mine, true))
    if (!its.empty()) all += static_cast<std::size_t>(doubles_of(its).at(0));
  agree(ranks, "fit: model, data and options", [&] {
    make(model, data, options, all);
    const Model::Training& training = model.training();
    require_sums(training.metrics);
    require_sums(training.weighted_metrics);
    require<ValueError>(training.objective || !training.loss.counts_batch(), "fit: ", training.loss.name(),
                        " with its reduction, or ignore_class, counts over the whole batch; it takes no communicator");
  });
  require_same(ranks, facts_of(model, data, options));
  State& s = *state_;
  const bool first = ranks.rank() == 0;
  const auto said = [](bool yes) { return std::string(yes ? "1" : "0"); };
  const std::vector<std::string> its = unpacked(ranks.broadcast(
      "fit: rank 0's model",
      first ? packed({SharedState::of(model), said(s.watches_epochs), said(s.watches_begins), said(s.watches_ends)})
            : ""));
  agree(ranks, "fit: rank 0's model", [&] {
    if (!first) SharedState::give(model, its.at(0));
    s.watches_epochs = its.at(1) == "1";
    s.watches_begins = its.at(2) == "1";
    s.watches_ends = its.at(3) == "1";
  });
  s.run.find_parameters();
  s.validates = any("fit: validation", [&] { return s.validates; });
}

// Has rank 0 call its callbacks. What they throw, all throw; what they change is sent to all.
void Fit::lead(const char* where, const std::function<void()>& callbacks, Logs* logs) {
  State& s = *state_;
  Communicator* const ranks = s.ranks();
  if (ranks == nullptr || ranks->is_broken()) return callbacks();
  Model& model = s.model;
  std::string mine;
  if (ranks->rank() == 0) {
    std::exception_ptr error;
    std::string state;
    try {
      const std::uint64_t before = SharedState::fingerprint(model);
      callbacks();
      if (SharedState::fingerprint(model) != before) state = SharedState::of(model);
    } catch (...) {
      error = std::current_exception();
    }
    mine = packed({error_bytes(error), model.stop_training ? "1" : "0", logs ? bytes_of(*logs) : "", state});
  }
  const std::vector<std::string> its = unpacked(ranks->broadcast(where, mine));
  throw_first({its.at(0)});
  model.stop_training = its.at(1) == "1";
  if (logs) *logs = logs_of(its.at(2));
  if (its.at(3).empty()) return;
  agree(*ranks, where, [&] {
    if (ranks->rank() > 0) SharedState::give(model, its.at(3));
    s.run.find_parameters();
  });
}

// Whether f() is true on any rank. It depends on the rank for generators alone.
bool Fit::any(const char* where, const std::function<bool()>& f) const {
  Communicator* const ranks = state_->ranks();
  if (!ranks || (started_ && state_->plan.learnt->batch_samples_are_known())) return f();
  bool mine = false;
  std::exception_ptr error;
  try {
    mine = f();
  } catch (...) {
    error = std::current_exception();
  }
  bool result = false;
  std::vector<std::string> errors;
  for (const std::string& its : ranks->gather(where, packed({error_bytes(error), mine ? "1" : "0"}))) {
    const std::vector<std::string> parts = unpacked(its);
    errors.push_back(parts.at(0));
    result = result || parts.at(1) == "1";
  }
  throw_first(errors);
  return result;
}

bool Fit::learn_with_ranks() {
  State& s = *state_;
  Feed& feed = *s.plan.learnt;
  const auto numbers = feed.numbers();
  std::size_t all = feed.batch_samples();
  if (all == 0)
    for (const std::string& its : s.ranks()->gather("fit: samples of a batch", text(numbers.size())))
      all += std::stoull(its);
  bool wish = s.interrupt->interrupted();
  const bool finite = s.run.learn_with_ranks(feed.samples(), numbers, all, feed.all_weights(), wish);
  s.wish = wish;
  return finite;
}

// Validates on this rank's part.
void Fit::evaluate() {
  State& s = *state_;
  if (!s.ranks()) return s.run.evaluate(*s.plan.validation, nullptr);
  agree(*s.ranks(), "fit: validation",
        [&] { s.plan.validation ? s.run.evaluate(*s.plan.validation, nullptr) : s.run.begin(); });
}

// The numbers of all ranks. This rank's sums stay.
Logs Fit::merged(const std::string& prefix) {
  Run& run = state_->run;
  if (!state_->ranks()) return run.logs(prefix);
  const std::vector<double> mine = run.sums();
  std::vector<std::vector<double>> all;
  for (const std::string& its : state_->ranks()->gather("fit: loss and metrics", bytes_of(mine)))
    all.push_back(doubles_of(its));
  run.take_sums(all);
  const Logs logs = run.logs(prefix);
  run.take_sums({mine});
  return logs;
}

// Ranks take the same steps from the same weights, if nobody has changed them on one rank alone.
void Fit::require_same_weights() const {
  const std::vector<std::string> all =
      state_->ranks()->gather("fit: weights", text(SharedState::weights(state_->model)));
  for (std::size_t rank = 1; rank < all.size(); ++rank)
    require<ValueError>(all[rank] == all[0], "fit: after epoch ", epoch_ + 1, " rank ", rank,
                        " has other weights than rank 0; what changes them has to be done by callbacks, or on all "
                        "ranks, which are of one build and one kind of processor");
}

}  // namespace xgrad::inline XGRAD_PRECISION
