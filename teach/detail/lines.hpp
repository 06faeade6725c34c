#pragma once

// Lines of a tape, by their names.

#include <string>
#include <string_view>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

inline bool is_op(const Tape::Record& record, std::string_view name) {
  return record.op != nullptr && record.op->name == name;
}

/// "line 3 (matmul)"
inline std::string named(const Tape& tape, std::uint32_t line) {
  const Tape::Record& record = tape[line];
  const char* const leaf = record.parameter != nullptr ? record.parameter->label.c_str() : "a leaf";
  return text("line ", line, " (", record.op != nullptr ? record.op->name : leaf, ")");
}

}  // namespace xgrad::inline XGRAD_PRECISION
