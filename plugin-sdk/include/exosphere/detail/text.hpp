// exo_str and std::string_view. Any thread.
#pragma once

#include <string_view>

#include "exosphere/abi.h"

namespace exosphere::detail {

constexpr exo_str to_str(std::string_view text) noexcept { return {text.data(), text.size()}; }

constexpr std::string_view to_view(exo_str text) noexcept {
    return text.len == 0 ? std::string_view{} : std::string_view{text.ptr, text.len};
}

}  // namespace exosphere::detail
