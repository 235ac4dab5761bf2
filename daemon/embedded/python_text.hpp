// How Python prints and trims strings, because upstream's error texts carry both. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exo::embedded {

// repr(): 'it' in single quotes, or "it's" in double ones.
std::string python_repr(std::string_view text);

// "['a', 'b']"
std::string python_list(const std::vector<std::string>& items);

// str.strip(), for ASCII white space.
std::string_view trim(std::string_view text);

std::string join_lines(const std::vector<std::string>& lines);

}  // namespace exo::embedded
