// Plugins opened for one command, without a worker: loaded, used, shut down. One thread.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "cli/output.hpp"
#include "plugin/executor.hpp"
#include "settings/environment.hpp"
#include "settings/settings.hpp"

namespace exo::cli {

class LocalPlugins {
  public:
    // `on_line` hears what plugins log, from any thread. The error is one line; plugins that were
    // refused are no error here.
    static base::Result<std::unique_ptr<LocalPlugins>> open(
        settings::Plugins settings, const settings::Environment& environment,
        plugin::ProbeCommand probe, std::function<void(const plugin::PluginLine&)> on_line);

    plugin::Executor& executor() { return executor_; }
    const plugin::Registry& registry() const { return executor_.registry(); }

    // False: a node hangs. The process can then only be left in a hurry: its code still runs.
    bool close();
    // Says so, flushes what was written and ends the process with _exit().
    [[noreturn]] static void leave_in_a_hurry(Output& output, base::ExitCode code);

  private:
    explicit LocalPlugins(plugin::ExecutorOptions options);

    boost::asio::thread_pool pool_{2};
    plugin::Executor executor_;
};

}  // namespace exo::cli
