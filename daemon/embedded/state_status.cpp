#include "embedded/state_status.hpp"

#include <numeric>

namespace exo::embedded {

std::string_view to_string(StateStatus status) {
    switch (status) {
        case StateStatus::created:
            return "CREATED";
        case StateStatus::queued:
            return "QUEUED";
        case StateStatus::executed:
            return "EXECUTED";
        case StateStatus::errored:
            return "ERRORED";
        case StateStatus::next_created_error:
            return "NEXT_CREATED_ERROR";
        case StateStatus::success:
            return "SUCCESS";
        case StateStatus::pruned:
            return "PRUNED";
        case StateStatus::retry_created:
            return "RETRY_CREATED";
    }
    return "";
}

bool is_pending(StateStatus status) {
    return status == StateStatus::created || status == StateStatus::queued ||
           status == StateStatus::executed;
}

bool is_blocking(StateStatus status) {
    return status == StateStatus::errored || status == StateStatus::next_created_error ||
           status == StateStatus::pruned;
}

std::int64_t StatusCounts::success() const {
    return (*this)[StateStatus::success] + (*this)[StateStatus::pruned];
}

std::int64_t StatusCounts::pending() const {
    return (*this)[StateStatus::created] + (*this)[StateStatus::queued] +
           (*this)[StateStatus::executed];
}

std::int64_t StatusCounts::errored() const {
    return (*this)[StateStatus::errored] + (*this)[StateStatus::next_created_error];
}

std::int64_t StatusCounts::retried() const { return (*this)[StateStatus::retry_created]; }

std::int64_t StatusCounts::total() const {
    return std::accumulate(of.begin(), of.end(), std::int64_t{0});
}

std::string_view StatusCounts::run_status() const {
    if (pending() > 0) {
        return "PENDING";
    }
    return errored() > 0 || total() == 0 ? "FAILED" : "SUCCESS";
}

}  // namespace exo::embedded
