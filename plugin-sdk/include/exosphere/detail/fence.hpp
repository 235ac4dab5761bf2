// The fence between an author's code and the worker: every exception becomes an outcome or a log
// line, none gets past. Any thread.
#pragma once

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "exosphere/abi.h"
#include "exosphere/detail/text.hpp"
#include "exosphere/signals.hpp"

namespace exosphere::detail {

inline std::string demangle(const std::type_info& type) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
    return name ? name.get() : type.name();
}

inline std::string describe_exception(std::exception_ptr error, int depth = 0);

// Appends what std::throw_with_nested kept, a few levels deep.
inline void append_causes(std::string& text, const std::exception& error, int depth) {
    const auto* nested = dynamic_cast<const std::nested_exception*>(&error);
    if (nested == nullptr || !nested->nested_ptr() || depth >= 8) return;
    text += "; caused by " + describe_exception(nested->nested_ptr(), depth + 1);
}

// "std::runtime_error: no such file", "int: 42", "my::Oddity".
inline std::string describe_exception(std::exception_ptr error, int depth) {
    try {
        std::rethrow_exception(std::move(error));
    } catch (const std::exception& e) {
        std::string text = demangle(typeid(e)) + ": " + e.what();
        append_causes(text, e, depth);
        return text;
    } catch (const std::string& e) {
        return "std::string: " + e;
    } catch (const char* e) {
        return std::string("const char*: ") + (e == nullptr ? "(null)" : e);
    } catch (int e) {
        return "int: " + std::to_string(e);
    } catch (long e) {
        return "long: " + std::to_string(e);
    } catch (...) {
        const std::type_info* type = abi::__cxa_current_exception_type();
        return type == nullptr ? std::string("an exception of a foreign language")
                               : demangle(*type);
    }
}

// What the exception means for the call: a signal, or an error with its text. The returned status
// is what execute() returns or finish() is given. Only out of memory is left without a text.
inline exo_status settle(const exo_host* host, exo_call* call, std::exception_ptr error) noexcept {
    try {
        try {
            std::rethrow_exception(error);
        } catch (const Prune& signal) {
            return host->prune(host, call, to_str(signal.json)) == EXO_DONE ? EXO_DONE : EXO_FAILED;
        } catch (const Requeue& signal) {
            // A delay below 1 ms is refused by the worker, with a message.
            const auto after = signal.after.count();
            return host->requeue(host, call, after > 0 ? static_cast<std::uint64_t>(after) : 0U) ==
                           EXO_DONE
                       ? EXO_DONE
                       : EXO_FAILED;
        } catch (const Cancelled&) {
            return EXO_CANCELLED;
        } catch (...) {
            const std::string text = describe_exception(std::current_exception());
            static_cast<void>(host->fail(host, call, to_str(text)));
            return EXO_FAILED;
        }
    } catch (...) {  // the text could not even be built
        static_cast<void>(host->fail(host, call, to_str("the node failed; out of memory")));
        return EXO_FAILED;
    }
}

inline void log_exception(const exo_host* host, std::string_view where,
                          std::exception_ptr error) noexcept {
    try {
        const std::string text = std::string(where) + ": " + describe_exception(std::move(error));
        host->log(host, nullptr, EXO_ERROR, to_str(text));
    } catch (...) {
        host->log(host, nullptr, EXO_ERROR, to_str(where));
    }
}

// Runs body() and hands an exception to on_error(std::exception_ptr). pthread_exit and
// pthread_cancel unwind with a pseudo exception that must not be stopped and must not reach the
// worker either: the process ends, saying so.
template <class Body, class OnError>
auto fenced(const exo_host* host, Body&& body, OnError&& on_error) noexcept -> decltype(body()) {
    try {
        return body();
#if defined(__GLIBCXX__)
    } catch (abi::__forced_unwind&) {
        host->log(host, nullptr, EXO_ERROR,
                  to_str("a node ended its thread (pthread_exit or pthread_cancel): forbidden, the "
                         "process ends"));
        std::abort();
#endif
    } catch (...) {
        static_cast<void>(host);
        return on_error(std::current_exception());
    }
}

// Work for submit(): owns the callable while it waits.
template <class Work>
struct WorkTicket {
    const exo_host* host;
    Work work;

    static void run(void* self) noexcept {
        const std::unique_ptr<WorkTicket> ticket(static_cast<WorkTicket*>(self));
        fenced(
            ticket->host, [&] { static_cast<void>(ticket->work()); },
            [&](std::exception_ptr error) {
                log_exception(ticket->host, "submitted work", std::move(error));
            });
    }
};

}  // namespace exosphere::detail
