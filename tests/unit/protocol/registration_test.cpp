#include "protocol/registration.hpp"

#include <catch2/catch.hpp>

using namespace exo;

TEST_CASE("a node is registered as the Python SDK registers it") {
    model::NodeSchema node;
    node.name = "Uppercase";
    node.inputs = {{"name", std::nullopt, ""}, {"user_id", std::nullopt, ""}};
    node.outputs = {{"message", std::nullopt, ""}};
    node.secrets = {"api_key"};
    CHECK(protocol::encode_node("My Project", node) ==
          R"({"name":"Uppercase","namespace":"My Project","inputs_schema":{)"
          R"("properties":{"name":{"title":"Name","type":"string"},)"
          R"("user_id":{"title":"User Id","type":"string"}},)"
          R"("required":["name","user_id"],"title":"Inputs","type":"object"},)"
          R"("outputs_schema":{"properties":{"message":{"title":"Message","type":"string"}},)"
          R"("required":["message"],"title":"Outputs","type":"object"},"secrets":["api_key"]})");
}

TEST_CASE("defaults and descriptions are registered; what has a default is not required") {
    model::NodeSchema node;
    node.name = "N";
    node.doc = "Inputs of the node.";
    node.inputs = {{"text", std::nullopt, ""}, {"lang", "en", "ISO \"code\"\n"}, {"empty", "", ""}};
    CHECK(
        protocol::encode_node("ns", node) ==
        R"({"name":"N","namespace":"ns","inputs_schema":{"description":"Inputs of the node.",)"
        R"("properties":{"text":{"title":"Text","type":"string"},)"
        R"("lang":{"default":"en","description":"ISO \"code\"\n","title":"Lang","type":"string"},)"
        R"("empty":{"default":"","title":"Empty","type":"string"}},)"
        R"("required":["text"],"title":"Inputs","type":"object"},)"
        R"("outputs_schema":{"properties":{},"title":"Outputs","type":"object"},"secrets":[]})");
}

TEST_CASE("a registration names runtime and namespace and holds every node") {
    const model::NodeSchema nodes[] = {{"A", "", {}, {}, {}}, {"B", "", {}, {}, {}}};
    const auto body = protocol::encode_registration("my-runtime", "ns", nodes);
    CHECK(body == R"({"runtime_name":"my-runtime","runtime_namespace":"ns","nodes":[)" +
                      protocol::encode_node("ns", nodes[0]) + "," +
                      protocol::encode_node("ns", nodes[1]) + "]}");
    CHECK(protocol::encode_registration("r", "n", {}) ==
          R"({"runtime_name":"r","runtime_namespace":"n","nodes":[]})");
}

TEST_CASE("titles are pydantic's") {
    // Recorded with pydantic 2.13: field name -> title.
    const std::pair<const char*, const char*> recorded[] = {
        {"name", "Name"},
        {"user_id", "User Id"},
        {"userID", "Userid"},
        {"HTTPServer", "Httpserver"},
        {"a1b", "A1B"},
        {"max_2_x", "Max 2 X"},
        {"trailing_", "Trailing"},
        {"x", "X"},
    };
    for (const auto& [field, title] : recorded) CHECK(protocol::title_of(field) == title);
}
