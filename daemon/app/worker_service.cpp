#include "app/worker_service.hpp"

#include "app/version.hpp"
#include "settings/resolve.hpp"

namespace exo::app {
namespace {

worker::Options worker_options(const settings::Settings& settings) {
    worker::Options options;
    options.workers = settings::worker_count(settings.runtime);
    options.batch_size = settings.runtime.batch_size;
    options.max_async = settings.runtime.max_async;
    options.poll_interval = settings.runtime.poll_interval;
    options.drain_timeout = settings.runtime.drain_timeout;
    // Keeping states for a restart needs a journal that survives it; until then they are handed
    // back.
    options.hand_back = true;
    for (const auto& [name, node] : settings.nodes) {
        options.nodes[name] = {node.enabled, node.max_concurrency, node.timeout};
    }
    return options;
}

remote::StateManagerOptions client_options(const settings::Settings& settings, Endpoint endpoint) {
    remote::StateManagerOptions options;
    options.uri = std::move(endpoint.uri);
    const auto& tls = settings.state_manager.tls;
    options.tls = {tls.ca_file, tls.cert_file, tls.key_file};
    options.namespace_name = settings.runtime.namespace_name;
    options.runtime_name = settings::runtime_name(settings.runtime);
    options.connections = settings.state_manager.connections;
    options.request_timeout = settings.state_manager.request_timeout;
    options.key_source = std::move(endpoint.key);
    options.version = version;
    return options;
}

}  // namespace

WorkerService::WorkerService(const settings::Settings& settings, base::Log log, Hooks hooks)
    : log_(log),
      hooks_(std::move(hooks)),
      threads_(settings::worker_count(settings.runtime)),
      pool_(threads_),
      executor_(pool_, log,
                plugin::ExecutorOptions{.plugins = settings.plugins,
                                        .namespace_name = settings.runtime.namespace_name}) {}

WorkerService::~WorkerService() { shut_down(); }

base::Result<std::unique_ptr<WorkerService>> WorkerService::create(
    boost::asio::any_io_executor executor, const settings::Settings& settings, Endpoint endpoint,
    base::Log log, Hooks hooks) {
    std::unique_ptr<WorkerService> service(new WorkerService(settings, log, std::move(hooks)));
    if (auto loaded = service->executor_.load(); !loaded) return loaded.error();
    if (service->executor_.nodes().empty()) {
        return base::fail("no node to serve: " + settings.plugins.directory +
                          (service->executor_.registry().refused().empty()
                               ? " holds no plugin"
                               : ": every plugin in it was refused"));
    }
    for (const auto& [name, node] : settings.nodes) {
        bool served = false;
        for (const auto& loaded : service->executor_.nodes())
            served |= loaded->schema().name == name;
        if (!served) log.warn("configured node is served by no plugin", {{"node", name}});
    }
    auto server = remote::StateManagerClient::create(
        executor, client_options(settings, std::move(endpoint)), log);
    if (!server) return server.error();
    service->server_ = std::move(*server);

    auto* self = service.get();
    worker::Worker::Hooks worker_hooks;
    worker_hooks.fatal = [self](std::string what) { self->hooks_.failed("bug: " + what); };
    worker_hooks.thread_lost = [self] { self->replace_thread(); };
    worker_hooks.registered = self->hooks_.registered;
    service->worker_ = std::make_unique<worker::Worker>(
        executor, *service->server_, service->journal_, service->executor_,
        worker_options(settings), log, std::move(worker_hooks));
    return service;
}

boost::asio::awaitable<void> WorkerService::run() {
    co_await worker_->run();
    server_->close_idle();
}

// A thread that hangs in a node cannot be ended; another one takes its place. Past a bound the
// process is worth starting anew.
void WorkerService::replace_thread() {
    if (spares_.size() >= 4 * std::size_t{threads_}) {
        hooks_.failed("too many threads hang in nodes that do not react to cancellation");
        return;
    }
    spares_.emplace_back([this] { pool_.attach(); });
    log_.warn("another thread took the place of one that hangs", {{"replaced", spares_.size()}});
}

bool WorkerService::shut_down() {
    if (shut_down_) return true;
    if (!executor_.shutdown(std::chrono::seconds(5))) return false;
    shut_down_ = true;
    pool_.join();
    for (auto& spare : spares_) spare.join();
    return true;
}

}  // namespace exo::app
