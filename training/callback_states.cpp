#include <xgrad/training/detail/callback_states.hpp>

#include <map>

#include <xgrad/nn/model/detail/walks.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

void show(const std::vector<Callback>& callbacks, Fields& f) {
  std::map<std::string, std::size_t> met;
  for (const Callback& callback : callbacks) {
    if (!callback.fields) continue;
    const std::size_t number = met[callback.state_name]++;
    f(number == 0 ? callback.state_name : text(callback.state_name, '_', number), callback);
  }
}

}  // namespace

CallbackStates CallbackStates::of(const std::vector<Callback>& callbacks) {
  Writer writer;
  show(callbacks, writer);
  CallbackStates states{.options = writer.options.dump()};
  for (const StoredTensor& tensor : writer.tensors) states.tensors.emplace_back(tensor.name, to_tensor(tensor));
  return states;
}

void CallbackStates::give_to(const std::vector<Callback>& callbacks) const {
  Reader reader(FileTensors(tensors), parse_json(options));
  show(callbacks, reader);
}

}  // namespace xgrad::inline XGRAD_PRECISION
