// The nodes of docs/plugin-guide.md. Regions between [name] and [/name] are quoted there, word for
// word: guide_quotes.cmake compares them.
#pragma once

#include <exosphere/node.hpp>

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cctype>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

struct Uppercase : exosphere::Node<Uppercase> {
    struct Inputs {
        std::string text;
        std::string batch_size = "100";
    };
    struct Outputs {
        std::string text;
    };

    Outputs execute(const Inputs& in) {
        std::string text = in.text;
        for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return {text};
    }
};

// [fields]
struct Fetch : exosphere::Node<Fetch> {
    static constexpr const char* doc = "Fetches a record of the customer database.";
    struct Inputs {
        std::string user_id;                    // required
        std::string batch_size = "100";         // optional, with a default
        std::string filter = exosphere::empty;  // optional, "" by default
        static constexpr exosphere::FieldDoc docs[] = {
            {"user_id", "As in the customer database."},
            {"filter", "Only records whose name contains this."}};
    };
    struct Outputs {
        std::string processed_data, metadata, status, count;
    };
    struct Secrets {
        std::string api_key, database_url;
    };
    Outputs execute(const Inputs& in, const Secrets& secrets, exosphere::Context& ctx);
};
// [/fields]

// [fan-out]
struct Split : exosphere::Node<Split> {
    struct Inputs {
        std::string text;
    };
    struct Outputs {
        std::string line;
    };
    std::vector<Outputs> execute(const Inputs& in) {
        std::vector<Outputs> lines;
        std::string_view rest = in.text;
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            lines.push_back({std::string(line)});
            rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        }
        return lines;
    }
};
// [/fan-out]

// [signals]
struct PollBatch : exosphere::Node<PollBatch> {
    struct Inputs {
        std::string status;
    };
    struct Outputs {
        std::string result;
    };
    Outputs execute(const Inputs& in) {
        if (in.status == "pending") throw exosphere::Requeue{30s};  // ask again later
        if (in.status == "duplicate") throw exosphere::Prune{R"({"reason":"duplicate"})"};
        if (in.status != "done") throw std::runtime_error("unknown status " + in.status);
        return {"ready"};
    }
};
// [/signals]

// [context]
struct Patient : exosphere::Node<Patient> {
    struct Outputs {
        std::string rounds;
    };
    Outputs execute(exosphere::Context& ctx) {
        ctx.log("working on state " + std::string(ctx.state_id()));
        if (const auto left = ctx.time_left()) {  // a time-out is configured
            ctx.log(exosphere::LogLevel::debug, std::to_string(left->count()) + " ms left");
        }
        int rounds = 0;
        for (; rounds < 1000; ++rounds) {
            ctx.throw_if_cancelled();  // or: if (ctx.cancelled()) return ...;
        }
        return {std::to_string(rounds)};
    }
};
// [/context]

// [shared]
struct Counter : exosphere::SharedNode<Counter> {
    struct Outputs {
        std::string count;
    };
    explicit Counter(exosphere::Host& host) { host.log("opened the pool of connections"); }
    Outputs execute() { return {std::to_string(++count_)}; }  // entered by many threads at once
    std::atomic<int> count_{0};
};
// [/shared]

// [async]
struct Reminder : exosphere::AsyncNode<Reminder> {
    struct Inputs {
        std::string text;
    };
    struct Outputs {
        std::string text;
    };
    void execute(const Inputs& in, exosphere::Completion<Outputs> done) {
        done.context().on_cancel([done] { done.give_up(); });
        done.context().submit_after(10min, [&in, done] { done.complete({in.text}); });
    }
};
// [/async]

// [own-loop]
struct Timer : exosphere::SharedAsyncNode<Timer> {
    struct Outputs {
        std::string waited_ms;
    };
    ~Timer() {  // no call is outstanding any more
        work_.reset();
        thread_.join();
    }
    void execute(exosphere::Completion<Outputs> done) {
        boost::asio::post(loop_, [this, done] { start(done); });  // all else is the loop's
    }

  private:
    void start(const exosphere::Completion<Outputs>& done) {
        auto timer = std::make_shared<boost::asio::steady_timer>(loop_, 5ms);
        done.context().on_cancel([this, timer] {  // called on any thread
            boost::asio::post(loop_, [timer] { timer->cancel(); });
        });
        timer->async_wait([timer, done](boost::system::error_code error) {
            if (error) {
                done.give_up();
            } else {
                done.complete({"5"});
            }
        });
    }

    boost::asio::io_context loop_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        loop_.get_executor()};
    std::thread thread_{[this] { loop_.run(); }};
};
// [/own-loop]

// [hooks]
struct CheckConfig : exosphere::Hooks {
    static void init(exosphere::Host& host) {
        if (!host.config("root")) throw std::invalid_argument("[plugins.acme] needs a root");
    }
    static void shutdown() {}
};
// [/hooks]
