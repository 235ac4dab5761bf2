// The request bodies of the v0 API: how each is checked, and what it says. Only .cpp files of
// embedded/ include this. Checks are immutable; any thread.
#pragma once

#include <string>
#include <vector>

#include "embedded/body_schema.hpp"
#include "embedded/graph_template.hpp"
#include "embedded/transitions.hpp"

namespace exo::embedded::body {

const Check& register_nodes();
const Check& upsert_graph();
const Check& trigger();
const Check& enqueue();
const Check& executed();
const Check& errored();
const Check& prune();
const Check& requeue_after();
const Check& manual_retry();

// For bodies that have passed their check.
TriggerRequest to_trigger(const Value& body);
std::vector<StateOutputs> to_outputs(const Value& body);

}  // namespace exo::embedded::body
