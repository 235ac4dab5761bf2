// What a worker says to a state manager and hears from it: JSON <-> model, worker side. Answers are
// untrusted: bounded in depth, never a crash, and no state of a batch is lost for another one's
// sake. Pure; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "model/state.hpp"

namespace exo::protocol {

// {"nodes","batch_size"[,"wait_ms"]}; wait_ms only if `wait` > 0.
std::string encode_enqueue(std::span<const std::string> nodes, std::size_t batch_size,
                           std::chrono::milliseconds wait);

struct EnqueueReply {
    std::vector<model::ClaimedState> states;
    // Claimed, but of no use: (id, why), to be errored by id.
    std::vector<std::pair<model::StateId, std::string>> unusable;
    std::size_t unidentified = 0;  // without a valid id: nobody can do anything for them
};

// MongoDB's limit of a document: what is larger cannot have come from upstream.
constexpr std::size_t max_inputs_bytes = 16 * 1024 * 1024;

// Fails if it is not an enqueue answer at all.
base::Result<EnqueueReply> parse_enqueue(std::string_view body);

// The body of executed, errored, prune or re-enqueue-after.
std::string encode_report(const model::Outcome& outcome);
// Whether a 2xx answer is one to that report, and not some proxy's page.
bool accepts_report(const model::Outcome& outcome, std::string_view body);
bool accepts_registration(std::string_view body);

using Secrets = std::vector<std::pair<std::string, std::string>>;
// All strings of {"secrets":{...}}. Overwrites `body`, which holds nothing readable afterwards; no
// secret is in an error.
base::Result<Secrets> parse_secrets(std::string body);

// What {"detail": ...} says, exactly, if it is a string; empty otherwise.
std::string detail_text(std::string_view body);
// For people, one line, bounded: the detail, a 422's list ("body.nodes: Input should be a valid
// list"), or empty. Values that were sent are not repeated.
std::string readable_detail(std::string_view body);

}  // namespace exo::protocol
