// Unit tests for nodes, without a worker and without dlopen, so that debuggers and sanitizers just
// work. The node runs behind the same trampolines as in a worker.
//
//   const auto outcome = exosphere::testing::run<Uppercase>({.text = "hi"});
//   REQUIRE(outcome.output().text == "HI");
//
// Time is simulated: it stands still while nodes run, and jumps to the due time of work given to
// submit_after(), so that timers cost nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "exosphere/detail/describe.hpp"
#include "exosphere/detail/test_host.hpp"
#include "exosphere/node.hpp"

namespace exosphere::testing {

enum class Ending {
    executed,     // outputs: one, several (fan-out) or none
    errored,      // error
    pruned,       // pruned: the JSON object
    requeued,     // requeued_after
    gave_up,      // exosphere::Cancelled
    never_ended,  // an asynchronous node did not complete within Options::patience
};

template <class T>
struct Outcome {
    Ending ending = Ending::never_ended;
    std::vector<typename T::Outputs> outputs;
    std::string error;
    std::string pruned;
    std::chrono::milliseconds requeued_after{};
    std::vector<LogLine> log;
    Time ended_at;  // simulated

    bool executed() const { return ending == Ending::executed; }

    // The one set of outputs. Throws std::logic_error, saying what happened, if there is not one.
    const typename T::Outputs& output() const {
        if (!executed() || outputs.size() != 1) throw std::logic_error(describe());
        return outputs.front();
    }

    bool logged(std::string_view part) const {
        for (const LogLine& line : log) {
            if (line.text.find(part) != std::string::npos) return true;
        }
        return false;
    }

    std::string describe() const {
        switch (ending) {
            case Ending::executed:
                return "executed with " + std::to_string(outputs.size()) + " outputs";
            case Ending::errored:
                return "errored: " + error;
            case Ending::pruned:
                return "pruned: " + pruned;
            case Ending::requeued:
                return "requeued after " + std::to_string(requeued_after.count()) + " ms";
            case Ending::gave_up:
                return "gave up, being cancelled";
            case Ending::never_ended:
                return "never ended";
        }
        return {};
    }
    friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
        return out << outcome.describe();
    }
};

