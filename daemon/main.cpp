// Exit codes only: the command line is judged and run in cli/.
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "base/exit_code.hpp"
#include "cli/entry.hpp"

int main(int argc, char** argv) {
    try {
        return exo::cli::run_command_line(std::vector<std::string>(argv + 1, argv + argc));
    } catch (const std::exception& error) {
        std::cerr << "exosphered: internal error: " << error.what() << std::endl;
    } catch (...) {
        std::cerr << "exosphered: internal error" << std::endl;
    }
    return exo::base::to_int(exo::base::ExitCode::internal);
}
