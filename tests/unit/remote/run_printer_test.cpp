#include "remote/run_printer.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace exo::remote;

namespace {

RunView view(const std::string& status, int states = 1) {
    RunGraph graph{"g", {}, {}};
    for (int i = 0; i < states; ++i) {
        graph.states.push_back({std::to_string(i), "N", "id" + std::to_string(i), status, ""});
    }
    return view_of("r", graph);
}

}  // namespace

TEST_CASE("in a pipe only changed lines are printed and no escape sequences") {
    std::ostringstream out;
    RunPrinter printer(out, {});
    printer.show(view("CREATED"));
    printer.show(view("CREATED"));
    printer.note("server away");
    printer.show(view("SUCCESS"));
    CHECK(out.str() ==
          "run r of graph g\nid0: 1 CREATED\nserver away\nid0: 1 SUCCESS\nrun r: SUCCESS\n");
}

TEST_CASE("on a terminal the frame is replaced in place and cleared line by line") {
    std::ostringstream out;
    RunPrinter printer(out, {.live = true, .width = 80, .height = 24});
    printer.show(view("CREATED"));
    CHECK(out.str().starts_with("run r of graph g\x1b[K\n"));
    CHECK(out.str().ends_with("id0         N           1\x1b[K\n\x1b[J"));
    out.str("");
    printer.show(view("CREATED"));
    CHECK(out.str().empty());
    printer.show(view("SUCCESS"));
    CHECK(out.str().starts_with("\x1b[5Frun r of graph g\x1b[K\nSUCCESS"));
    out.str("");
    printer.note("server away");
    CHECK(out.str().starts_with("\x1b[5F\x1b[Jserver away\nrun r of graph g"));
}

TEST_CASE("a frame taller than the terminal is cut until the run is over") {
    std::ostringstream out;
    RunPrinter printer(out, {.live = true, .width = 80, .height = 10});
    printer.show(view("CREATED", 50));
    const auto text = out.str();
    CHECK(std::count(text.begin(), text.end(), '\n') == 9);
    out.str("");
    printer.show(view("SUCCESS", 50));
    const auto all = out.str();
    CHECK(all.starts_with("\x1b[9F"));
    CHECK(std::count(all.begin(), all.end(), '\n') == 54);
}
