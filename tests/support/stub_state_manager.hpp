// A small state manager for tests of the worker: hands out the states it was given, records every
// call, and misbehaves on request. Real HTTP on a free loopback port, on a thread of its own. All
// methods are thread-safe; destroy it on the thread that made it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "net/http_types.hpp"

namespace exo::test {

class StubStateManager {
  public:
    StubStateManager();
    ~StubStateManager();
    StubStateManager(const StubStateManager&) = delete;
    StubStateManager& operator=(const StubStateManager&) = delete;

    std::uint16_t port() const;
    std::string uri() const;  // "http://127.0.0.1:PORT"

    // ---- work
    struct State {
        std::string id;  // 24 hex digits, or whatever the test is about
        std::string node_name;
        std::string identifier = "node";
        std::string inputs = "{}";  // JSON, put into the answer as it is
    };
    void add_state(State state);                                      // status CREATED
    void set_secrets(const std::string& state_id, std::string json);  // {"name":"value"}
    // From now on calls without this x-api-key get 401; "" = anything goes.
    void require_key(std::string key);
    void announce_long_poll();  // header x-exosphere-long-poll, and "wait_ms" is honoured
    void announce_claims();     // header x-exosphere-claims: claim numbers in states, checked

    // ---- misbehaviour. `call` is one of: "register", "enqueue", "executed", "errored", "prune",
    // "re-enqueue-after", "secrets"; "" = any.
    struct Fault {
        int status = 503;  // 0: the connection is closed instead of an answer
        std::string body = R"({"detail":"stub says no"})";
        std::string content_type = "application/json";
        bool processed = false;  // the call takes effect nevertheless
        static Fault answer(int status, std::string detail = "stub says no");
        static Fault html();                // 200 with a proxy's page
        static Fault cut(bool processed);   // the connection is closed before the answer
        static Fault hang(bool processed);  // no answer for as long as the stub lives
        bool hangs = false;
    };
    void fail_next(const std::string& call, Fault fault, int times = 1);
    void delay(const std::string& call, std::chrono::milliseconds duration);  // before it answers

    // ---- what happened
    struct Call {
        std::string call;      // as above; "other" for what the stub does not know
        std::string state_id;  // of reports and secrets
        std::string path;      // raw
        net::Headers headers;
        std::string body;
        int status = 0;  // answered with; 0: cut or hanging
        std::chrono::steady_clock::time_point at;
    };
    std::vector<Call> calls(const std::string& call = {}) const;
    std::size_t count(const std::string& call) const;
    // Waits, at most a minute, until so many have been answered; false if they never came.
    bool wait_for(const std::string& call, std::size_t count) const;
    // CREATED, QUEUED, EXECUTED, ERRORED, PRUNED; "" if unknown.
    std::string status_of(const std::string& state_id) const;
    bool wait_for_status(const std::string& state_id, const std::string& status) const;
    // The body of the report that settled the state; "" if none did.
    std::string settled_with(const std::string& state_id) const;

  private:
    class Server;
    std::unique_ptr<Server> server_;
};

}  // namespace exo::test
