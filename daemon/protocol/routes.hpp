// Paths and headers of the v0 protocol as a worker uses them. Every name is percent-encoded, so
// that it stays one segment. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "model/state.hpp"

namespace exo::protocol {

// Header names, in lower case as they travel here.
constexpr std::string_view api_key_header = "x-api-key";
constexpr std::string_view request_id_header = "x-exosphere-request-id";
constexpr std::string_view long_poll_header = "x-exosphere-long-poll";  // "1": wait_ms is honoured
constexpr std::string_view claims_header = "x-exosphere-claims";        // "1": claim numbers
constexpr std::string_view claim_header = "x-exosphere-claim";          // a state's claim number

// The routes of one namespace. The slashes at the end are upstream's: without them it answers 307.
class Routes {
  public:
    explicit Routes(std::string_view namespace_name);

    const std::string& nodes() const { return nodes_; }
    const std::string& enqueue() const { return enqueue_; }
    // executed, errored, prune or re-enqueue-after.
    std::string report(const model::StateId& state, const model::Outcome& outcome) const;
    std::string secrets(const model::StateId& state) const;

  private:
    std::string base_;  // "/v0/namespace/NS"
    std::string nodes_, enqueue_;
};

// A random UUID (version 4) for x-exosphere-request-id.
std::string new_request_id();

}  // namespace exo::protocol
