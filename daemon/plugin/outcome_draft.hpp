// What a node has said about its outcome so far, checked piece by piece, and what that comes to in
// the end. Decisions only: no threads, no plugin code. Guarded by the call's lock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "exosphere/abi.h"
#include "model/node_schema.hpp"
#include "model/state.hpp"
#include "worker/ports.hpp"

namespace exo::plugin {

// MongoDB's document limit is 16 MiB; names and values of all rows count, and a little for each.
constexpr std::size_t most_outcome_bytes = std::size_t{15} * 1024 * 1024;
constexpr std::chrono::milliseconds longest_requeue = std::chrono::hours(24 * 366);

class OutcomeDraft {
  public:
    // `schema` must outlive the draft.
    explicit OutcomeDraft(const model::NodeSchema& schema) : schema_(&schema) {}

    // As in abi.h. A refused emit, prune or requeue fails the call; `secrets` are covered in texts.
    exo_status emit(const exo_str* values, std::size_t n);
    exo_status prune(exo_str json_object);
    exo_status requeue(std::uint64_t after_ms);
    exo_status fail(exo_str message, std::span<const std::string> secrets);

    // How the call ends. `status`: what execute() returned or finish() said; `stopped`: cancelled()
    // said 1. Once.
    worker::CallResult conclude(exo_status status, bool stopped);

  private:
    enum class Kind { none, executed, pruned, requeued };

    exo_status refuse(exo_status status, const std::string& why);
    model::Outcome said();

    const model::NodeSchema* schema_;
    Kind kind_ = Kind::none;
    std::vector<model::Outputs> rows_;
    std::size_t bytes_ = 0;
    std::string data_;
    std::chrono::milliseconds after_{};
    std::optional<std::string> failure_;  // the node's own words
    std::string violation_;               // ours: the first refused emit, prune or requeue
};

}  // namespace exo::plugin
