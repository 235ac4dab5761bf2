#include "base/error.hpp"

#include <ostream>

namespace exo::base {

std::ostream& operator<<(std::ostream& out, const Error& error) { return out << error.message; }

void throw_exception_from_error(const Error& error, const boost::source_location& /*where*/) {
    throw std::runtime_error(error.message);
}

}  // namespace exo::base
