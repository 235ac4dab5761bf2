// A C++ plugin that lets an exception out of init(), or out of a static initialiser.
#include <stdexcept>

#include "exosphere/abi.h"

namespace {

void* create(const exo_node* /*node*/, const exo_host* /*host*/) { return nullptr; }
exo_status execute(void* /*self*/, exo_call* /*call*/, const exo_str* /*inputs*/,
                   const exo_str* /*secrets*/) {
    return EXO_DONE;
}
void destroy(void* /*self*/) {}
exo_status init(const exo_host* /*host*/) { throw std::runtime_error("no database"); }

constexpr exo_node node = {sizeof(exo_node), 0, {"Throws", 6}, {},      nullptr, 0,      nullptr, 0,
                           nullptr,          0, create,        execute, nullptr, destroy};
constexpr const exo_node* nodes[] = {&node};
constexpr exo_plugin plugin = {
    sizeof(exo_plugin), EXO_ABI_MINOR, 0, {"throws", 6}, {"1", 1}, {}, nodes, 1, init, nullptr};

#ifdef BAD_STATIC_THROW
const int never = [] {
    throw std::runtime_error("at load");
    return 0;
}();
#endif

}  // namespace

EXO_EXPORT const exo_plugin* exosphere_plugin_v1(void) { return &plugin; }
