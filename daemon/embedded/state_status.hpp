// The statuses of a state, what they count as, and what they make of a run. The numbers are stored
// in the database: append only. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace exo::embedded {

enum class StateStatus : std::uint8_t {
    created = 0,
    queued = 1,
    executed = 2,
    errored = 3,
    next_created_error = 4,
    success = 5,
    pruned = 6,
    retry_created = 7,
};
constexpr std::size_t state_status_count = 8;
constexpr std::array<StateStatus, state_status_count> all_statuses{StateStatus::created,
                                                                   StateStatus::queued,
                                                                   StateStatus::executed,
                                                                   StateStatus::errored,
                                                                   StateStatus::next_created_error,
                                                                   StateStatus::success,
                                                                   StateStatus::pruned,
                                                                   StateStatus::retry_created};

std::string_view to_string(StateStatus status);

// CREATED, QUEUED, EXECUTED: something is still to come.
bool is_pending(StateStatus status);
// Ended, and not well enough for ALL_SUCCESS: neither SUCCESS nor replaced by a retry.
bool is_blocking(StateStatus status);

// How many states of a run have which status.
struct StatusCounts {
    std::array<std::int64_t, state_status_count> of{};
    std::int64_t& operator[](StateStatus status) { return of[static_cast<std::size_t>(status)]; }
    std::int64_t operator[](StateStatus status) const {
        return of[static_cast<std::size_t>(status)];
    }
    std::int64_t success() const;  // SUCCESS and PRUNED
    std::int64_t pending() const;
    std::int64_t errored() const;  // ERRORED and NEXT_CREATED_ERROR
    std::int64_t retried() const;
    std::int64_t total() const;
    // PENDING while anything is, else FAILED if anything errored or nothing is there, else SUCCESS.
    std::string_view run_status() const;
};

}  // namespace exo::embedded
