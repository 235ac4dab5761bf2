#include "remote/run_view.hpp"

#include <catch2/catch.hpp>

using namespace exo::remote;

namespace {

RunGraph word_count() {
    return {"word-count",
            {{"3", "CountWords", "count", "SUCCESS", ""},
             {"5", "CountWords", "count", "RETRY_CREATED", "not\nyet"},
             {"6", "CountWords", "count", "QUEUED", ""},
             {"7", "CountWords", "count", "ERRORED", "no file"},
             {"8", "CountWords", "count", "ERRORED", "no file"},
             {"2", "SplitText", "split", "SUCCESS", ""},
             {"1", "ReadFile", "source", "SUCCESS", ""}},
            {{"1", "2"}, {"2", "3"}, {"2", "5"}, {"2", "6"}, {"2", "7"}, {"2", "8"}}};
}

}  // namespace

TEST_CASE("a run is shown in the order of its birth with counts and grouped errors") {
    CHECK(render(view_of("r-1", word_count()), false, 0) ==
          "run r-1 of graph word-count\n"
          "PENDING, 6 of 7 states settled\n"
          "\n"
          "IDENTIFIER  NODE        QUEUED  SUCCESS  RETRY_CREATED  ERRORED\n"
          "source      ReadFile                  1\n"
          "split       SplitText                 1\n"
          "count       CountWords       1        1              1        2\n"
          "\n"
          "errors\n"
          "  count: ERRORED x2: no file (first state 7)\n"
          "  count: RETRY_CREATED: not yet (state 5)\n");
}

TEST_CASE("colours mark statuses and nothing else changes") {
    auto coloured = render(view_of("r", word_count()), true, 0);
    CHECK(coloured.find("\x1b[33mPENDING\x1b[0m") != std::string::npos);
    std::string plain;
    for (std::size_t i = 0; i < coloured.size(); ++i) {
        if (coloured[i] == '\x1b') {
            i = coloured.find('m', i);
        } else {
            plain += coloured[i];
        }
    }
    CHECK(plain == render(view_of("r", word_count()), false, 0));
}

TEST_CASE("foreign text in a run cannot drive the terminal and is cut at its width") {
    const RunGraph graph{
        "g\x1b[2J", {{"1", "N", "a\x1b]0;x\x07", "ERRORED", std::string(500, 'x')}}, {}};
    const auto text = render(view_of("r", graph), false, 40);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\x07') == std::string::npos);
    const auto last = text.substr(text.rfind("  a "));
    CHECK(last.size() == 40 + 1 + 2);  // the cut is three bytes long and one column wide
}

TEST_CASE("a run's status follows the server's rule") {
    const auto status = [](std::vector<std::string> statuses) {
        RunGraph graph{"g", {}, {}};
        for (auto& s : statuses) graph.states.push_back({"i", "N", "a", s, ""});
        return to_string(view_of("r", graph).status);
    };
    CHECK(status({}) == "FAILED");
    CHECK(status({"SUCCESS", "PRUNED", "RETRY_CREATED"}) == "SUCCESS");
    CHECK(status({"SUCCESS", "ERRORED"}) == "FAILED");
    CHECK(status({"NEXT_CREATED_ERROR"}) == "FAILED");
    CHECK(status({"TIMEDOUT"}) == "FAILED");
    for (const auto* pending : {"CREATED", "QUEUED", "EXECUTED"}) {
        CHECK(status({"ERRORED", pending}) == "PENDING");
    }
}

TEST_CASE("only what changed is said again") {
    auto graph = word_count();
    const auto before = view_of("r", graph);
    CHECK(render_changes({}, before) ==
          "source: 1 SUCCESS\nsplit: 1 SUCCESS\n"
          "count: 1 QUEUED, 1 SUCCESS, 1 RETRY_CREATED, 2 ERRORED\n"
          "count: ERRORED x2: no file (first state 7)\n"
          "count: RETRY_CREATED: not yet (state 5)\n");
    CHECK(render_changes(before, before).empty());
    graph.states[2].status = "SUCCESS";
    CHECK(render_changes(before, view_of("r", graph)) ==
          "count: 2 SUCCESS, 1 RETRY_CREATED, 2 ERRORED\nrun r: FAILED\n");
}

TEST_CASE("edges that go in circles or nowhere do not hold the view") {
    const RunGraph graph{"g",
                         {{"1", "N", "a", "SUCCESS", ""}, {"2", "N", "b", "SUCCESS", ""}},
                         {{"1", "2"}, {"2", "1"}, {"9", "1"}, {"", ""}}};
    CHECK(view_of("r", graph).identifiers.size() == 2);
}

TEST_CASE("many kinds of errors are counted after the first ten") {
    RunGraph graph{"g", {}, {}};
    for (int i = 0; i < 12; ++i) {
        graph.states.push_back({std::to_string(i), "N", "a", "ERRORED", "e" + std::to_string(i)});
    }
    CHECK(render(view_of("r", graph), false, 0).ends_with("  and 2 more kinds\n"));
}
