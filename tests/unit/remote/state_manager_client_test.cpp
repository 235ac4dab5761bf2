#include "remote/state_manager_client.hpp"

#include <atomic>
#include <catch2/catch.hpp>

#include "support/io_thread.hpp"
#include "support/raw_socket.hpp"
#include "support/stub_state_manager.hpp"

using namespace exo;
using namespace exo::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Kind = worker::Answer::Kind;

namespace {

const std::string first_id = "65f000000000000000000001";
const std::string second_id = "65f000000000000000000002";

remote::StateManagerOptions options_for(const StubStateManager& stub) {
    remote::StateManagerOptions options;
    options.uri.host = "127.0.0.1";
    options.uri.port = stub.port();
    options.namespace_name = "My Project";
    options.runtime_name = "runtime";
    options.version = "1.2.3";
    return options;
}

// The client on a thread of its own, used with blocking calls.
class Client {
  public:
    explicit Client(remote::StateManagerOptions options)
        : client_(remote::StateManagerClient::create(io_.executor(), std::move(options),
                                                     base::Log::to_string(log_))
                      .value()) {}
    ~Client() {
        io_.call([this] { client_->close_idle(); });
        io_.stop();
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    worker::Answer register_nodes(std::vector<model::NodeSchema> nodes) {
        return io_.run(client_->register_nodes(std::move(nodes)));
    }
    worker::EnqueueAnswer enqueue(std::vector<std::string> nodes, std::size_t batch_size = 10,
                                  std::chrono::milliseconds wait = 0ms) {
        return io_.run(client_->enqueue(std::move(nodes), batch_size, wait));
    }
    worker::Answer report(const std::string& id, model::Outcome outcome, std::uint64_t claim = 0) {
        return io_.run(client_->report(*model::StateId::parse(id), claim,
                                       std::make_shared<const model::Outcome>(std::move(outcome))));
    }
    worker::SecretsAnswer secrets(const std::string& id, std::uint64_t claim = 0) {
        return io_.run(client_->secrets(*model::StateId::parse(id), claim));
    }
    void reload_key() {
        io_.call([this] { client_->reload_key(); });
    }
    std::string log() {
        return io_.call([this] { return *log_; });
    }

  private:
    std::shared_ptr<std::string> log_ = std::make_shared<std::string>();
    IoThread io_;
    std::unique_ptr<remote::StateManagerClient> client_;
};

model::Outcome executed() { return model::Executed{{{{"message", "HI"}}}}; }

}  // namespace

TEST_CASE("a state goes from registration to its report") {
    StubStateManager stub;
    Client client(options_for(stub));
    CHECK(client.register_nodes({{"Uppercase", "", {{"text", {}, ""}}, {{"message", {}, ""}}, {}}})
              .kind == Kind::accepted);
    stub.add_state({first_id, "Uppercase", "up", R"({"text":"hi"})"});
    stub.add_state({second_id, "Other", "x", "{}"});

    const auto claimed = client.enqueue({"Uppercase"});
    CHECK(claimed.answer.kind == Kind::accepted);
    REQUIRE(claimed.states.size() == 1);
    CHECK(claimed.states[0].id.str() == first_id);
    CHECK(claimed.states[0].inputs == std::vector<model::Input>{{"text", "hi", ""}});
    CHECK_FALSE(claimed.long_poll);
    CHECK_FALSE(claimed.claims);

    CHECK(client.report(first_id, executed()).kind == Kind::accepted);
    CHECK(stub.status_of(first_id) == "EXECUTED");
    CHECK(stub.settled_with(first_id) == R"({"outputs":[{"message":"HI"}]})");
    CHECK(client.report(first_id, executed()).kind == Kind::already_settled);
    CHECK(client.report(first_id, model::Errored{"e"}).kind == Kind::already_settled);
    CHECK(client.report("65f000000000000000000009", executed()).kind == Kind::not_found);

    const auto calls = stub.calls();
    REQUIRE(calls.size() == 6);
    CHECK(calls[0].path == "/v0/namespace/My%20Project/nodes/");
    CHECK(calls[1].path == "/v0/namespace/My%20Project/states/enqueue");
    CHECK(calls[1].body == R"({"nodes":["Uppercase"],"batch_size":10})");
    CHECK(calls[2].path == "/v0/namespace/My%20Project/state/" + first_id + "/executed");
    for (const auto& call : calls) {
        CHECK(net::find_header(call.headers, "x-exosphere-request-id").size() == 36);
        CHECK(net::find_header(call.headers, "user-agent") == "exosphered/1.2.3");
        CHECK(net::find_header(call.headers, "content-type") == "application/json");
        CHECK(net::find_header(call.headers, "x-api-key").empty());
        CHECK(net::find_header(call.headers, "x-exosphere-claim").empty());
    }
    CHECK(net::find_header(calls[0].headers, "x-exosphere-request-id") !=
          net::find_header(calls[1].headers, "x-exosphere-request-id"));
}

TEST_CASE("every kind of outcome reaches its route") {
    StubStateManager stub;
    Client client(options_for(stub));
    const std::tuple<model::Outcome, std::string, std::string> outcomes[] = {
        {executed(), "executed", "EXECUTED"},
        {model::Errored{"bad"}, "errored", "ERRORED"},
        {model::Pruned{R"({"a":1})"}, "prune", "PRUNED"},
        {model::Requeued{60s}, "re-enqueue-after", "CREATED"},
    };
    for (const auto& [outcome, call, status] : outcomes) {
        INFO(call);
        stub.add_state({first_id, "N"});
        REQUIRE(client.enqueue({"N"}).states.size() == 1);
        CHECK(client.report(first_id, outcome).kind == Kind::accepted);
        CHECK(stub.status_of(first_id) == status);
        CHECK(stub.count(call) == 1);
    }
}

TEST_CASE("the key is sent, never logged, and read again when told to") {
    StubStateManager stub;
    stub.require_key("right-key");
    auto key = std::make_shared<std::string>("wrong-key");
    auto options = options_for(stub);
    options.key_source = [key] { return *key; };
    Client client(options);
    const auto refused = client.enqueue({"N"});
    CHECK(refused.answer.kind == Kind::unauthorized);
    CHECK(refused.answer.detail == "Invalid API key");
    CHECK(client.report(first_id, executed()).kind == Kind::unauthorized);
    *key = "right-key";
    CHECK(client.enqueue({"N"}).answer.kind == Kind::unauthorized);
    client.reload_key();
    CHECK(client.enqueue({"N"}).answer.kind == Kind::accepted);
    *key = "key\nx-evil: 1";
    client.reload_key();
    const auto bad = client.enqueue({"N"});
    CHECK(bad.answer.kind == Kind::not_sent);
    CHECK_THAT(bad.answer.detail, Contains("x-api-key") && !Contains("evil"));
    CHECK_THAT(client.log(), !Contains("right-key") && !Contains("wrong-key"));
}

TEST_CASE("what happened to a report that had no clear answer is ambiguous") {
    StubStateManager stub;
    auto options = options_for(stub);
    options.request_timeout = 200ms;
    Client client(options);
    using Fault = StubStateManager::Fault;
    const Fault faults[] = {Fault::answer(503), Fault::answer(500), Fault::answer(429),
                            Fault::html(),      Fault::cut(false),  Fault::cut(true),
                            Fault::hang(true)};
    for (const auto& fault : faults) {
        INFO(fault.status << " " << fault.processed << " " << fault.hangs);
        stub.add_state({first_id, "N"});
        REQUIRE(client.enqueue({"N"}).states.size() == 1);
        stub.fail_next("executed", fault);
        CHECK(client.report(first_id, executed()).kind == Kind::ambiguous);
        // Sent again, it is settled: now, or it had been before.
        CHECK(client.report(first_id, executed()).kind ==
              (fault.processed ? Kind::already_settled : Kind::accepted));
        CHECK(stub.status_of(first_id) == "EXECUTED");
    }
    stub.add_state({first_id, "N"});
    REQUIRE(client.enqueue({"N"}).states.size() == 1);
    stub.fail_next("executed", Fault::answer(422, "no"));
    const auto refused = client.report(first_id, executed());
    CHECK(refused.kind == Kind::refused);
    CHECK(refused.status == 422);
    CHECK(refused.detail == "no");
}

TEST_CASE("a server that is not there is certain: nothing was sent") {
    auto stub = std::make_unique<StubStateManager>();
    Client client(options_for(*stub));
    CHECK(client.register_nodes({}).kind == Kind::accepted);
    stub.reset();
    const auto answer = client.report(first_id, executed());
    CHECK(answer.kind == Kind::not_sent);
    CHECK_THAT(answer.detail, Contains("Connection refused"));
    CHECK(client.register_nodes({}).kind == Kind::not_sent);
    CHECK(client.enqueue({"N"}).answer.kind == Kind::not_sent);
    CHECK(client.secrets(first_id).answer.kind == Kind::not_sent);
}

TEST_CASE("a page that is not ours is no answer") {
    StubStateManager stub;
    Client client(options_for(stub));
    stub.fail_next("", StubStateManager::Fault::html(), 3);
    const auto registered = client.register_nodes({});
    CHECK(registered.kind == Kind::ambiguous);
    CHECK_THAT(registered.detail, Contains("text/html"));
    CHECK(client.enqueue({"N"}).answer.kind == Kind::ambiguous);
    CHECK(client.secrets(first_id).answer.kind == Kind::ambiguous);
}

TEST_CASE("an enqueue waits beyond the request time-out and announces what the server can") {
    StubStateManager stub;
    stub.announce_long_poll();
    stub.announce_claims();
    auto options = options_for(stub);
    options.request_timeout = 50ms;
    Client client(options);
    stub.delay("enqueue", 150ms);
    stub.add_state({first_id, "N"});
    const auto claimed = client.enqueue({"N"}, 1, 10s);
    CHECK(claimed.answer.kind == Kind::accepted);
    CHECK(claimed.long_poll);
    CHECK(claimed.claims);
    REQUIRE(claimed.states.size() == 1);
    CHECK(claimed.states[0].claim == 1);
    CHECK_THAT(stub.calls("enqueue").at(0).body, Contains("\"wait_ms\":10000"));

    CHECK(client.report(first_id, executed(), 7).kind == Kind::already_settled);  // foreign claim
    CHECK(client.report(first_id, executed(), 1).kind == Kind::accepted);
    CHECK(net::find_header(stub.calls("executed").at(1).headers, "x-exosphere-claim") == "1");
}

TEST_CASE("an enqueue answer of tens of megabytes is taken whole") {
    StubStateManager stub;
    Client client(options_for(stub));
    const std::string large(6'000'000, 'x'), too_large(17'000'000, 'x');
    stub.add_state({first_id, "N", "a", "{\"t\":\"" + large + "\"}"});
    stub.add_state({second_id, "N", "b", "{\"t\":\"" + too_large + "\"}"});
    const auto claimed = client.enqueue({"N"});
    REQUIRE(claimed.states.size() == 1);
    CHECK(claimed.states[0].inputs[0].value == large);
    REQUIRE(claimed.unusable.size() == 1);
    CHECK(claimed.unusable[0].first.str() == second_id);
}

TEST_CASE("states that cannot be used are handed on, states without an id are logged") {
    StubStateManager stub;
    Client client(options_for(stub));
    stub.add_state({first_id, "N", "a", "[]"});
    stub.add_state({"not/an/id", "N"});
    const auto claimed = client.enqueue({"N"});
    CHECK(claimed.states.empty());
    REQUIRE(claimed.unusable.size() == 1);
    CHECK(claimed.unusable[0].first.str() == first_id);
    CHECK_THAT(client.log(), Contains("without a valid id") && Contains("states=1"));
}

TEST_CASE("secrets are fetched for a claim") {
    StubStateManager stub;
    Client client(options_for(stub));
    stub.add_state({first_id, "N"});
    stub.set_secrets(first_id, R"({"api_key":"s3cret"})");
    const auto secrets = client.secrets(first_id, 5);
    CHECK(secrets.answer.kind == Kind::accepted);
    REQUIRE(secrets.secrets.size() == 1);
    CHECK(secrets.secrets[0] == std::pair<std::string, std::string>("api_key", "s3cret"));
    CHECK(net::find_header(stub.calls("secrets").at(0).headers, "x-exosphere-claim") == "5");
    CHECK(client.secrets("65f000000000000000000009").answer.kind == Kind::not_found);
    CHECK_THAT(client.log(), !Contains("s3cret"));
}

TEST_CASE("a certificate file that cannot be used fails the start and is named") {
    StubStateManager stub;
    auto options = options_for(stub);
    options.uri.tls = true;
    options.tls.ca_file = "/does/not/exist.pem";
    IoThread io;
    const auto client = remote::StateManagerClient::create(io.executor(), options, {});
    REQUIRE_FALSE(client.has_value());
    CHECK_THAT(client.error().message, Contains("/does/not/exist.pem"));
}

TEST_CASE("a call under way outlives the client") {
    StubStateManager stub;
    stub.delay("secrets", 50ms);
    stub.add_state({first_id, "N"});
    IoThread io;
    auto client = remote::StateManagerClient::create(io.executor(), options_for(stub), {}).value();
    auto pending =
        boost::asio::co_spawn(io.context(), client->secrets(*model::StateId::parse(first_id), 0),
                              boost::asio::use_future);
    io.call([&] { client.reset(); });
    CHECK(get_in_time(std::move(pending)).answer.kind == Kind::accepted);
}
