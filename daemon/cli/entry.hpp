// The whole of exosphered: one command line to one exit code. Main thread.
#pragma once

#include <string>
#include <vector>

namespace exo::cli {

int run_command_line(std::vector<std::string> arguments);  // without the program's name

}  // namespace exo::cli
