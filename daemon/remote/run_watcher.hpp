// Follows a run to its end by polling, and collects what came out of it. Coroutines on the client's
// io thread; the client must outlive them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "remote/operator_client.hpp"
#include "remote/run_view.hpp"

namespace exo::remote {

struct WatchOptions {
    std::chrono::milliseconds interval{200};      // shortest pause between two looks
    std::chrono::milliseconds patience{30'000};   // an unreachable server is tried again this long
    std::function<void(const RunView&)> on_view;  // every look
    std::function<void(const std::string&)> on_trouble;  // once for each outage
};

// The run at its end. A run counts as ended when two looks in a row say so: a server may create the
// state that unites branches a moment after the last branch has succeeded.
OperatorClient::Awaitable<RunGraph> watch_run(OperatorClient& client, std::string run_id,
                                              WatchOptions options);

struct FinishedState {
    RunState state;
    KeyValues outputs;
};
struct RunOutputs {
    std::vector<FinishedState> states;
    std::size_t omitted = 0;
};

// Outputs of the states where the run ended: SUCCESS without children, and those that unite; at
// most `most` for each identifier.
OperatorClient::Awaitable<RunOutputs> run_outputs(OperatorClient& client, std::string run_id,
                                                  RunGraph graph, std::size_t most);

// The states that run_outputs() asks for. Pure.
RunOutputs ends_of(const RunGraph& graph, const std::vector<std::string>& uniting,
                   std::size_t most);

std::string render(const RunOutputs& outputs, bool colour);

}  // namespace exo::remote
