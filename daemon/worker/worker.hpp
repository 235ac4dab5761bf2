// The worker: registers its nodes, polls, executes, reports, and drains on request. Lives on one io
// thread, which owns all of its state; nodes run on the executor's pool. Ports are borrowed and
// must outlive it.
#pragma once

#include <memory>

#include "worker/core.hpp"
#include "worker/dispatcher.hpp"
#include "worker/poller.hpp"
#include "worker/reporter.hpp"

namespace exo::worker {

// A snapshot for /status, the service's status line and tests. [io thread]
struct Status {
    bool registered = false;
    bool draining = false;
    Contact contact = Contact::never;
    Counters counters;
    std::size_t open_claims = 0;
    std::size_t slots_taken = 0;
    std::map<std::string, NodeTally, std::less<>> nodes;
};

class Worker {
  public:
    struct Hooks {
        base::OnEscape fatal;               // an exception escaped: a bug; shut down
        std::function<void()> thread_lost;  // replace a pool thread that hangs in a node
        std::function<void()> registered;   // the state manager knows the nodes, polling begins
    };

    Worker(boost::asio::any_io_executor executor, StateManager& server, Journal& journal,
           NodeExecutor& nodes, Options options, base::Log log, Hooks hooks);

    // From registration to the end of the drain that stop() asked for. [io thread]
    Awaitable<void> run();

    // The first call drains: no more polls, unstarted states are handed back, running nodes get
    // drain_timeout, reports go out. The second one goes straight to the reports. [io thread]
    void stop();

    Status status() const;
    const std::vector<model::NodeSchema>& schemas() const { return schemas_; }

  private:
    Awaitable<bool> register_nodes();  // false: stopped before it succeeded
    Awaitable<void> poll_group(Group& group);
    Awaitable<void> drain();
    Awaitable<void> abandon();
    void log_drain() const;
    std::size_t unfinished() const;  // claims without an outcome

    Core core_;
    Hooks hooks_;
    Reporter reporter_;
    Dispatcher dispatcher_;
    Poller poller_;
    std::vector<model::NodeSchema> schemas_;
    bool registered_ = false;
    std::size_t pollers_ = 0;
};

}  // namespace exo::worker
