// What poller, dispatcher and reporter share: ports, options, counts, and the claims under way.
// Everything in here is owned by the worker's io thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/log.hpp"
#include "worker/lifecycle.hpp"
#include "worker/options.hpp"
#include "worker/ports.hpp"

namespace exo::worker {

// Nodes that are asked for in one enqueue: all that have no limit of their own, or one that has.
struct Group {
    std::vector<std::string> nodes;
    std::optional<unsigned> limit;  // max_concurrency
    std::size_t taken = 0;          // slots: asked for, or claimed and without a journaled outcome
    boost::asio::cancellation_signal abandon;  // ends the poll at the end of a drain
};

// One claim, from the enqueue's answer to the end of its report. One coroutine owns it
// (Dispatcher::serve).
struct Claim {
    enum class Stage { waiting, running, parked_here, reporting };
    ClaimSeq seq = 0;
    model::ClaimedState state;
    Group* group = nullptr;
    Stage stage = Stage::waiting;
    bool uncertain = false;   // rule 9
    bool requeueing = false;  // a re-enqueue-after of it is under way
    bool holds_slot = true;
    std::chrono::steady_clock::time_point claimed_at;
    boost::asio::cancellation_signal abandon;  // ends its coroutine at the end of a drain
};
using ClaimPtr = std::shared_ptr<Claim>;

// What the server was to us last; readiness and back-off log lines come from it.
enum class Contact { never, reached, unreachable, unauthorized };

struct Counters {
    std::uint64_t claimed = 0, executed = 0, errored = 0, pruned = 0, requeued = 0, handed_back = 0;
    std::uint64_t reports_retried = 0, settled_elsewhere = 0, threads_lost = 0;
    std::size_t running = 0;  // on a pool thread or queued for one
    std::size_t waiting_async = 0;
    std::size_t unreported = 0;  // outcomes the server does not have yet
    std::size_t parked = 0;      // of those: refused, kept, retried rarely
};

struct Core {
    Core(boost::asio::any_io_executor ex, StateManager& s, Journal& j, Options o, base::Log l,
         base::OnEscape f)
        : executor(std::move(ex)),
          server(s),
          journal(j),
          options(std::move(o)),
          log(std::move(l)),
          fatal(std::move(f)),
          slots_changed(executor),
          permits_changed(executor),
          drain_changed(executor),
          claims_changed(executor),
          random(std::random_device{}()) {}

    boost::asio::any_io_executor executor;
    StateManager& server;
    Journal& journal;
    Options options;
    base::Log log;
    base::OnEscape fatal;               // an exception escaped a coroutine: shut down
    std::function<void()> thread_lost;  // a pool thread hangs in a node and must be replaced

    std::map<std::string, std::shared_ptr<ExecutableNode>, std::less<>> nodes;
    std::list<Group> groups;
    std::map<std::string, NodeTally, std::less<>> tallies;
    std::map<model::StateId, ClaimPtr> claims;  // open, by state
    std::list<std::chrono::steady_clock::time_point>
        running_since;  // thread-holding calls, oldest first
    Counters counters;
    Contact contact = Contact::never;
    bool long_poll = false;

    // A planned stop: no more polls and starts; from drain_deadline on running calls are cancelled.
    bool draining = false;
    std::chrono::steady_clock::time_point drain_deadline =
        std::chrono::steady_clock::time_point::max();

    base::Signal slots_changed;    // pollers wait for free slots
    base::Signal permits_changed;  // claims wait for their turn on the pool
    base::Signal drain_changed;    // everything that waits for time ends early
    base::Signal claims_changed;   // the drain waits for claims to end

    // Means that claim-ahead decides by; exponentially weighted, zero = not known yet.
    std::chrono::nanoseconds mean_execution{0};
    std::chrono::nanoseconds mean_round_trip{0};

    std::mt19937_64 random;
    double random01() { return std::uniform_real_distribution<double>(0.0, 1.0)(random); }

    // Waits, but no longer than until a drain begins.
    Awaitable<void> pause(base::Millis duration);
    // Slots that `group` may ask for now.
    std::size_t free_slots(const Group& group) const;
    void release_slot(Claim& claim);
    Awaitable<void> take_slot_again(Claim& claim);  // returns early, without one, when draining
};

void update_mean(std::chrono::nanoseconds& mean, std::chrono::nanoseconds sample);

}  // namespace exo::worker
