// Enqueue with "wait_ms": a worker that waits gets new work at once, in its turn, and nothing is
// given to one that has gone.
#include <catch2/catch.hpp>

#include "server_fixture.hpp"
#include "support/raw_socket.hpp"

using namespace exo;
using test::node;
using test::Server;

namespace {

const std::string ns = "/v0/namespace/ns";

std::string waiting(int wait_ms, int batch = 1, const std::string& nodes = R"(["N"])") {
    return R"({"nodes":)" + nodes + R"(,"batch_size":)" + std::to_string(batch) + R"(,"wait_ms":)" +
           std::to_string(wait_ms) + "}";
}

// A worker that has sent its enqueue and waits for the answer.
class Worker {
  public:
    Worker(Server& server, const std::string& body)
        : socket_(test::RawSocket::to_port(server.port())) {
        socket_.send("POST " + ns +
                     "/states/enqueue HTTP/1.1\r\nhost: h\r\nx-api-key: " + Server::key +
                     "\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    int count() {
        const auto message = socket_.receive_message();
        return test::parse(message.substr(message.find("\r\n\r\n") + 4))["count"].GetInt();
    }
    void leave() { socket_.close(); }

  private:
    test::RawSocket socket_;
};

void await_waiting(Server& server, std::size_t count) {
    REQUIRE(test::eventually([&] { return server.stats().waiting_enqueues == count; }));
}

constexpr int forever_ms = 60'000;

}  // namespace

TEST_CASE("long polling is announced, and an enqueue without wait_ms is answered at once") {
    Server server;
    const auto reply = server.post(ns + "/states/enqueue", R"({"nodes":["N"],"batch_size":1})");
    CHECK(reply.header("x-exosphere-long-poll") == "1");
    CHECK(reply["count"].GetInt() == 0);
    for (const auto* odd : {R"("soon")", "null", "-5", "1.5", "[]", "0"}) {
        const auto body = std::string(R"({"nodes":["N"],"batch_size":1,"wait_ms":)") + odd + "}";
        CHECK(server.post(ns + "/states/enqueue", body)["count"].GetInt() == 0);
    }
    CHECK(server.post(ns + "/states/enqueue", waiting(20))["count"].GetInt() == 0);
    CHECK(server.post(ns + "/states/enqueue", waiting(forever_ms, 0))["count"].GetInt() == 0);
}

TEST_CASE("workers that wait are served in the order in which they came") {
    Server server;
    server.register_nodes();
    server.put_graph("g", node("root", "v"));
    Worker other(server, waiting(forever_ms, 1, R"(["Sec"])"));
    Worker first(server, waiting(forever_ms));
    await_waiting(server, 2);
    Worker second(server, waiting(forever_ms, 1, R"(["N2","N"])"));
    await_waiting(server, 3);
    server.trigger("g");
    CHECK(first.count() == 1);
    server.trigger("g");
    CHECK(second.count() == 1);
    server.stop();
    CHECK(other.count() == 0);  // a stop answers those who wait
}

TEST_CASE("states that come together wake as many workers") {
    Server server;
    server.register_nodes();
    server.put_graph("g",
                     node("root", "v", R"(["b"])") + "," + node("b", "v", "null", "null", "N"));
    server.trigger("g");
    const auto root = server.enqueue_one("root");
    std::vector<Worker> workers;
    for (int i = 0; i < 3; ++i) {
        workers.emplace_back(server, waiting(forever_ms));
    }
    await_waiting(server, 3);
    server.executed(root, R"([{"x":"1"},{"x":"2"},{"x":"3"}])");
    for (auto& worker : workers) {
        CHECK(worker.count() == 1);
    }
}

TEST_CASE("a worker that left while it waited is given nothing") {
    Server server;
    server.register_nodes();
    server.put_graph("g", node("root", "v"));
    Worker gone(server, waiting(forever_ms));
    await_waiting(server, 1);
    Worker patient(server, waiting(forever_ms));
    await_waiting(server, 2);
    gone.leave();
    server.trigger("g");
    CHECK(patient.count() == 1);
}

TEST_CASE("work that becomes due later wakes a worker then") {
    Server server;
    server.register_nodes();
    server.put_graph("g", node("root", "v"),
                     R"("secrets":{},"retry_policy":{"strategy":"FIXED","backoff_factor":20})");
    server.trigger("g", R"({"start_delay":20})");
    Worker before(server, waiting(forever_ms));  // the state was there before the worker
    await_waiting(server, 1);
    server.advance_ms(20);
    CHECK(before.count() == 1);
    server.trigger("g");
    const auto state = server.enqueue_one("root");
    Worker after(server, waiting(forever_ms));
    await_waiting(server, 1);
    server.errored(state);
    server.advance_ms(20);
    CHECK(after.count() == 1);
}
