#include "protocol/messages.hpp"

#include <catch2/catch.hpp>

#include "protocol/routes.hpp"

using namespace exo;
using Catch::Contains;
using namespace std::string_literals;

namespace {

std::string enqueue_answer(const std::string& states) {
    return R"({"count":1,"namespace":"ns","status":"QUEUED","states":[)" + states + "]}";
}

std::string state_with_inputs(const std::string& inputs) {
    return R"({"state_id":"65f000000000000000000001","node_name":"N","identifier":"root","inputs":)" +
           inputs + R"(,"created_at":"2026-11-23T18:23:43.152000"})";
}

}  // namespace

TEST_CASE("routes are upstream's, and names stay one segment") {
    const protocol::Routes routes("My Project/é");
    CHECK(routes.nodes() == "/v0/namespace/My%20Project%2F%C3%A9/nodes/");
    CHECK(routes.enqueue() == "/v0/namespace/My%20Project%2F%C3%A9/states/enqueue");
    const protocol::Routes plain("ns");
    const auto id = *model::StateId::parse("6b0484af0cb31c46a4100267");
    const std::string state = "/v0/namespace/ns/state/6b0484af0cb31c46a4100267/";
    CHECK(plain.report(id, model::Executed{}) == state + "executed");
    CHECK(plain.report(id, model::Errored{}) == state + "errored");
    CHECK(plain.report(id, model::Pruned{}) == state + "prune");
    CHECK(plain.report(id, model::Requeued{}) == state + "re-enqueue-after");
    CHECK(plain.secrets(id) == state + "secrets");
}

TEST_CASE("request ids are UUIDs of version 4, each another one") {
    const auto first = protocol::new_request_id();
    REQUIRE(first.size() == 36);
    CHECK(first[8] == '-');
    CHECK(first[14] == '4');
    CHECK(protocol::new_request_id() != first);
}

TEST_CASE("an enqueue asks for nodes, and for waiting only if told to") {
    const std::string nodes[] = {"A", "B \"q\""};
    CHECK(protocol::encode_enqueue(nodes, 16, std::chrono::milliseconds(0)) ==
          R"({"nodes":["A","B \"q\""],"batch_size":16})");
    CHECK(protocol::encode_enqueue(nodes, 1, std::chrono::milliseconds(2500)) ==
          R"({"nodes":["A","B \"q\""],"batch_size":1,"wait_ms":2500})");
}

TEST_CASE("a recorded enqueue answer is read") {
    const auto reply = protocol::parse_enqueue(
        R"({"count": 1, "namespace": "ns", "status": "QUEUED", "states": [{"state_id": )"
        R"("6b0484af0cb31c46a4100267", "node_name": "N", "identifier": "root", "inputs": )"
        R"({"a": "x1"}, "created_at": "2026-11-23T18:23:43.152000"}]})");
    REQUIRE(reply.has_value());
    REQUIRE(reply->states.size() == 1);
    const auto& state = reply->states[0];
    CHECK(state.id.str() == "6b0484af0cb31c46a4100267");
    CHECK(state.node_name == "N");
    CHECK(state.identifier == "root");
    CHECK(state.inputs == std::vector<model::Input>{{"a", "x1", ""}});
    CHECK(state.created_at == "2026-11-23T18:23:43.152000");
    CHECK(state.claim == 0);
    CHECK(reply->unusable.empty());
    const auto empty = protocol::parse_enqueue(
        R"({"count": 0, "namespace": "ns", "status": "QUEUED", "states": []})");
    REQUIRE(empty.has_value());
    CHECK(empty->states.empty());
}

TEST_CASE("the claims extension and unknown fields are understood or ignored") {
    const auto reply = protocol::parse_enqueue(enqueue_answer(
        R"({"state_id":"a","node_name":"N","inputs":{},"claim":18446744073709551615,"x":[1,{}]})"));
    REQUIRE(reply.has_value());
    REQUIRE(reply->states.size() == 1);
    CHECK(reply->states[0].claim == 18446744073709551615u);
    CHECK(reply->states[0].identifier.empty());
}

TEST_CASE("inputs of any text are kept byte by byte, other kinds by their name") {
    const auto reply = protocol::parse_enqueue(enqueue_answer(state_with_inputs(
        R"({"nul":"a\u0000b","smile":"\ud83d\ude00é","empty":"","n":null,"b":true,"i":1,"f":1.5,)"
        R"("a":[1],"o":{"k":"v"}})")));
    REQUIRE(reply.has_value());
    REQUIRE(reply->states.size() == 1);
    CHECK(reply->states[0].inputs ==
          std::vector<model::Input>{{"nul", "a\0b"s, ""},
                                    {"smile", "\xF0\x9F\x98\x80\xC3\xA9", ""},
                                    {"empty", "", ""},
                                    {"n", "", "null"},
                                    {"b", "", "boolean"},
                                    {"i", "", "number"},
                                    {"f", "", "number"},
                                    {"a", "", "array"},
                                    {"o", "", "object"}});
}

