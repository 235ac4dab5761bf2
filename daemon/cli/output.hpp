// Where a command writes: results to `out`, complaints to `err`. References; one thread.
#pragma once

#include <iosfwd>
#include <string>

#include "base/exit_code.hpp"
#include "base/terminal.hpp"

namespace exo::remote {
struct OperatorError;
}

namespace exo::cli {

struct Output {
    std::ostream& out;
    std::ostream& err;
    base::Terminal terminal{};  // of out
};

// "exosphered: message" on err, one such line for each line of the message.
base::ExitCode complain(Output& output, base::ExitCode code, const std::string& message);
base::ExitCode complain(Output& output, const remote::OperatorError& error);

}  // namespace exo::cli
