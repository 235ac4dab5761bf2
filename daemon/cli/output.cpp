#include "cli/output.hpp"

#include <ostream>

#include "base/text_table.hpp"
#include "remote/operator_types.hpp"

namespace exo::cli {
namespace {

using Kind = remote::OperatorError::Kind;

base::ExitCode code_of(Kind kind) {
    switch (kind) {
        case Kind::unreachable:
        case Kind::not_ours:  // something answers there, but no state manager can be reached
            return base::ExitCode::unavailable;
        case Kind::unauthorized:
        case Kind::not_found:
        case Kind::refused:
            return base::ExitCode::failed;
    }
    return base::ExitCode::internal;
}

}  // namespace

base::ExitCode complain(Output& output, base::ExitCode code, const std::string& message) {
    std::size_t at = 0;
    while (at < message.size()) {
        const auto end = std::min(message.find('\n', at), message.size());
        output.err << "exosphered: " << base::printable(message.substr(at, end - at)) << "\n";
        at = end + 1;
    }
    return code;
}

base::ExitCode complain(Output& output, const remote::OperatorError& error) {
    return complain(output, code_of(error.kind), error.message);
}

}  // namespace exo::cli
