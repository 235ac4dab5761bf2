#include "remote/graph_file.hpp"

#include <catch2/catch.hpp>

using namespace exo::remote;

TEST_CASE("a graph is called after its file") {
    CHECK(graph_name_of("config/graphs/word-count.json") == "word-count");
    CHECK(graph_name_of("word-count") == "word-count");
    CHECK(graph_name_of("/a.d/x.tar.json") == "x.tar");
    CHECK(graph_name_of(".json") == ".json");
}

TEST_CASE("secrets are put in and namespaces filled in where nodes name none") {
    const auto body = graph_body("g.json",
                                 R"({"nodes":[{"identifier":"a","namespace":"other"},
                                              {"identifier":"b","inputs":{"n":1.50}}],
                                     "secrets":{"old":"1","key":"file"}, "retry_policy":{}})",
                                 {{"key", "given \"x\""}, {"new", "\xc3\xa9"}}, "My Project");
    CHECK(body.value() == R"({"nodes":[{"identifier":"a","namespace":"other"},)"
                          R"({"identifier":"b","inputs":{"n":1.5},"namespace":"My Project"}],)"
                          R"("secrets":{"old":"1","key":"given \"x\"","new":")"
                          "\xc3\xa9"
                          R"("},"retry_policy":{}})");
    CHECK(graph_body("g", R"({"nodes":[]})", {}, "n").value() == R"({"nodes":[],"secrets":{}})");
}

TEST_CASE("a graph file that is wrong is refused with its place") {
    const auto error_of = [](std::string_view text) {
        return graph_body("g.json", text, {}, "n").error().message;
    };
    CHECK(error_of("{\n  \"nodes\": [\n    {\"a\": 1,}\n  ]\n}") ==
          "g.json: not valid JSON: line 3, column 13: Missing a name for object member.");
    CHECK(error_of("") == "g.json: not valid JSON: line 1, column 1: The document is empty.");
    CHECK(error_of("[]") == "g.json: must be a JSON object with \"nodes\"");
    CHECK(error_of("{}") == "g.json: \"nodes\" must be a list");
    CHECK(error_of(R"({"nodes":[{},3]})") == "g.json: nodes[1] must be an object");
    CHECK(error_of(R"({"nodes":[],"secrets":[]})") == "g.json: \"secrets\" must be an object");
    CHECK(error_of(R"({"nodes":["bad )"
                   "\xff"
                   R"("]})")
              .find("Invalid encoding") != std::string::npos);
    CHECK(error_of(std::string(1'000'000, '[')) ==
          "g.json: not valid JSON: more than 200 levels deep");
}
