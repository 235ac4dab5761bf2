// A worker with everything around it: plugins, pool, HTTP client, journal. Lives on the io thread
// of the executor it is given; the pool's threads are its own.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/uri.hpp"
#include "plugin/executor.hpp"
#include "remote/state_manager_client.hpp"
#include "settings/settings.hpp"
#include "worker/memory_journal.hpp"
#include "worker/worker.hpp"

namespace exo::app {

// Which state manager, and the key for it. `key` is called again after a 401; an empty text is no
// key.
struct Endpoint {
    net::BaseUri uri;
    std::function<std::string()> key;
};

class WorkerService {
  public:
    struct Hooks {
        std::function<void()> registered;         // polling begins
        std::function<void(std::string)> failed;  // cannot go on: stop and start again
    };

    // Loads the plugins of settings.plugins.directory (cache_directory must be set). Fails if the
    // directory or the cache cannot be used, if no node is left to serve, or if TLS files are bad.
    static base::Result<std::unique_ptr<WorkerService>> create(
        boost::asio::any_io_executor executor, const settings::Settings& settings,
        Endpoint endpoint, base::Log log, Hooks hooks);
    ~WorkerService();

    boost::asio::awaitable<void> run();  // until drained
    void stop() { worker_->stop(); }     // drain; twice: at once
    worker::Status status() const { return worker_->status(); }
    const plugin::Registry& plugins() const { return executor_.registry(); }

    // After run() has ended. False: code of a plugin still runs, and the process can only _exit().
    bool shut_down();

  private:
    WorkerService(const settings::Settings& settings, base::Log log, Hooks hooks);
    void replace_thread();

    base::Log log_;
    Hooks hooks_;
    unsigned threads_;
    boost::asio::thread_pool pool_;
    std::vector<std::thread> spares_;  // took the place of threads that hang in a node
    plugin::Executor executor_;
    std::unique_ptr<remote::StateManagerClient> server_;
    worker::MemoryJournal journal_;
    std::unique_ptr<worker::Worker> worker_;
    bool shut_down_ = false;
};

}  // namespace exo::app
