#include "plugin/executor.hpp"

#include <utility>

namespace exo::plugin {
namespace {

// For an owner that did not say how long.
constexpr std::chrono::seconds destructor_grace{5};

}  // namespace

Executor::Executor(boost::asio::thread_pool& pool, base::Log log, ExecutorOptions options)
    : services_(new Services{pool, std::move(log), std::move(options.namespace_name),
                             std::move(options.on_line)}),
      registry_(std::move(options.plugins), std::move(options.probe), services_) {}

Executor::~Executor() {
    if (!shut_down_) shutdown(destructor_grace);
}

base::Result<> Executor::load() { return registry_.scan(); }

std::vector<std::shared_ptr<worker::ExecutableNode>> Executor::nodes() const {
    std::vector<std::shared_ptr<worker::ExecutableNode>> all;
    for (const auto& plugin : registry_.plugins())
        all.insert(all.end(), plugin->nodes().begin(), plugin->nodes().end());
    return all;
}

bool Executor::shutdown(std::chrono::milliseconds timeout) {
    shut_down_ = true;
    const bool all = registry_.shutdown(std::chrono::steady_clock::now() + timeout);
    // A cancel hook that hangs keeps its call, and so is among those that did not end.
    if (all) services_->hooks.join();
    return all;
}

}  // namespace exo::plugin
