#include "base/error.hpp"

namespace exo::base {

void throw_exception_from_error(const Error& error, const boost::source_location& /*where*/) {
    throw std::runtime_error(error.message);
}

}  // namespace exo::base
