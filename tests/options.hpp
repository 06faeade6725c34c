#pragma once

#include <xgrad/nn/model/detail/walks.hpp>

#include "support.hpp"

namespace xgrad {

/// The options of a thing with fields, as the file of a model has them.
template <class M>
Json options_of(M module) {
  Writer writer;
  writer.is_portable = true;
  module.fields(writer);
  return writer.options;
}

/// Gives a thing with fields the options of a file.
template <class M>
void set_options(M& module, const Json& options) {
  Reader reader({}, options);
  module.fields(reader);
  reader.finish();
}

}  // namespace xgrad
