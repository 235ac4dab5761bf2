#include "worker/worker.hpp"

#include <algorithm>

#include "base/backoff.hpp"
#include "worker/decisions.hpp"

namespace exo::worker {

using std::chrono::steady_clock;

Worker::Worker(boost::asio::any_io_executor executor, StateManager& server, Journal& journal,
               NodeExecutor& nodes, Options options, base::Log log, Hooks hooks)
    : core_(std::move(executor), server, journal, std::move(options), std::move(log), hooks.fatal),
      hooks_(std::move(hooks)),
      reporter_(core_),
      dispatcher_(core_, reporter_),
      poller_(core_, [this](ClaimPtr claim) {
          const auto slot = claim->abandon.slot();
          base::spawn(core_.executor, dispatcher_.serve(std::move(claim)), core_.fatal, slot);
      }) {
    core_.thread_lost = hooks_.thread_lost;
    std::vector<std::string> unlimited;
    for (auto& node : nodes.nodes()) {
        const auto& name = node->schema().name;
        const auto limits = core_.options.nodes.find(name);
        if (limits != core_.options.nodes.end() && !limits->second.enabled) continue;
        schemas_.push_back(node->schema());
        core_.nodes[name] = node;
        core_.tallies[name];
        if (limits != core_.options.nodes.end() && limits->second.max_concurrency) {
            auto& group = core_.groups.emplace_back();
            group.nodes = {name};
            group.limit = limits->second.max_concurrency;
        } else {
            unlimited.push_back(name);
        }
    }
    if (!unlimited.empty()) core_.groups.emplace_front().nodes = std::move(unlimited);
}

Awaitable<void> Worker::run() {
    if (co_await register_nodes()) {
        for (auto& group : core_.groups) {
            base::spawn(core_.executor, poll_group(group), core_.fatal, group.abandon.slot());
        }
        while (!core_.draining) co_await core_.drain_changed.wait();
    }
    co_await drain();
}

Awaitable<void> Worker::poll_group(Group& group) {
    struct Counted {  // also when it is abandoned
        Worker& worker;
        explicit Counted(Worker& w) : worker(w) { ++worker.pollers_; }
        ~Counted() {
            --worker.pollers_;
            worker.core_.claims_changed.notify_all();
        }
        Counted(const Counted&) = delete;
        Counted& operator=(const Counted&) = delete;
    } const counted(*this);
    co_await poller_.poll(group);
}

Awaitable<bool> Worker::register_nodes() {
    const base::Backoff backoff{core_.options.timing.first_pause,
                                core_.options.timing.longest_pause};
    for (unsigned attempt = 0; !core_.draining; ++attempt) {
        const auto answer = co_await core_.server.register_nodes(schemas_);
        if (answer.kind == Answer::Kind::accepted) {
            registered_ = true;
            core_.contact = Contact::reached;
            for (auto& [name, tally] : core_.tallies) tally.registered = true;
            core_.log.info("nodes registered", {{"nodes", schemas_.size()}});
            if (hooks_.registered) hooks_.registered();
            co_return !core_.draining;
        }
        const bool unauthorized = answer.kind == Answer::Kind::unauthorized;
        core_.contact = unauthorized ? Contact::unauthorized : Contact::unreachable;
        if (unauthorized) core_.server.reload_key();
        const auto pause = backoff.delay(attempt, core_.random01());
        core_.log.warn(unauthorized ? "registration refused, API key not accepted"
                                    : "registration failed, trying again",
                       {{"status", answer.status},
                        {"attempt", attempt + 1},
                        {"retry_in", base::to_text(pause)},
                        {"detail", answer.detail}});
        co_await core_.pause(pause);
    }
    co_return false;
}

void Worker::stop() {
    const auto now = steady_clock::now();
    if (!core_.draining) {
        core_.draining = true;
        core_.drain_deadline = now + core_.options.drain_timeout;
        log_drain();
    } else {
        core_.log.warn("second stop: running nodes are cancelled, only reports are waited for");
        core_.drain_deadline = now;
    }
    dispatcher_.drain_changed();
    core_.claims_changed.notify_all();
}

Awaitable<void> Worker::drain() {
    const auto& timing = core_.options.timing;
    auto next_line = steady_clock::now() + std::chrono::seconds(1);
    // 1. The last enqueue answers come in, running nodes finish (the dispatcher cancels them at the
    // deadline). A server that does not answer an enqueue at all gets no longer than a node.
    while ((pollers_ > 0 && steady_clock::now() < core_.drain_deadline) || unfinished() > 0) {
        co_await core_.claims_changed.wait_until(
            std::min(next_line, steady_clock::now() + std::chrono::milliseconds(100)));
        if (steady_clock::now() >= next_line) {
            log_drain();
            next_line = steady_clock::now() + std::chrono::seconds(5);
        }
    }
    // 2. Reports and hand-backs get a last while.
    const auto flush_ends = steady_clock::now() + timing.flush_limit;
    while (core_.counters.parked < core_.claims.size() && steady_clock::now() < flush_ends) {
        co_await core_.claims_changed.wait_until(
            std::min(flush_ends, steady_clock::now() + std::chrono::milliseconds(100)));
    }
    if (core_.claims.empty()) {
        core_.log.info("drained", {{"executed", core_.counters.executed},
                                   {"errored", core_.counters.errored},
                                   {"handed_back", core_.counters.handed_back}});
    } else {
        core_.log.error("stopped with states whose outcome the server does not have",
                        {{"states", core_.claims.size()}});
    }
    co_await abandon();
}

// Ends the coroutines that are left, so that nothing of them outlives the worker.
Awaitable<void> Worker::abandon() {
    using boost::asio::cancellation_type;
    for (auto& group : core_.groups) group.abandon.emit(cancellation_type::all);
    std::vector<ClaimPtr> open;
    for (const auto& entry : core_.claims) open.push_back(entry.second);
    for (const auto& claim : open) claim->abandon.emit(cancellation_type::all);
    open.clear();
    while (pollers_ > 0 || !core_.claims.empty()) co_await core_.claims_changed.wait();
}

std::size_t Worker::unfinished() const {
    return static_cast<std::size_t>(std::ranges::count_if(core_.claims, [](const auto& entry) {
        return entry.second->stage != Claim::Stage::reporting;
    }));
}

void Worker::log_drain() const {
    core_.log.info("draining", {{"running", core_.counters.running + core_.counters.waiting_async},
                                {"claimed", core_.claims.size()},
                                {"unreported", core_.counters.unreported}});
}

Status Worker::status() const {
    Status status;
    status.registered = registered_;
    status.draining = core_.draining;
    status.contact = core_.contact;
    status.counters = core_.counters;
    status.open_claims = core_.claims.size();
    for (const auto& group : core_.groups) status.slots_taken += group.taken;
    status.nodes = core_.tallies;
    return status;
}

}  // namespace exo::worker
