// Puts a graph template and waits for the server's verdict. Coroutine on the client's io thread;
// the client must outlive it.
#pragma once

#include <chrono>
#include <string>

#include "remote/operator_client.hpp"

namespace exo::remote {

// `body` as graph_file makes it. The template as the server judged it: VALID, INVALID with its
// errors, or still PENDING when patience ended. Sent once more when upstream judged an update by
// its stale cache.
OperatorClient::Awaitable<GraphTemplate> apply_graph(OperatorClient& client, std::string name,
                                                     std::string body,
                                                     std::chrono::milliseconds patience);

}  // namespace exo::remote