template <class T>
struct Options {
    typename T::Secrets secrets{};
    Texts config{};  // the plugin's table [plugins.NAME]
    Texts info{};    // beside "state_id" (65f000000000000000000001) and "node"
    // The deadline, from the start, in simulated time.
    std::optional<std::chrono::milliseconds> timeout{};
    // cancelled() turns true at its n-th question; 1 = cancelled from the start, 0 = never.
    int cancel_at_check = 0;
    // Cancelled as soon as execute() has returned; for asynchronous nodes.
    bool cancel_when_waiting = false;
    Time now = Time{std::chrono::seconds{1'767'225'600}};  // 2026-01-01T00:00:00Z
    // Real time to wait for an asynchronous node.
    std::chrono::milliseconds patience{10'000};
    std::map<std::string, const void*> extensions{};
};

// A node on a worker of its own, for several executions: a shared node's instance lives as long as
// the runner. Executions may be run from several threads at once.
template <class T>
class Runner {
  public:
    explicit Runner(Options<T> options = {})
        : options_(std::move(options)),
          host_(std::make_shared<detail::TestHost>(options_.config, options_.extensions,
                                                   options_.now)) {
        if (node()->flags & EXO_NODE_SHARED) shared_ = create();
    }
    ~Runner() {
        if (shared_ != nullptr && !abandoned_) node()->destroy(shared_);
    }
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    Outcome<T> run(typename T::Inputs inputs = {}) {
        void* const instance = shared_ != nullptr ? shared_ : create();
        exo_call* const call = begin(instance);
        {
            // What the node sees ends with the call, as in a worker.
            const auto in = exosphere::detail::to_values(inputs);
            const auto secrets = exosphere::detail::to_values(options_.secrets);
            if (options_.cancel_when_waiting) host_->hold_clock();
            host_->returned(call, node()->execute(instance, call, in.data(), secrets.data()));
            if (options_.cancel_when_waiting) {
                host_->cancel(call);
                host_->release_clock();
            }
            if (!host_->wait(call, options_.patience)) {
                abandon(instance);
                Outcome<T> outcome;
                outcome.log = host_->take_log();
                return outcome;
            }
        }
        Outcome<T> outcome = judge(host_->take(call));
        if (instance != shared_) node()->destroy(instance);
        outcome.log = host_->take_log();
        return outcome;
    }

    // What was logged since the last execution ended, e.g. by submitted work.
    std::vector<LogLine> take_log() { return host_->take_log(); }

    Time now() const { return host_->now(); }
    void advance(std::chrono::milliseconds by) { host_->advance(by); }

  private:
    void* create() {
        void* instance = node()->create(node(), host_.get());
        if (instance != nullptr) return instance;
        std::string reason = "the node could not be created";
        for (const LogLine& line : host_->take_log()) reason += "; " + line.text;
        throw std::runtime_error(reason);
    }

    exo_call* begin(void* instance) {
        detail::TestCall call;
        call.output_count = node()->output_count;
        call.info = options_.info;
        call.info.emplace("state_id", "65f000000000000000000001");
        call.info.emplace("node", exosphere::detail::node_name<T>());
        if (options_.timeout) call.deadline = host_->now() + *options_.timeout;
        call.cancel_at_check = options_.cancel_at_check;
        call.instance = instance;
        call.cancel = node()->cancel;
        return host_->begin(std::move(call));
    }

    static Outcome<T> judge(detail::TestCall call) {
        using Kind = detail::TestCall::Kind;
        Outcome<T> outcome;
        outcome.ended_at = call.ended_at;
        const bool failed = call.kind == Kind::failed || call.finished == EXO_FAILED;
        if (failed) {
            outcome.ending = Ending::errored;
            outcome.error = call.kind == Kind::failed ? call.text : "the node failed";
        } else if (call.finished == EXO_CANCELLED) {
            outcome.ending = Ending::gave_up;
        } else if (call.kind == Kind::pruned) {
            outcome.ending = Ending::pruned;
            outcome.pruned = call.text;
        } else if (call.kind == Kind::requeued) {
            outcome.ending = Ending::requeued;
            outcome.requeued_after = call.after;
        } else {
            outcome.ending = Ending::executed;
            for (const auto& texts : call.emitted) {
                std::vector<exo_str> values;
                for (const std::string& text : texts) {
                    values.push_back(exosphere::detail::to_str(text));
                }
                outcome.outputs.push_back(
                    exosphere::detail::from_values<typename T::Outputs>(values.data()));
            }
        }
        return outcome;
    }

    // The node may still complete some day: what it could touch stays to the end of the process.
    void abandon(void* instance) {
        static auto& graves = *new std::vector<std::pair<std::shared_ptr<detail::TestHost>, void*>>;
        graves.emplace_back(host_, instance);
        abandoned_ = true;
    }

    static const exo_node* node() {
        static const exosphere::detail::NodeTable<T> table;
        return table.node();
    }

    const Options<T> options_;
    std::shared_ptr<detail::TestHost> host_;
    void* shared_ = nullptr;
    bool abandoned_ = false;
};

// One execution.
template <class T>
Outcome<T> run(typename T::Inputs inputs = {}, Options<T> options = {}) {
    return Runner<T>(std::move(options)).run(std::move(inputs));
}

// Runs a plugin's init hook. nullopt: accepted; else the reason for which the worker refuses it.
template <class H>
std::optional<std::string> init(Texts config = {}) {
    detail::TestHost host(std::move(config), {}, Time{});
    if (exosphere::detail::HookTrampolines<H>::init(&host) == EXO_DONE) return std::nullopt;
    std::string reason;
    for (const LogLine& line : host.take_log()) {
        if (line.level == LogLevel::error) reason = line.text;
    }
    return reason;
}

}  // namespace exosphere::testing
