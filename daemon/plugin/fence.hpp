// The fence around every call into a plugin: the contract forbids exceptions to cross, but one that
// does must cost its own state only. Any thread.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "base/error.hpp"

namespace exo::plugin {

// In a catch block: "threw an exception of type int across the plugin boundary", and what() if it
// has one. May hold secrets of the call: redact before it goes anywhere.
std::string current_exception_words();

// f(), or what it threw in words.
template <class F>
base::Result<std::invoke_result_t<F>> fenced(F&& f) noexcept {
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
            std::forward<F>(f)();
            return {};
        } else {
            return std::forward<F>(f)();
        }
    } catch (...) {
        return base::fail(current_exception_words());
    }
}

}  // namespace exo::plugin
