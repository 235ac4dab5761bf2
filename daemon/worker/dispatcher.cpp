#include "worker/dispatcher.hpp"

#include <algorithm>

#include "base/backoff.hpp"
#include "worker/decisions.hpp"

namespace exo::worker {
namespace {

using std::chrono::steady_clock;

// Overwrites before the memory goes back to the allocator; volatile, so that it is not optimised
// away.
void wipe(std::string& secret) {
    volatile char* bytes = secret.data();
    for (std::size_t i = 0; i < secret.size(); ++i) bytes[i] = 0;
    secret.clear();
}

// Walks one execution through the lifecycle and keeps the node's tally.
class Walk {
  public:
    Walk(Core& core, const std::string& node) : tally_(core.tallies[node]) { ++tally_.executing; }
    ~Walk() { --tally_.executing; }
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

    void on(Event event) {
        if (const auto to = next(phase_, event)) phase_ = *to;
        if (phase_ == Phase::completed) ++tally_.completed;
        if (phase_ == Phase::failed) ++tally_.failed;
        if (phase_ == Phase::completed || phase_ == Phase::failed) phase_ = Phase::ready;
    }

  private:
    NodeTally& tally_;
    Phase phase_ = Phase::ready;
};

// The time a call holds a pool thread, in the books from start to end.
class ThreadTime {
  public:
    explicit ThreadTime(Core& core) : core_(core) {
        entry_ = core_.running_since.insert(core_.running_since.end(), steady_clock::now());
    }
    ~ThreadTime() { end(); }
    ThreadTime(const ThreadTime&) = delete;
    ThreadTime& operator=(const ThreadTime&) = delete;

    void end() {
        if (ended_) return;
        ended_ = true;
        update_mean(core_.mean_execution, steady_clock::now() - *entry_);
        core_.running_since.erase(entry_);
    }

  private:
    Core& core_;
    std::list<steady_clock::time_point>::iterator entry_;
    bool ended_ = false;
};

}  // namespace

// A claim's turn on the pool. Given back when the call ends, or when it goes on without a thread.
class Dispatcher::Permit {
  public:
    explicit Permit(Dispatcher& dispatcher) : dispatcher_(dispatcher) {
        ++core().counters.running;
        if (dispatcher_.has_permit())
            core().permits_changed.notify_one();  // there may be more than one
    }
    ~Permit() { give_back(); }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;

    void give_back() {
        if (given_back_) return;
        given_back_ = true;
        --core().counters.running;
        core().permits_changed.notify_one();
    }

  private:
    Core& core() { return dispatcher_.core_; }
    Dispatcher& dispatcher_;
    bool given_back_ = false;
};

// A claim in core.claims for as long as its coroutine lives, however that ends.
class Dispatcher::Open {
  public:
    Open(Core& core, ClaimPtr claim) : core_(core), claim_(std::move(claim)) {
        core_.claims[claim_->state.id] = claim_;
        ++core_.counters.claimed;
    }
    ~Open() {
        core_.release_slot(*claim_);
        const auto entry = core_.claims.find(claim_->state.id);
        if (entry != core_.claims.end() && entry->second == claim_) core_.claims.erase(entry);
        core_.claims_changed.notify_all();
    }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;

