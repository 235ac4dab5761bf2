#include "base/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace exo::base {

Terminal inspect_terminal(int descriptor, std::string_view no_color, std::string_view term) {
    Terminal terminal;
    if (::isatty(descriptor) == 0) return terminal;
    terminal.live = !term.empty() && term != "dumb";
    terminal.colour = terminal.live && no_color.empty();
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        terminal.width = size.ws_col;
        terminal.height = size.ws_row;
    }
    return terminal;
}

}  // namespace exo::base
