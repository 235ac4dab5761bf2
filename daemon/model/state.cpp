#include "model/state.hpp"

#include <algorithm>

namespace exo::model {

base::Result<StateId> StateId::parse(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-';
    };
    if (text.empty() || text.size() > 64 || !std::ranges::all_of(text, allowed)) {
        return base::fail("state id is not 1 to 64 letters, digits, '_' or '-'");
    }
    return StateId(std::string(text));
}

std::string_view kind_of(const Outcome& outcome) {
    struct Kind {
        std::string_view operator()(const Executed&) const { return "executed"; }
        std::string_view operator()(const Errored&) const { return "errored"; }
        std::string_view operator()(const Pruned&) const { return "prune"; }
        std::string_view operator()(const Requeued&) const { return "re-enqueue-after"; }
    };
    return std::visit(Kind{}, outcome);
}

}  // namespace exo::model
