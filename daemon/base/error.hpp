// One error type for expected failures, and Result<T> to carry it.
// Exceptions are for bugs and failed starts only. Plain values; any thread.
#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <utility>

namespace exo::base {

// What failed, on what, why, and what happens next, in one line for people. Never holds a secret.
// Made by fail() only: were it constructible from a string, Result<std::string> could not take one.
struct Error {
    struct FromText {};
    Error() = default;
    Error(FromText, std::string text) : message(std::move(text)) {}

    std::string message;
};

std::ostream& operator<<(std::ostream& out, const Error& error);

// value() on a failed Result throws std::runtime_error with the error's message.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& where);

template <class T = void>
using Result = boost::system::result<T, Error>;

inline Error fail(std::string message) { return Error(Error::FromText{}, std::move(message)); }

}  // namespace exo::base
