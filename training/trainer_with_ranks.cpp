#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <xgrad/autograd/sweep.hpp>
#include <xgrad/core/detail/workers.hpp>
#include <xgrad/core/kernels/denormals.hpp>
#include <xgrad/training/detail/ranks.hpp>
#include <xgrad/training/detail/reduction.hpp>
#include <xgrad/training/trainer.hpp>

// Steps that several processes take together. Each records its part of the batch. While the sweep goes up the tape, the
// gradients below it are summed over the ranks. Then all take the same step.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

enum Flag : std::size_t { failed, not_finite, wished, flags };

}  // namespace

double Trainer::step(Rng& rng, const Objective& objective, std::size_t samples) {
  require<ValueError>(reduction_ != nullptr, "Trainer: a number of samples is for several processes; make the trainer ",
                      "with a communicator");
  Communicator& ranks = reduction_->communicator();
  const FlushDenormals flush;
  const bool first = !drawn_;
  agree(ranks, "Trainer: before the step", [&] {
    require_there();
    if (first) draw(rng, objective);
    require_there();
  });
  if (first) {
    const std::string state = ranks.rank() == 0 ? SharedState::of(module_, *optimizers_) : "";
    const std::string its = ranks.broadcast("Trainer: rank 0's weights", state);
    agree(ranks, "Trainer: rank 0's weights", [&] {
      if (ranks.rank() > 0) SharedState::give(module_, *optimizers_, its);
    });
  }
  double all = 0;
  const std::string mine = bytes_of(std::vector{static_cast<double>(samples)});
  for (const std::string& its : ranks.gather("Trainer: samples", mine)) all += doubles_of(its).at(0);
  require<ValueError>(all > 0, "Trainer: no rank has a sample");
  const auto record_part = [&](std::size_t, std::size_t, Part& part) {
    part.share = static_cast<double>(samples) / all;
    if (samples > 0) record(part, {.training = true, .rng = &rng}, objective);
  };
  bool wish = false;
  const bool finite = learn_with_ranks(
      std::ref(record_part), [] {}, wish);
  if (!finite)
    throw ValueError(text("Trainer: the loss is not finite", where_not_finite(), "; try a smaller learning rate"));
  double loss = 0;
  const double its_loss = samples > 0 ? parts_[0].share * parts_[0].loss.item() : 0;
  for (const std::string& its : ranks.gather("Trainer: losses", bytes_of(std::vector{its_loss})))
    loss += doubles_of(its).at(0);
  return loss;
}

// The numbers of the parameters as the sweep over the first part that has samples finishes them: those that were
// watched last come first. Nothing without samples.
std::vector<std::uint32_t> Trainer::sweep_order() const {
  const auto part = std::find_if(parts_.begin(), parts_.end(), [](const Part& p) { return !p.watched.empty(); });
  if (part == parts_.end()) return {};
  std::vector<std::uint32_t> order(parameters_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return part->watched[a].line() > part->watched[b].line(); });
  return order;
}

// The sweep comes to lines from below. What it has handed to a parameter is complete when no line is left between the
// one that it has done and the parameter's, for only lines below read that.
void Trainer::sweep_and_give(Part& part) {
  Reduction& reduction = *reduction_;
  Communicator& ranks = reduction.communicator();
  const auto share = static_cast<Real>(part.share);
  Sweep sweep(part.loss, part.tape.constant(part.loss.shape(), 1));
  const auto give = [&](std::uint32_t line) {
    const bool used = line < part.recorded && sweep.reached(line);
    if (used) part.gradients.push_back(sweep.gradient(line));
    reduction.give(used ? &part.gradients.back().value() : nullptr, share);
  };
  const auto next_line = [&] { return part.watched[reduction.order()[reduction.at()]].line(); };
  do {
    while (!reduction.is_done() && (next_line() >= part.recorded || next_line() + 1 >= sweep.line())) give(next_line());
    ranks.advance();
  } while (sweep.next());
  while (!reduction.is_done()) give(next_line());
}

