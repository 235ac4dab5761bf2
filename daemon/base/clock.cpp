#include "base/clock.hpp"

namespace exo::base {

std::string to_text(Millis duration) {
    const auto ms = duration.count();
    if (ms < 0) return "-" + to_text(-duration);
    if (ms < 1'000) return std::to_string(ms) + "ms";
    if (ms < 60'000) {
        auto text = std::to_string(ms / 1'000);
        if (const auto tenth = ms % 1'000 / 100; tenth != 0) text += "." + std::to_string(tenth);
        return text + "s";
    }
    const auto seconds = ms / 1'000;
    const auto pair = [](long long big, const char* unit, long long small, const char* sub) {
        auto text = std::to_string(big) + unit;
        if (small != 0) text += std::to_string(small) + sub;
        return text;
    };
    if (seconds < 3'600) return pair(seconds / 60, "m", seconds % 60, "s");
    return pair(seconds / 3'600, "h", seconds % 3'600 / 60, "m");
}

}  // namespace exo::base
