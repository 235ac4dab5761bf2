// The worker's NodeExecutor over plugins: loads a directory of them and runs their nodes on the
// thread pool. load(), shutdown() and nodes() on one thread; calls as worker/ports.hpp says.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/log.hpp"
#include "plugin/registry.hpp"
#include "plugin/services.hpp"
#include "settings/settings.hpp"
#include "worker/ports.hpp"

namespace exo::plugin {

struct ExecutorOptions {
    settings::Plugins plugins;  // cache_directory must be set
    std::string namespace_name;
    ProbeCommand probe = {};
    // Where the lines that nodes write go; empty = the log.
    std::function<void(const PluginLine&)> on_line = {};
};

class Executor final : public worker::NodeExecutor {
  public:
    // `pool` must outlive the executor, and its threads must run until shutdown() has returned.
    Executor(boost::asio::thread_pool& pool, base::Log log, ExecutorOptions options);
    ~Executor() override;
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    // Once, before anything else. Fails only if the directory or the cache cannot be used; plugins
    // that were refused are in the log and in registry().refused().
    base::Result<> load();

    std::vector<std::shared_ptr<worker::ExecutableNode>> nodes() const override;
    const Registry& registry() const { return registry_; }

    // Takes no more calls, cancels those under way, waits for them and for submitted work, and
    // calls the plugins' shutdown(). Not on a pool thread. False if the time was not enough: code
    // of a plugin still runs, `done` of its calls is never called, and neither the pool nor the
    // process can be taken down in good order; end with _exit().
    bool shutdown(std::chrono::milliseconds timeout);

  private:
    std::shared_ptr<Services> services_;
    Registry registry_;
    bool shut_down_ = false;
};

}  // namespace exo::plugin