TEST_CASE("a state that cannot be used is told apart, and the others are not lost") {
    const auto reply = protocol::parse_enqueue(
        enqueue_answer(R"({"state_id":"good","node_name":"N","inputs":{}},)"
                       R"({"state_id":"no-node","inputs":{}},)"
                       R"({"state_id":"node-is-int","node_name":1,"inputs":{}},)"
                       R"({"state_id":"no-inputs","node_name":"N"},)"
                       R"({"state_id":"list-inputs","node_name":"N","inputs":[]},)"
                       R"({"state_id":"../evil","node_name":"N","inputs":{}},)"
                       R"({"node_name":"N","inputs":{}},{"state_id":7},null,"x",[])"));
    REQUIRE(reply.has_value());
    REQUIRE(reply->states.size() == 1);
    CHECK(reply->states[0].id.str() == "good");
    REQUIRE(reply->unusable.size() == 4);
    CHECK(reply->unusable[0].first.str() == "no-node");
    CHECK_THAT(reply->unusable[0].second, Contains("node_name"));
    CHECK_THAT(reply->unusable[1].second, Contains("node_name"));
    CHECK_THAT(reply->unusable[2].second, Contains("inputs"));
    CHECK_THAT(reply->unusable[3].second, Contains("inputs"));
    CHECK(reply->unidentified == 6);
}

TEST_CASE("inputs beyond any server's bound make a state unusable") {
    const std::string large(protocol::max_inputs_bytes, 'x');
    const auto reply =
        protocol::parse_enqueue(enqueue_answer(state_with_inputs("{\"a\":\"" + large + "\"}")));
    REQUIRE(reply.has_value());
    CHECK(reply->states.empty());
    REQUIRE(reply->unusable.size() == 1);
    CHECK_THAT(reply->unusable[0].second, Contains("larger"));
}

TEST_CASE("broken Unicode in one state does not take the batch with it") {
    for (const std::string& broken :
         {R"("\ud800")"s, R"("\udc00 x")"s, R"("\ud800\u0041")"s, R"("\ud800\ud800")"s, "\"\xff\""s,
          "\"\xc3\""s, "\"\xed\xa0\x80\""s, "\"\xc0\xaf\""s, "\"\xf4\x90\x80\x80\""s}) {
        INFO(broken);
        const auto reply = protocol::parse_enqueue(enqueue_answer(
            R"({"state_id":"fine","node_name":"N","inputs":{"a":"é\ud83d\ude00\\ud800"}},)" +
            state_with_inputs("{\"a\":" + broken + "}")));
        REQUIRE(reply.has_value());
        REQUIRE(reply->states.size() == 1);
        CHECK(reply->states[0].inputs[0].value == "é\xF0\x9F\x98\x80\\ud800");
        REQUIRE(reply->unusable.size() == 1);
        CHECK(reply->unusable[0].first.str() == "65f000000000000000000001");
        CHECK_THAT(reply->unusable[0].second, Contains("Unicode"));
    }
}

TEST_CASE("what is no enqueue answer is refused, however it is broken") {
    const auto good = enqueue_answer(state_with_inputs(R"({"a":"\ud83d\ude00"})"));
    for (std::size_t n = 0; n < good.size(); ++n) {
        CHECK_FALSE(protocol::parse_enqueue(good.substr(0, n)).has_value());
    }
    const std::string deep(1'000'000, '[');
    for (const std::string& bad :
         {"null"s, "[]"s, "{}"s, R"({"states":{}})"s, R"({"states":null})"s, "<html></html>"s, deep,
          enqueue_answer(state_with_inputs("{\"a\":" + deep)), R"({"states":[1e999]})"s, "\\u"s,
          R"({"states":["\u12)"s}) {
        INFO(bad.substr(0, 100));
        CHECK_FALSE(protocol::parse_enqueue(bad).has_value());
    }
    // Every single byte changed: no crash.
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const char c : {'\0', '"', '\\', '{', '\xff', '\xed'}) {
            auto changed = good;
            changed[i] = c;
            (void)protocol::parse_enqueue(changed);
        }
    }
}

