#include "settings/not_yet.hpp"

namespace exo::settings {

std::vector<std::string> without_effect(const Settings& settings) {
    const Settings defaults;
    std::vector<std::string> found;
    const auto note = [&](bool differs, const std::string& key) {
        if (differs) found.push_back(key);
    };
    note(settings.runtime.on_stop != defaults.runtime.on_stop, "runtime.on_stop");
    note(settings.plugins.isolation != defaults.plugins.isolation, "plugins.isolation");
    note(settings.plugins.allow_breaking_schemas, "plugins.allow_breaking_schemas");
    for (const auto& [name, node] : settings.nodes) {
        note(node.isolation.has_value(), "nodes." + name + ".isolation");
        note(node.memory_bytes.has_value(), "nodes." + name + ".memory");
    }
    note(!settings.journal.path.empty(), "journal.path");
    note(settings.journal.durability != defaults.journal.durability, "journal.durability");
    note(settings.journal.max_interruptions != defaults.journal.max_interruptions,
         "journal.max_interruptions");
    note(!settings.admin.listen.empty() && settings.admin.listen != "off", "admin.listen");
    note(settings.embedded.retention.has_value(), "embedded.retention");
    return found;
}

}  // namespace exo::settings