  private:
    Core& core_;
    ClaimPtr claim_;
};

Awaitable<void> Dispatcher::serve(ClaimPtr claim) {
    const Open open(core_, claim);
    for (;;) {
        auto outcome = co_await execute(claim);
        if (!outcome) {
            core_.release_slot(*claim);
            if (core_.options.hand_back) co_await reporter_.hand_back(claim);
            break;
        }
        const auto* requeue = std::get_if<model::Requeued>(&*outcome);
        if (requeue != nullptr &&
            requeue_stays_here(requeue->after, claim->uncertain, core_.options.timing)) {
            if (co_await wait_here(claim, requeue->after)) continue;
            if (core_.options.hand_back) co_await reporter_.hand_back(claim);
            break;
        }
        const auto shared = std::make_shared<const model::Outcome>(std::move(*outcome));
        if (const auto journaled = co_await core_.journal.outcome(claim->seq, shared); !journaled) {
            core_.log.error(
                "journal refused an outcome, it is reported from memory",
                {{"state", claim->state.id.str()}, {"error", journaled.error().message}});
        }
        core_.release_slot(*claim);
        if (co_await reporter_.report(claim, shared) == Reporter::End::settled) break;
        // A re-enqueue whose fate is unknown: wait until it can no longer arrive, then run the
        // state here again.
        claim->uncertain = true;
        (void)co_await core_.journal.uncertain(claim->seq);
        if (!co_await wait_here(claim, core_.options.timing.late_request)) break;
    }
}

Awaitable<bool> Dispatcher::wait_here(ClaimPtr claim, base::Millis after) {
    claim->stage = Claim::Stage::parked_here;
    core_.release_slot(*claim);
    co_await core_.pause(after);
    co_await core_.take_slot_again(*claim);
    claim->stage = Claim::Stage::waiting;
    co_return !core_.draining;
}

Awaitable<std::optional<model::Outcome>> Dispatcher::execute(ClaimPtr claim) {
    const auto found = core_.nodes.find(claim->state.node_name);
    if (found == core_.nodes.end()) {
        co_return model::Errored{"node " + claim->state.node_name +
                                 " is not served by this worker"};
    }
    const auto node = found->second;
    Walk walk(core_, claim->state.node_name);
    walk.on(Event::claimed);

    auto inputs = bind_inputs(node->schema(), claim->state.inputs);
    if (!inputs) {
        walk.on(Event::inputs_invalid);
        co_return model::Errored{inputs.error().message};
    }
    while (!core_.draining && !has_permit()) co_await core_.permits_changed.wait();
    if (core_.draining) co_return std::nullopt;
    Permit permit(*this);

    std::vector<std::string> secrets;
    if (!node->schema().secrets.empty()) {
        auto fetched = co_await fetch_secrets(claim, node->schema());
        if (!fetched && core_.draining) co_return std::nullopt;
        if (!fetched) {
            walk.on(Event::inputs_invalid);
            co_return model::Errored{fetched.error().message};
        }
        secrets = std::move(*fetched);
        if (core_.draining) co_return std::nullopt;
    }
    if (const auto started = co_await core_.journal.started(claim->seq); !started) {
        core_.log.error("journal is not writable, the state is not started",
                        {{"state", claim->state.id.str()}, {"error", started.error().message}});
        co_return std::nullopt;
    }
    walk.on(Event::inputs_valid);
    auto outcome = co_await run_node(claim, node, permit, std::move(*inputs), std::move(secrets));
    if (!outcome) co_return outcome;
    const bool failed = std::holds_alternative<model::Errored>(*outcome);
    walk.on(failed ? Event::threw : Event::returned);
    if (!failed) walk.on(Event::outputs_valid);  // the executor has checked them (ports.hpp)
    log_outcome(*claim, *outcome);
    co_return outcome;
}

Awaitable<std::optional<model::Outcome>> Dispatcher::run_node(ClaimPtr claim,
                                                              std::shared_ptr<ExecutableNode> node,
                                                              Permit& permit,
                                                              std::vector<std::string> inputs,
                                                              std::vector<std::string> secrets) {
    claim->stage = Claim::Stage::running;
    const auto limits = core_.options.nodes.find(claim->state.node_name);
    const auto timeout =
        limits == core_.options.nodes.end() ? std::nullopt : limits->second.timeout;
    const auto deadline =
        timeout ? steady_clock::now() + *timeout : steady_clock::time_point::max();

    ThreadTime thread_time(core_);
    bool async = false;
    const auto wait = std::make_shared<CallWait>(core_.executor, [&] {
        // It waits without a thread from now on: another state may run, and the slot is not the
        // pool's any more.
        thread_time.end();
        permit.give_back();
        async = true;
        ++core_.counters.waiting_async;
        if (!claim->group->limit) core_.release_slot(*claim);
    });
    CallRequest request;
    request.state_id = claim->state.id;
    request.identifier = claim->state.identifier;
    request.inputs = std::move(inputs);
    request.secrets = std::move(secrets);
    if (timeout) request.deadline = deadline;
    request.on_waiting = [wait] { wait->waiting(); };
    const auto call =
        node->start(std::move(request), [wait](CallResult r) { wait->arrived(std::move(r)); });

    calls_.insert(wait.get());
    while (!wait->done() && steady_clock::now() < std::min(deadline, core_.drain_deadline)) {
        co_await wait->until_done(std::min(deadline, core_.drain_deadline));
    }
    const bool timed_out = !wait->done() && steady_clock::now() >= deadline;
    const bool cancelled = !wait->done();
    if (cancelled) {
        call->cancel();
        const auto grace_ends = steady_clock::now() + core_.options.timing.cancel_grace;
        while (!wait->done() && steady_clock::now() < grace_ends)
            co_await wait->until_done(grace_ends);
    }
    calls_.erase(wait.get());
    wait->forget();
    if (async) {
        --core_.counters.waiting_async;
        core_.slots_changed.notify_all();
    }
    if (!wait->done()) {
        if (!async && core_.thread_lost) {
            ++core_.counters.threads_lost;
            core_.thread_lost();
        }
        co_return write_off(*claim, *node, timed_out);
    }
    auto result = wait->take();
    if (auto* outcome = std::get_if<model::Outcome>(&result)) co_return std::move(*outcome);
    // The node may have seen its deadline pass before our timer fired.
    if (timed_out || (timeout && steady_clock::now() >= deadline)) {
        co_return model::Errored{"node " + claim->state.node_name + " timed out after " +
                                 base::to_text(*timeout)};
    }
    if (cancelled) co_return std::nullopt;  // gave up for the drain: handed back
    co_return model::Errored{"node " + claim->state.node_name +
                             " gave up as cancelled, but nobody had cancelled it"};
}

std::optional<model::Outcome> Dispatcher::write_off(const Claim& claim, const ExecutableNode& node,
                                                    bool timed_out) {
    core_.log.error("node did not return after it was cancelled, its thread is written off",
                    {{"node", claim.state.node_name},
                     {"plugin", node.plugin()},
                     {"version", node.version()},
                     {"state", claim.state.id.str()}});
    if (timed_out) {
        return model::Errored{"node " + claim.state.node_name +
                              " timed out and did not react to cancellation"};
    }
    return model::Errored{"worker stopped while node " + claim.state.node_name +
                          " was running, and it did not react to cancellation"};
}

Awaitable<base::Result<std::vector<std::string>>> Dispatcher::fetch_secrets(
    ClaimPtr claim, const model::NodeSchema& schema) {
    const auto& timing = core_.options.timing;
    const auto patience_ends = steady_clock::now() + timing.secrets_patience;
    const base::Backoff backoff{timing.first_pause, base::Millis(5'000)};
    for (unsigned attempt = 0;; ++attempt) {
        auto answer = co_await core_.server.secrets(claim->state.id, claim->state.claim);
        if (answer.answer.kind == Answer::Kind::accepted) {
            auto bound = bind_secrets(schema, answer.secrets);
            for (auto& [name, value] : answer.secrets) wipe(value);
            co_return bound;
        }
        if (answer.answer.kind == Answer::Kind::unauthorized) core_.server.reload_key();
        if (core_.draining || steady_clock::now() >= patience_ends) {
            co_return base::fail("secrets of the state could not be fetched: " +
                                 answer.answer.detail);
        }
        co_await base::sleep_for(backoff.delay(attempt, core_.random01()));
    }
}

bool Dispatcher::has_permit() const {
    // Enough on the pool to bridge a wake-up of the io thread (about a millisecond); for slow nodes
    // just the threads.
    return core_.counters.running < claim_target(core_.options.workers, core_.options.batch_size,
                                                 core_.mean_execution,
                                                 std::chrono::milliseconds(1));
}

void Dispatcher::drain_changed() {
    for (auto* call : calls_) call->interrupt();
    core_.drain_changed.notify_all();
    core_.permits_changed.notify_all();
    core_.slots_changed.notify_all();
}

void Dispatcher::log_outcome(const Claim& claim, const model::Outcome& outcome) const {
    const auto* errored = std::get_if<model::Errored>(&outcome);
    if (errored != nullptr) {
        core_.log.warn("state errored", {{"node", claim.state.node_name},
                                         {"identifier", claim.state.identifier},
                                         {"state", claim.state.id.str()},
                                         {"error", errored->error}});
    } else if (core_.log.enabled(base::LogLevel::debug)) {
        core_.log.debug("state done", {{"outcome", model::kind_of(outcome)},
                                       {"node", claim.state.node_name},
                                       {"identifier", claim.state.identifier},
                                       {"state", claim.state.id.str()}});
    }
}

}  // namespace exo::worker