// The sums of the workers' gradients, a bucket's parameter at a time, which is on its way while the next one is added.
void Trainer::add_and_give() {
  Reduction& reduction = *reduction_;
  while (!reduction.is_done()) {
    const std::uint32_t k = reduction.order()[reduction.at()];
    const std::size_t size = parameters_[k]->value().size();
    Real* const sum = reduction.next();
    const auto uses_it = [&](const Part& s) { return !s.gradients.empty() && s.watched[k].line() < s.recorded; };
    const auto add = [&](std::size_t part, std::size_t parts) {
      const std::size_t first = begin_of(part, parts, size), last = begin_of(part + 1, parts, size);
      add_part_of(k, sum, first, last);
    };
    workers_->run(std::ref(add));
    reduction.give_written(std::any_of(parts_.begin(), parts_.end(), uses_it));
    reduction.communicator().advance();
  }
}

// As learn_together(), of all ranks. then() is called when this rank's sweep is done, while the sums are on their way.
// `wish` becomes whether a rank has it. What a rank throws, all throw. After a loss that is not finite on one, all
// return false.
bool Trainer::learn_with_ranks(const std::function<void(std::size_t, std::size_t, Part&)>& record_part,
                               const std::function<void()>& then, bool& wish) {
  Reduction& reduction = *reduction_;
  Communicator& ranks = reduction.communicator();
  std::exception_ptr error;
  const auto attempt = [&](const auto& f) {
    if (error) return;
    try {
      f();
    } catch (...) {
      error = std::current_exception();
    }
  };
  attempt([&] {
    workers_->run([&](std::size_t worker, std::size_t workers) {
      Part& part = parts_[worker];
      part.gradients.clear();
      part.watched.clear();
      record_part(worker, workers, part);
      if (part.share == 0) return;
      require<ValueError>(!has_changed(part), "fit: parameters were frozen or unfrozen within an epoch");
      for (Parameter* p : parameters_) part.watched.push_back(part.tape.watch(*p));
    });
  });
  if (!reduction.fits(parameters_))
    reduction.lay_out(parameters_, error ? std::vector<std::uint32_t>() : sweep_order());
  reduction.begin();
  const bool finite = error || std::all_of(parts_.begin(), parts_.end(), is_finite);
  if (finite && parameters_.size() > 0)
    attempt([&] {
      if (workers_->size() == 1) {
        if (parts_[0].share > 0) sweep_and_give(parts_[0]);
      } else {
        workers_->run([&](std::size_t worker, std::size_t) {
          if (parts_[worker].share > 0) find_gradients(parts_[worker]);
        });
        add_and_give();
      }
    });
  attempt(then);
  flags_ = {Real(error != nullptr), Real(!finite), Real(wish)};
  reduction.finish(flags_);
  wish = flags_[wished] > 0;
  if (flags_[failed] > 0) throw_first(ranks.gather("errors of a step", error_bytes(error)));
  if (flags_[not_finite] > 0) return false;
  if (parameters_.size() > 0) step_with_ranks();
  return true;
}

// All ranks have the same gradients, and throw the same. Which rank's own was not finite is told, too.
void Trainer::step_with_ranks() {
  try {
    workers_->size() == 1 ? optimizers_->step() : optimizers_->step([this](const Task& task) { workers_->run(task); });
  } catch (const ValueError& error) {
    const auto is_sound = [](Var g) {
      const Tensor& x = g.value();
      return std::all_of(x.data(), x.data() + x.size(), [](Real number) { return std::isfinite(number); });
    };
    bool sound = true;
    for (const Part& part : parts_)
      if (part.share > 0) sound = sound && std::all_of(part.gradients.begin(), part.gradients.end(), is_sound);
    const std::vector<std::string> all = reduction_->communicator().gather("gradients", sound ? "" : "not finite");
    for (std::size_t rank = 0; rank < all.size(); ++rank)
      require<ValueError>(all[rank].empty(), "rank ", rank, ": ", error.what());
    throw;
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
