// A real embedded state manager on a port and a directory of its own, with a clock that tests turn,
// and a real HTTP client. Used from the test's thread.
#pragma once

#include <atomic>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "embedded/json.hpp"
#include "embedded/server.hpp"
#include "net/http_client.hpp"
#include "support/io_thread.hpp"
#include "support/temp_dir.hpp"

namespace exo::test {

using embedded::json::Document;
using embedded::json::Value;

struct Reply {
    int status = 0;
    net::Headers headers;
    std::string body;
    std::shared_ptr<Document> json;  // null value if the body is not JSON

    const Value& operator[](const char* name) const { return (*json)[name]; }
    std::string detail() const { return (*json)["detail"].GetString(); }
    std::string header(std::string_view name) const {
        return std::string(net::find_header(headers, name));
    }
};

// Parses JSON; throws if it is none.
Document parse(const std::string& text);
std::string text(const Value& value);
// The same JSON, whatever the order of members.
bool same(const Value& value, const std::string& json);

class Server {
  public:
    explicit Server(bool strict_upstream = false);
    ~Server();

    // Stops the server and starts it again on the same directory.
    void reopen();
    // Turns the clock.
    void advance_ms(std::int64_t ms) { clock_micros_ += ms * 1000; }
    std::int64_t now_ms() const { return clock_micros_ / 1000; }
    const std::string& data_dir() const { return data_dir_; }
    std::uint16_t port() const { return port_; }
    const std::string& log() const { return *log_; }  // only after stop
    void stop();
    embedded::EmbeddedStats stats();

    Reply send(net::Method method, const std::string& target, const std::string& body = {},
               std::optional<net::Headers> headers = std::nullopt);
    Reply get(const std::string& path) { return send(net::Method::get, path); }
    Reply put(const std::string& path, const std::string& body) {
        return send(net::Method::put, path, body);
    }
    Reply post(const std::string& path, const std::string& body) {
        return send(net::Method::post, path, body);
    }
    // Many requests at once, over as many connections.
    std::vector<Reply> send_all(const std::vector<net::Request>& requests);
    net::Request request(net::Method method, const std::string& target,
                         const std::string& body) const;

    // ---- the usual calls, in namespace "ns"
    // N: inputs a, outputs x and y; N2: inputs a and b (with a default); Sec: secret api_key.
    void register_nodes();
    std::string put_graph(const std::string& name, const std::string& nodes,
                          const std::string& more = R"("secrets":{})");  // its status afterwards
    std::string trigger(const std::string& graph, const std::string& body = "{}");  // run id
    struct State {
        std::string id, identifier, inputs;
    };
    std::vector<State> enqueue(int batch = 100, const std::string& nodes = R"(["N","N2"])");
    State enqueue_one(const std::string& identifier);
    Reply report(const std::string& state, const std::string& what, const std::string& body);
    Reply executed(const State& state, const std::string& outputs = R"([{"x":"1","y":"2"}])");
    Reply errored(const State& state, const std::string& error = "boom");
    Reply run_graph(const std::string& run);
    // "b:SUCCESS b:QUEUED root:SUCCESS"
    std::string statuses(const std::string& run);
    std::string run_line(const std::string& run);  // "SUCCESS success=2 pending=0 ..."

    static constexpr const char* key = "test-key-of-some-length";

  private:
    void start();

    TempDir dir_;
    std::string data_dir_;
    bool strict_upstream_;
    std::shared_ptr<std::string> log_ = std::make_shared<std::string>();
    std::atomic<std::int64_t> clock_micros_;
    std::uint16_t port_ = 0;
    std::unique_ptr<IoThread> io_;
    std::unique_ptr<embedded::EmbeddedStateManager> server_;
    std::unique_ptr<net::HttpClient> client_;
};

// {"node_name":"N","namespace":"ns","identifier":...}
std::string node(const std::string& identifier, const std::string& input,
                 const std::string& next_nodes = "null", const std::string& unites = "null",
                 const std::string& name = "N");

}  // namespace exo::test
