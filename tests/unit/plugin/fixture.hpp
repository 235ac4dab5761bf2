// What the tests of plugin/ share: directories of their own, an executor over one, calls with
// bounded waiting.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "plugin/executor.hpp"
#include "support/temp_dir.hpp"

namespace exo::test {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
constexpr auto patience = 60s;

inline fs::path fixture(const std::string& name) { return fs::path(EXO_TEST_PLUGINS) / name; }
inline fs::path bad(const std::string& what) {
    return fs::path(EXO_TEST_PLUGINS) / "bad" / (what + ".so");
}

inline plugin::ProbeCommand test_probe() { return {EXO_TEST_PROBE, {"probe-plugin"}, 20'000ms}; }

// Whatever is written is there once shutdown() has returned.
struct Lines {
    std::mutex mutex;
    std::string text;

    std::string all() {
        const std::lock_guard lock(mutex);
        return text;
    }
    bool contains(const std::string& part) { return all().find(part) != std::string::npos; }
};

class World {
  public:
    explicit World(unsigned threads = 2) : pool(threads) {
        fs::create_directory(plugins());
        log_text = std::make_shared<std::string>();
        options.plugins.directory = plugins().string();
        options.plugins.cache_directory = (dir_path / "cache").string();
        options.namespace_name = "test-namespace";
        options.probe = test_probe();
        options.on_line = [lines = lines](const plugin::PluginLine& line) {
            const std::lock_guard lock(lines->mutex);
            lines->text += std::string(line.plugin) + "/" + std::string(line.node) + "/" +
                           std::string(line.state) + ": " + std::string(line.message) + "\n";
        };
    }
    ~World() {
        executor.reset();
        pool.join();
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    fs::path plugins() const { return dir_path / "plugins"; }
    World& add(const fs::path& file, const std::string& as = "") {
        fs::copy_file(file, plugins() / (as.empty() ? file.filename().string() : as));
        return *this;
    }
    base::Result<> try_load() {
        executor =
            std::make_unique<plugin::Executor>(pool, base::Log::to_string(log_text), options);
        return executor->load();
    }
    World& load() {
        const auto loaded = try_load();
        if (!loaded) FAIL(loaded.error().message);
        return *this;
    }
    const std::vector<plugin::Refusal>& refused() const { return executor->registry().refused(); }
    std::shared_ptr<worker::ExecutableNode> node(const std::string& name) const {
        for (const auto& each : executor->nodes()) {
            if (each->schema().name == name) return each;
        }
        FAIL("no node " << name);
        return nullptr;
    }

    TempDir dir;
    fs::path dir_path{dir.path()};
    std::shared_ptr<std::string> log_text;  // read it after shutdown
    std::shared_ptr<Lines> lines = std::make_shared<Lines>();
    plugin::ExecutorOptions options;
    boost::asio::thread_pool pool;
    std::unique_ptr<plugin::Executor> executor;
};

struct Started {
    std::shared_ptr<worker::RunningCall> running;
    std::future<worker::CallResult> result;

    worker::CallResult get() {
        if (result.wait_for(patience) != std::future_status::ready) FAIL("the call did not end");
        return result.get();
    }
};

inline worker::CallRequest request(std::vector<std::string> inputs,
                                   std::vector<std::string> secrets = {}) {
    worker::CallRequest out;
    out.state_id = *model::StateId::parse("state-1");
    out.identifier = "first";
    out.inputs = std::move(inputs);
    out.secrets = std::move(secrets);
    return out;
}

inline Started start(const std::shared_ptr<worker::ExecutableNode>& node,
                     worker::CallRequest what) {
    auto promise = std::make_shared<std::promise<worker::CallResult>>();
    Started out{nullptr, promise->get_future()};
    out.running = node->start(std::move(what), [promise](worker::CallResult result) {
        promise->set_value(std::move(result));
    });
    return out;
}

// One line for any result: "executed text=a | text=b", "errored ...", "gave up".
inline std::string words(const worker::CallResult& result) {
    if (std::holds_alternative<worker::GaveUp>(result)) return "gave up";
    const auto& outcome = std::get<model::Outcome>(result);
    std::string out(model::kind_of(outcome));
    if (const auto* executed = std::get_if<model::Executed>(&outcome)) {
        for (const auto& row : executed->outputs) {
            out += &row == executed->outputs.data() ? " " : " | ";
            for (const auto& [name, value] : row)
                out += (&name == &row[0].first ? "" : ",") + name + "=" + value;
        }
    } else if (const auto* errored = std::get_if<model::Errored>(&outcome)) {
        out += " " + errored->error;
    } else if (const auto* pruned = std::get_if<model::Pruned>(&outcome)) {
        out += " " + pruned->data;
    } else if (const auto* requeued = std::get_if<model::Requeued>(&outcome)) {
        out += " " + std::to_string(requeued->after.count());
    }
    return out;
}

inline std::string run(const std::shared_ptr<worker::ExecutableNode>& node,
                       worker::CallRequest what) {
    return words(start(node, std::move(what)).get());
}

}  // namespace exo::test
