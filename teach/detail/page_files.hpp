#pragma once

#include <string_view>

namespace xgrad {

// The text of a file of teach/pages/, by its name; nothing if there is none. embed.cmake writes it.
std::string_view page_files(std::string_view name);

}  // namespace xgrad
