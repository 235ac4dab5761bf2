#include "cli/local_plugins.hpp"

#include <unistd.h>

#include <chrono>
#include <ostream>
#include <utility>

#include "settings/resolve.hpp"

namespace exo::cli {
namespace {

constexpr std::chrono::seconds grace{5};

}  // namespace

LocalPlugins::LocalPlugins(plugin::ExecutorOptions options)
    : executor_(pool_, base::Log(), std::move(options)) {}

base::Result<std::unique_ptr<LocalPlugins>> LocalPlugins::open(
    settings::Plugins settings, const settings::Environment& environment,
    plugin::ProbeCommand probe, std::function<void(const plugin::PluginLine&)> on_line) {
    auto cache = settings::cache_directory(settings, environment);
    if (!cache) return cache.error();
    settings.cache_directory = *std::move(cache);
    std::unique_ptr<LocalPlugins> opened(new LocalPlugins({.plugins = std::move(settings),
                                                           .namespace_name = "",
                                                           .probe = std::move(probe),
                                                           .on_line = std::move(on_line)}));
    if (auto loaded = opened->executor_.load(); !loaded) return loaded.error();
    return opened;
}

bool LocalPlugins::close() {
    if (!executor_.shutdown(grace)) return false;
    pool_.join();
    return true;
}

void LocalPlugins::leave_in_a_hurry(Output& output, base::ExitCode code) {
    complain(output, code, "code of a plugin still runs, the process ends without waiting for it");
    output.out.flush();
    output.err.flush();
    ::_exit(base::to_int(code));
}

}  // namespace exo::cli
