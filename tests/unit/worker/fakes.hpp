// Fakes at the worker's ports: a scripted server and nodes that run on a thread of their own. For
// unit tests only.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "worker/memory_journal.hpp"
#include "worker/worker.hpp"

namespace exo::worker::test {

struct Report {
    std::string state, kind;
    std::shared_ptr<const model::Outcome> outcome;
};

class FakeServer final : public StateManager {
  public:
    std::deque<model::ClaimedState> available;
    std::vector<Report> reports;
    std::vector<std::size_t> batches;
    std::deque<Answer::Kind> register_answers;  // empty = accepted
    std::function<Answer(const Report&, std::size_t nth)> answer_report;
    std::map<std::string, std::string> secret_values;
    bool secrets_fail = false;
    int key_reloads = 0, registrations = 0, polls = 0;
    std::vector<std::vector<std::string>> polled_nodes;

    void add(std::string id, std::string node, std::vector<model::Input> inputs = {}) {
        model::ClaimedState state;
        state.id = *model::StateId::parse(id);
        state.node_name = std::move(node);
        state.identifier = "i";
        state.inputs = std::move(inputs);
        available.push_back(std::move(state));
    }

    Awaitable<Answer> register_nodes(std::vector<model::NodeSchema>) override {
        ++registrations;
        Answer answer{Answer::Kind::accepted, 200, ""};
        if (!register_answers.empty()) {
            answer.kind = register_answers.front();
            register_answers.pop_front();
        }
        co_return answer;
    }
    Awaitable<EnqueueAnswer> enqueue(std::vector<std::string> nodes, std::size_t batch_size,
                                     base::Millis) override {
        ++polls;
        batches.push_back(batch_size);
        polled_nodes.push_back(nodes);
        EnqueueAnswer answer;
        answer.answer = {Answer::Kind::accepted, 200, ""};
        for (auto it = available.begin();
             it != available.end() && answer.states.size() < batch_size;) {
            const bool asked =
                std::find(nodes.begin(), nodes.end(), it->node_name) != nodes.end() ||
                it->node_name == "Nobody";
            if (!asked) {
                ++it;
                continue;
            }
            answer.states.push_back(*it);
            it = available.erase(it);
        }
        co_return answer;
    }
    Awaitable<Answer> report(model::StateId state, std::uint64_t,
                             std::shared_ptr<const model::Outcome> outcome) override {
        Report report{state.str(), std::string(model::kind_of(*outcome)), outcome};
        reports.push_back(report);
        if (answer_report) co_return answer_report(report, reports.size() - 1);
        co_return Answer{Answer::Kind::accepted, 200, ""};
    }
    Awaitable<SecretsAnswer> secrets(model::StateId, std::uint64_t) override {
        SecretsAnswer answer;
        answer.answer = {secrets_fail ? Answer::Kind::ambiguous : Answer::Kind::accepted, 200,
                         "down"};
        for (const auto& [k, v] : secret_values) answer.secrets.emplace_back(k, v);
        co_return answer;
    }
    void reload_key() override { ++key_reloads; }
};

class FakeNode final : public ExecutableNode {
  public:
    struct Call final : RunningCall {
        std::atomic<bool> cancelled{false};
        void cancel() override { cancelled = true; }
    };
    using Body = std::function<CallResult(const CallRequest&, const Call&)>;

    FakeNode(boost::asio::thread_pool& pool, std::string name, Body body)
        : pool_(pool), body_(std::move(body)) {
        schema_.name = std::move(name);
    }
    model::NodeSchema schema_;
    const model::NodeSchema& schema() const override { return schema_; }
    std::string_view plugin() const override { return "fake"; }
    std::string_view version() const override { return "1"; }
    std::shared_ptr<RunningCall> start(CallRequest request,
                                       std::function<void(CallResult)> done) override {
        auto call = std::make_shared<Call>();
        boost::asio::post(pool_, [this, call, request = std::move(request),
                                  done = std::move(done)] { done(body_(request, *call)); });
        return call;
    }

  private:
    boost::asio::thread_pool& pool_;
    Body body_;
};

class FakeExecutor final : public NodeExecutor {
  public:
    std::vector<std::shared_ptr<ExecutableNode>> list;
    std::vector<std::shared_ptr<ExecutableNode>> nodes() const override { return list; }
};

inline Timing fast() {
    Timing timing;
    timing.late_request = base::Millis(5);
    timing.hold = base::Millis(200);
    timing.cancel_grace = base::Millis(200);
    timing.flush_limit = base::Millis(2000);
    timing.secrets_patience = base::Millis(30);
    timing.first_pause = base::Millis(1);
    timing.longest_pause = base::Millis(5);
    return timing;
}

// One worker on one io_context that the test's thread runs.
struct Bench {
    // Declared first, destroyed last: nodes run here, and may outlive everything else in a test
    // that hangs one.
    boost::asio::thread_pool pool{2};
    boost::asio::io_context io{1};
    FakeServer server;
    MemoryJournal journal;
    FakeExecutor executor;
    Options options;
    std::shared_ptr<std::string> log = std::make_shared<std::string>();
    std::unique_ptr<Worker> worker;
    std::string escaped;
    int threads_lost = 0;
    bool ended = false;

    Bench() {
        options.workers = 2;
        options.poll_interval = base::Millis(5);
        options.drain_timeout = base::Millis(5'000);
        options.timing = fast();
    }
    FakeNode& node(std::string name, FakeNode::Body body) {
        auto made = std::make_shared<FakeNode>(pool, std::move(name), std::move(body));
        executor.list.push_back(made);
        return *made;
    }
    void start() {
        Worker::Hooks hooks;
        hooks.fatal = [this](std::string what) { escaped = std::move(what); };
        hooks.thread_lost = [this] { ++threads_lost; };
        worker = std::make_unique<Worker>(io.get_executor(), server, journal, executor, options,
                                          base::Log::to_string(log), hooks);
        base::spawn(io.get_executor(), run(), hooks.fatal);
    }
    Awaitable<void> run() {
        co_await worker->run();
        ended = true;
    }
    // Runs the io_context until the condition holds; false when ten seconds were not enough.
    bool until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            io.run_one_for(base::Millis(10));
        }
        return true;
    }
    bool stop() {
        worker->stop();
        return until([this] { return ended; });
    }
};

}  // namespace exo::worker::test
