#include <xgrad/nn/layer.hpp>

#include <algorithm>
#include <mutex>
#include <vector>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// The layers that the program has put into a Layer: how load() finds them.
struct Known {
  std::string_view kind;
  Layer (*make)();
  const std::type_info* type;
};
struct AllKnown {
  std::mutex mutex;
  std::vector<Known> all;
};
AllKnown& known_layers() {
  static AllKnown& known = *new AllKnown;  // lives until the process ends
  return known;
}

Layer made(std::string_view kind) {
  for (const auto& [name, make] : layers())
    if (name == kind) return make();
  std::vector<Known> found;
  {
    const std::lock_guard lock(known_layers().mutex);
    for (const Known& layer : known_layers().all)
      if (layer.kind == kind) found.push_back(layer);
  }
  require<ValueError>(!found.empty(), "there is no layer of the kind \"", kind,
                      "\" in this program; give load() an example of it");
  require<ValueError>(found.size() == 1, "there are ", found.size(), " layers of the kind \"", kind,
                      "\" in this program; give load() an example of the one that is meant");
  return found[0].make();
}

Shape sample_of(const Shape& batch) { return batch.empty() ? Shape() : Shape(batch.begin() + 1, batch.end()); }

}  // namespace

void Layer::know(std::string_view kind, Layer (*make)(), const std::type_info& type) {
  const std::lock_guard lock(known_layers().mutex);
  std::vector<Known>& all = known_layers().all;
  const auto is_it = [&](const Known& layer) { return *layer.type == type; };
  if (std::none_of(all.begin(), all.end(), is_it)) all.push_back({kind, make, &type});
}

const Shape& Layer::input_shape() const {
  require<ValueError>(is_built(), "Layer: ", name, " is not built, so it has no shapes yet");
  return *input_;
}

const Shape& Layer::output_shape() const {
  input_shape();
  return output_;
}

Var Layer::operator()(Var x, const Context& context) {
  Context inside = context;
  inside.trainable = context.trainable && trainable;
  return context.drawing ? dry_run(x, inside) : self_(x, inside);
}

Var Layer::dry_run(Var x, const Context& context) {
  const std::size_t before = x.tape().watched_count();
  const Var y = self_(x, context);
  require_shown(*this, x.tape(), before, name);
  input_ = sample_of(x.shape());
  output_ = sample_of(y.shape());
  return y;
}

void Layer::fields(Fields& f) {
  std::string kind = kind_;
  f.needed("kind", kind);
  if (f.purpose() == Fields::reading && kind != kind_) {
    const auto* examples = dynamic_cast<const LayerExamples*>(&f);
    const Layer* const example = examples ? examples->example(kind) : nullptr;
    Layer layer = example ? *example : made(kind);
    layer.name = name;
    *this = std::move(layer);
  }
  f.describe(kind_, input_ ? &output_ : nullptr);
  f("trainable", trainable);
  const bool outer = std::exchange(f.frozen, f.frozen || !trainable);
  self_.options(f);
  f.frozen = outer;
}

void require_shown(std::optional<ModuleRef> module, const Tape& tape, std::size_t first, std::string_view who) {
  const std::vector<const Parameter*> asked = tape.watched(first);
  if (asked.empty()) return;
  std::vector<const Parameter*> shown;
  if (module) each_parameter(*module, [&](const std::string&, Parameter& p) { shown.push_back(&p); });
  std::sort(shown.begin(), shown.end());
  for (const Parameter* p : asked)
    require<ValueError>(std::binary_search(shown.begin(), shown.end(), p), who, ": a weight of shape ",
                        p->value().shape(), " is used that fields() does not show; name it there, f(\"weight\", ",
                        "weight), or it is neither learnt nor saved");
}

Shape build(std::optional<ModuleRef> module, const std::function<Var(Var, const Context&)>& call, const Shape& sample,
            Rng& rng) {
  if (module) check_fields(*module);
  Tape tape;
  const Var y = call(tape.constant(stacked(1, sample), 0), {.rng = &rng, .drawing = true});
  require_shown(module, tape, 0, "build");
  if (module) {
    check_fields(*module);
    each_parameter(*module, [](const std::string& path, Parameter& p) { p.label = path; });
  }
  return sample_of(y.shape());
}

}  // namespace xgrad::inline XGRAD_PRECISION
