#include "plugin/resident.hpp"

#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace exo::plugin {
namespace {

struct Residents {
    std::mutex mutex;
    std::vector<std::shared_ptr<const void>> objects;
    std::map<std::string, unsigned> serials;
};

Residents& residents() {
    // Never destroyed: threads of plugins may outlive main().
    static auto* const all = new Residents;
    return *all;
}

}  // namespace

void keep_resident(std::shared_ptr<const void> object) {
    auto& all = residents();
    const std::lock_guard lock(all.mutex);
    all.objects.push_back(std::move(object));
}

unsigned next_serial(const std::string& sha256) {
    auto& all = residents();
    const std::lock_guard lock(all.mutex);
    return ++all.serials[sha256];
}

}  // namespace exo::plugin