TEST_CASE("reports are upstream's bodies") {
    CHECK(protocol::encode_report(model::Executed{}) == R"({"outputs":[]})");
    CHECK(protocol::encode_report(model::Executed{{{{"a", "1"}, {"b", "x\0\"é"s}}, {}}}) ==
          R"({"outputs":[{"a":"1","b":"x\u0000\"é"},{}]})");
    CHECK(protocol::encode_report(model::Errored{"bad\nthing"}) == R"({"error":"bad\nthing"})");
    CHECK(protocol::encode_report(model::Errored{"bytes \xff \xed\xa0\x80 end"}) ==
          "{\"error\":\"bytes \xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD end\"}");
    CHECK(protocol::encode_report(model::Errored{R"(a\ud800)"}) == R"({"error":"a\\ud800"})");
    CHECK(protocol::encode_report(model::Pruned{R"({"why": 1})"}) == R"({"data":{"why": 1}})");
    CHECK(protocol::encode_report(model::Pruned{}) == R"({"data":{}})");
    CHECK(protocol::encode_report(model::Pruned{"[1]"}) == R"({"data":{}})");
    CHECK(protocol::encode_report(model::Pruned{"{}, \"x\":{}"}) == R"({"data":{}})");
    CHECK(protocol::encode_report(model::Requeued{std::chrono::milliseconds(1500)}) ==
          R"({"enqueue_after":1500})");
    CHECK(protocol::encode_report(model::Requeued{}) == R"({"enqueue_after":1})");
}

TEST_CASE("a report's answer is told from a proxy's") {
    CHECK(protocol::accepts_report(model::Executed{}, R"({"status": "EXECUTED"})"));
    CHECK(protocol::accepts_report(model::Errored{},
                                   R"({"status": "ERRORED", "retry_created": true})"));
    CHECK(protocol::accepts_report(model::Pruned{},
                                   R"({"enqueue_after": 1795458223314, "status": "PRUNED"})"));
    CHECK(protocol::accepts_report(model::Requeued{},
                                   R"({"enqueue_after": 1795458223485, "status": "CREATED"})"));
    for (const auto* other : {"", "<html>", "{}", R"({"status":"ok"})", R"({"status":1})", "[]",
                              R"("EXECUTED")", R"({"status":"ERRORED"})"}) {
        INFO(other);
        CHECK_FALSE(protocol::accepts_report(model::Executed{}, other));
    }
    CHECK(protocol::accepts_registration(R"({"runtime_name":"r","registered_nodes":[]})"));
    CHECK_FALSE(protocol::accepts_registration(R"({"ok":true})"));
}

TEST_CASE("secrets are the strings of the answer") {
    const auto secrets = protocol::parse_secrets(
        R"({"secrets": {"key": "v\u0000\ud83d\ude00", "empty": "", "number": 1}})");
    REQUIRE(secrets.has_value());
    CHECK(*secrets == protocol::Secrets{{"key", "v\0\xF0\x9F\x98\x80"s}, {"empty", ""}});
    CHECK(protocol::parse_secrets(R"({"secrets": {}})")->empty());
}

TEST_CASE("a broken secrets answer is refused without repeating it") {
    for (const std::string& bad :
         {""s, "{\"secrets\":{\"k\":\"hunter2\""s, R"({"secrets":"hunter2"})"s, R"(["hunter2"])"s,
          "{\"secrets\":{\"k\":\"hunter2\xff\"}}"s, std::string(100'000, '[')}) {
        const auto secrets = protocol::parse_secrets(bad);
        REQUIRE_FALSE(secrets.has_value());
        CHECK_THAT(secrets.error().message, !Contains("hunter2"));
    }
}

TEST_CASE("details are one readable line and never repeat what was sent") {
    CHECK(protocol::detail_text(R"({"detail": "State is not queued"})") == "State is not queued");
    CHECK(protocol::detail_text(R"({"detail": [1]})").empty());
    CHECK(protocol::readable_detail(R"({"success": false, "detail": "internal server error"})") ==
          "internal server error");
    CHECK(protocol::readable_detail(
              R"({"detail": [{"type": "list_type", "loc": ["body", "nodes"], "msg": )"
              R"("Input should be a valid list", "input": "secret"}, {"type": "missing", "loc": )"
              R"(["body", "batch_size"], "msg": "Field required", "input": {"nodes": "x"}}]})") ==
          "body.nodes: Input should be a valid list; body.batch_size: Field required");
    CHECK(protocol::readable_detail(
              R"({"detail": [{"type": "dict_type", "loc": ["body", "outputs", 1], "msg": )"
              R"("Input should be a valid dictionary", "input": "s"}]})") ==
          "body.outputs.1: Input should be a valid dictionary");
    CHECK(protocol::readable_detail(R"({"detail":[{"msg":"a"},{"msg":"b"},{"msg":"c"},{},{}]})") ==
          "a; b; c; and 2 more");
    CHECK(protocol::readable_detail("{\"detail\":\"two\\nlines\\u001b[31m\"}") == "two lines [31m");
    for (const auto* none : {"", "<html>", "{}", "[]", R"({"detail":1})", R"({"detail":[]})"}) {
        INFO(none);
        CHECK(protocol::readable_detail(none).empty());
    }
    CHECK(protocol::readable_detail("{\"detail\":\"" + std::string(10'000, 'x') + "\"}").size() <
          600);
}
