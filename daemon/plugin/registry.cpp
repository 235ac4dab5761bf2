#include "plugin/registry.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace exo::plugin {
namespace fs = std::filesystem;
namespace {

bool is_plugin_name(const std::string& name) {
    return name.ends_with(".so") && !name.starts_with('.');
}

base::Result<std::vector<fs::path>> plugin_files(const fs::path& directory) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        if (is_plugin_name(at->path().filename().string())) files.push_back(at->path());
    }
    if (error) {
        return base::fail("plugin directory " + directory.string() +
                          " cannot be read: " + error.message());
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace

Registry::Registry(settings::Plugins settings, ProbeCommand probe,
                   std::shared_ptr<Services> services)
    : settings_(std::move(settings)),
      loader_(settings_.cache_directory, std::move(probe), settings_.sha256),
      services_(std::move(services)) {}

base::Result<> Registry::scan() {
    const auto files = plugin_files(settings_.directory);
    if (!files) return files.error();
    const auto& log = services_->log;
    if (files->empty())
        log.warn("no plugins in the plugin directory", {{"directory", settings_.directory}});
    if (auto prepared = loader_.prepare(); !prepared) return prepared;
    for (const auto& file : *files) {
        if (auto plugin = load(file)) {
            report(**plugin);
            plugins_.push_back(*std::move(plugin));
        } else {
            refused_.push_back({file, plugin.error().message});
            log.error("plugin refused, the others serve",
                      {{"file", file.string()}, {"reason", plugin.error().message}});
        }
    }
    return {};
}

base::Result<std::shared_ptr<Plugin>> Registry::load(const fs::path& file) {
    auto library = loader_.open(file);
    if (!library) return library.error();
    if (auto unique = check_unique(library->declared); !unique) return unique.error();
    PluginConfig config;
    if (const auto own = settings_.config.find(library->declared.name);
        own != settings_.config.end())
        config = own->second;
    return Plugin::start(*std::move(library), services_, std::move(config));
}

base::Result<> Registry::check_unique(const Declaration& declared) const {
    for (const auto& other : plugins_) {
        const auto file = other->library().file.string();
        if (other->name() == declared.name) {
            return base::fail("is named \"" + declared.name + "\" like " + file +
                              ", which serves already");
        }
        for (const auto& node : declared.nodes) {
            const auto same = [&](const auto& serving) {
                return serving->schema().name == node.schema.name;
            };
            if (std::ranges::any_of(other->nodes(), same)) {
                return base::fail("declares node \"" + node.schema.name + "\", which " + file +
                                  " (plugin " + other->name() + ") serves already");
            }
        }
    }
    return {};
}

void Registry::report(const Plugin& plugin) const {
    services_->log.info("plugin loaded", {{"plugin", plugin.name()},
                                          {"version", plugin.version()},
                                          {"nodes", plugin.nodes().size()},
                                          {"file", plugin.library().file.string()},
                                          {"sha256", plugin.library().sha256},
                                          {"built_with", plugin.library().declared.built_with}});
}

bool Registry::shutdown(std::chrono::steady_clock::time_point until) {
    for (const auto& plugin : plugins_) plugin->close();
    bool all = true;
    // The last one loaded goes first.
    for (auto plugin = plugins_.rbegin(); plugin != plugins_.rend(); ++plugin)
        all = (*plugin)->shutdown(until) && all;
    return all;
}

}  // namespace exo::plugin
