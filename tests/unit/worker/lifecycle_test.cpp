#include "worker/lifecycle.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace exo::worker;

TEST_CASE("register-node.md, Node Lifecycle Architecture: the drawn path and no other") {
    const std::vector<Event> all = {
        Event::accepted,       Event::claimed,         Event::inputs_valid,
        Event::inputs_invalid, Event::returned,        Event::threw,
        Event::outputs_valid,  Event::outputs_invalid, Event::reset};
    struct Edge {
        Phase from;
        Event event;
        Phase to;
    };
    const std::vector<Edge> drawn = {
        {Phase::registered, Event::accepted, Phase::ready},
        {Phase::ready, Event::claimed, Phase::validate_inputs},
        {Phase::validate_inputs, Event::inputs_valid, Phase::process_data},
        {Phase::validate_inputs, Event::inputs_invalid, Phase::failed},
        {Phase::process_data, Event::returned, Phase::validate_outputs},
        {Phase::process_data, Event::threw, Phase::failed},
        {Phase::validate_outputs, Event::outputs_valid, Phase::completed},
        {Phase::validate_outputs, Event::outputs_invalid, Phase::failed},
        {Phase::completed, Event::reset, Phase::ready},
        {Phase::failed, Event::reset, Phase::ready},
    };
    const std::vector<Phase> phases = {
        Phase::registered,       Phase::ready,     Phase::validate_inputs, Phase::process_data,
        Phase::validate_outputs, Phase::completed, Phase::failed};
    for (const auto phase : phases) {
        for (const auto event : all) {
            std::optional<Phase> expected;
            for (const auto& edge : drawn) {
                if (edge.from == phase && edge.event == event) expected = edge.to;
            }
            INFO(to_string(phase) << " event " << static_cast<int>(event));
            CHECK(next(phase, event) == expected);
        }
    }
}

TEST_CASE("a node is Ready when nothing of it executes") {
    NodeTally tally;
    CHECK(tally.phase() == Phase::registered);
    tally.registered = true;
    CHECK(tally.phase() == Phase::ready);
    tally.executing = 2;
    CHECK(is_executing(tally.phase()));
}
