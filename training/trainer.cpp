#include <xgrad/training/trainer.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/explain.hpp>
#include <xgrad/core/detail/workers.hpp>
#include <xgrad/core/kernels/denormals.hpp>
#include <xgrad/nn/layer.hpp>
#include <xgrad/training/detail/reduction.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Trainer::Trainer(ModuleRef module, Optimizers optimizers, std::shared_ptr<Communicator> communicator)
    : module_(module), own_(std::move(optimizers)), optimizers_(&*own_), workers_(new Workers(1)), parts_(1) {
  if (communicator) reduction_.reset(new Reduction(std::move(communicator)));
  check_fields(module);
  find_parameters();
}

Trainer::Trainer(ModuleRef module, Optimizers* optimizers, std::size_t workers,
                 std::shared_ptr<Communicator> communicator)
    : module_(module), optimizers_(optimizers), workers_(new Workers(workers)), parts_(workers) {
  if (communicator) reduction_.reset(new Reduction(std::move(communicator)));
  find_parameters();
}

Trainer::~Trainer() = default;

void Trainer::find_parameters() {
  parameters_ = learnt_parameters(module_);
  optimizers_->assign(parameters_);
  sorted_.assign(parameters_.begin(), parameters_.end());
  std::sort(sorted_.begin(), sorted_.end());
  tokens_.clear();
  for (const Parameter* p : parameters_) tokens_.push_back(p->token());
  watched_ = parameters_.size();
}

// Whether a recording watches more or fewer parameters than the last: some were frozen or unfrozen meanwhile.
bool Trainer::has_changed(const Part& part) const { return learns_all_ && part.share > 0 && part.watches != watched_; }

bool Trainer::is_stale() const {
  for (std::size_t k = 0; k < tokens_.size(); ++k)
    if (tokens_[k].expired() || parameters_[k]->is_empty() || !parameters_[k]->is_learnt()) return true;
  return false;
}

void Trainer::require_there() const {
  for (std::size_t k = 0; k < tokens_.size(); ++k)
    require<ValueError>(!tokens_[k].expired() && (!drawn_ || !parameters_[k]->is_empty()), "Trainer: the parameter ",
                        parameters_.paths[k], " is gone; its module was moved or destroyed since the trainer was made");
}

double Trainer::step(Rng& rng, const Objective& objective) {
  if (reduction_) return step(rng, objective, 1);
  const FlushDenormals flush;
  require_there();
  if (!drawn_) draw(rng, objective);
  require_there();
  if (!learn(rng, objective))
    throw ValueError(text("Trainer: the loss is not finite", where_not_finite(), "; try a smaller learning rate"));
  return parts_[0].loss.item();
}

// A dry run: draws the weights that have no value, of other modules, too. Those that the module has itself have to be
// shown. The generator goes on only if something is drawn, so that a training that is taken up again has the same
// numbers.
void Trainer::draw(Rng& rng, const Objective& objective) {
  Tape tape;
  Rng its = rng;
  bool drew = false;
  objective(tape, {.rng = &its, .drawing = true, .drew = &drew});
  if (drew) rng = its;
  std::vector<const Parameter*> shown;
  each_parameter(module_, [&](const std::string& path, Parameter& p) {
    p.label = path;
    shown.push_back(&p);
  });
  for (const Parameter* p : tape.watched())
    require<ValueError>(!module_.has(p) || std::find(shown.begin(), shown.end(), p) != shown.end(),
                        "Trainer: a weight of shape ", p->value().shape(),
                        " is used that fields() does not show; name ",
                        "it there, f(\"weight\", weight), or it is neither learnt nor saved");
  drawn_ = true;
  if (drew) find_parameters();
}

void Trainer::record(Part& part, Context context, const Objective& objective) {
  part.tape.rewind();
  part.penalties.clear();
  part.penalised.clear();
  context.penalties = &part.penalties;
  context.penalised = &part.penalised;
  if (!learns_all_) context.learnt = sorted_;
  part.loss = objective(part.tape, context);
  for (const Var penalty : part.penalties) part.loss = part.loss + penalty;
  part.watches = part.tape.watched_count();
  part.recorded = part.tape.size();
}

