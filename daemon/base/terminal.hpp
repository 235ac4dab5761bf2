// What the process writes to: a person's terminal or a pipe. Plain values; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace exo::base {

struct Terminal {
    bool live = false;    // a terminal that can redraw
    bool colour = false;  // and may be coloured
    std::size_t width = 80, height = 24;
};

// `no_color` and `term` are the variables NO_COLOR and TERM.
Terminal inspect_terminal(int descriptor, std::string_view no_color, std::string_view term);

}  // namespace exo::base
