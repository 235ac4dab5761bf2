// The plugins of a directory: those that serve, and those that were refused and why. A bad plugin
// never disturbs the others. Used by one thread at a time.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "plugin/library.hpp"
#include "plugin/plugin.hpp"
#include "settings/settings.hpp"

namespace exo::plugin {

struct Refusal {
    std::filesystem::path file;
    std::string reason;  // a clause that follows the file's name: "is truncated"

    std::string sentence() const { return "plugin " + file.string() + " " + reason; }
};

class Registry {
  public:
    // `settings.cache_directory` must be set.
    Registry(settings::Plugins settings, ProbeCommand probe, std::shared_ptr<Services> services);

    // Loads every *.so of the directory, in the order of their names; hidden files are left alone.
    // Of two plugins or nodes with one name the first serves. The error: the directory or the cache
    // cannot be used at all. Once.
    base::Result<> scan();

    const std::vector<std::shared_ptr<Plugin>>& plugins() const { return plugins_; }
    const std::vector<Refusal>& refused() const { return refused_; }

    // All plugins, waiting until `until` at most. False: some did not come to an end, and their
    // code may still run (plugin.hpp).
    bool shutdown(std::chrono::steady_clock::time_point until);

  private:
    base::Result<std::shared_ptr<Plugin>> load(const std::filesystem::path& file);
    base::Result<> check_unique(const Declaration& declared) const;
    void report(const Plugin& plugin) const;

    settings::Plugins settings_;
    Loader loader_;
    std::shared_ptr<Services> services_;
    std::vector<std::shared_ptr<Plugin>> plugins_;
    std::vector<Refusal> refused_;
};

}  // namespace exo::plugin