// False, without a step, if the loss is not finite.
bool Trainer::learn(Rng& rng, const Objective& objective) {
  Part& whole = parts_[0];
  record(whole, {.training = true, .rng = &rng}, objective);
  if (!std::isfinite(whole.loss.item())) return false;
  if (has_changed(whole)) {
    find_parameters();
    watched_ = whole.watches;
  }
  if (parameters_.size() == 0) return true;  // nothing is trainable
  whole.tape.backward(whole.loss);
  optimizers_->step();
  return true;
}

bool Trainer::is_finite(const Part& part) { return part.share == 0 || std::isfinite(part.loss.item()); }

// By all workers. The gradients of the parts' mean losses are added up in their order, each times its share of the
// samples: a given number of workers gives the same bits every time.
bool Trainer::learn_together(const std::function<void(std::size_t, std::size_t, Part&)>& record_part) {
  workers_->run([&](std::size_t worker, std::size_t workers) {
    Part& part = parts_[worker];
    part.gradients.clear();
    record_part(worker, workers, part);
    if (part.share > 0 && std::isfinite(part.loss.item())) find_gradients(part);
  });
  if (!std::all_of(parts_.begin(), parts_.end(), is_finite)) return false;
  const auto changed = std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) { return has_changed(part); });
  if (changed != parts_.end()) {
    find_parameters();
    watched_ = changed->watches;
    workers_->run_again([&](std::size_t worker, std::size_t) {
      if (parts_[worker].share > 0) find_gradients(parts_[worker]);
    });
  }
  if (parameters_.size() == 0) return true;
  for (Parameter* p : parameters_)
    if (p->gradient.shape() != p->value().shape()) p->gradient.resize(p->value().shape());
  workers_->run([this](std::size_t part, std::size_t parts) { add_gradients(part, parts); });
  optimizers_->step([this](const Task& task) { workers_->run(task); });
  return true;
}

// The gradients of a part's loss, left where its tape has them.
void Trainer::find_gradients(Part& part) {
  part.watched.clear();
  for (Parameter* p : parameters_) part.watched.push_back(part.tape.watch(*p));
  part.tape.pull(part.loss, part.tape.constant(part.loss.shape(), 1), part.watched, part.gradients);
}

// The sum of the parts' gradients of parameter k from entry `first` to `end`, a piece at a time that stays in the
// cache.
void Trainer::add_part_of(std::size_t k, Real* sum, std::size_t first, std::size_t end) const {
  constexpr std::size_t piece = 4096;
  for (std::size_t last = 0; first < end; first = last) {
    last = std::min(first + piece, end);
    std::fill(sum + first, sum + last, Real{0});
    for (const Part& its : parts_) {
      if (its.gradients.empty()) continue;
      const Real* const gradient = its.gradients[k].value().data();
      const auto share = static_cast<Real>(its.share);
      for (std::size_t i = first; i < last; ++i) sum[i] += share * gradient[i];
    }
  }
}

// A worker's part of every gradient.
void Trainer::add_gradients(std::size_t part, std::size_t parts) {
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    Parameter& p = *parameters_[k];
    const std::size_t size = p.gradient.size(), end = begin_of(part + 1, parts, size);
    Real* const sum = p.gradient.data();
    const auto uses_it = [&](const Part& s) { return !s.gradients.empty() && s.watched[k].line() < s.recorded; };
    add_part_of(k, sum, begin_of(part, parts, size), end);
    if (part == 0) p.fresh = std::any_of(parts_.begin(), parts_.end(), uses_it);
  }
}

// Where on the tape the last loss, which is not finite, began to be so: ": sqrt (line 3) gave nan ...".
std::string Trainer::where_not_finite() const {
  if (!reduction_) return where_its_own();
  const std::vector<std::string> all = reduction_->communicator().gather("where a loss is not finite", where_its_own());
  for (std::size_t rank = 0; rank < all.size(); ++rank)
    if (!all[rank].empty()) return text(" on rank ", rank, all[rank]);
  return "";
}

std::string Trainer::where_its_own() const {
  try {
    for (const Part& part : parts_)
      if (part.share > 0 && !std::isfinite(part.loss.item()))
        for (std::uint32_t line = 0; line < part.tape.size(); ++line) require_finite(part.tape, line);
  } catch (const ValueError& error) {
    return std::string(": ") + error.what();
  }
  return "";
}

}  // namespace xgrad::inline XGRAD_PRECISION
