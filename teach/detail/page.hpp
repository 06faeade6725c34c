#pragma once

#include <string>
#include <string_view>

namespace xgrad {

// The page that a file of teach/pages/ describes: a line @name@ in it stands for the text of the file of that name, and
// the line @data@ for the data, which is JSON. No "<" of the data ends the script that holds it.
std::string page(std::string_view html, const std::string& data);

}  // namespace xgrad
