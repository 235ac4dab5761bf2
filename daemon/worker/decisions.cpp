#include "worker/decisions.hpp"

#include <algorithm>

#include "base/backoff.hpp"

namespace exo::worker {

std::size_t claim_target(unsigned threads, std::size_t limit,
                         std::chrono::nanoseconds mean_execution,
                         std::chrono::nanoseconds round_trip) {
    const std::size_t least = std::min<std::size_t>(threads, limit);
    if (mean_execution.count() <= 0 || round_trip.count() <= 0) return least;
    const double per_thread =
        static_cast<double>(round_trip.count()) / static_cast<double>(mean_execution.count());
    const double wanted = static_cast<double>(threads) * (1.0 + per_thread);
    // What finishes within the round trip is asked for now; a fraction of a state is not.
    return std::clamp(static_cast<std::size_t>(std::min(wanted, static_cast<double>(limit))), least,
                      limit);
}

base::Result<std::vector<std::string>> bind_inputs(const model::NodeSchema& schema,
                                                   const std::vector<model::Input>& inputs) {
    std::vector<std::string> bound;
    bound.reserve(schema.inputs.size());
    for (const auto& field : schema.inputs) {
        const auto given = std::ranges::find(inputs, field.name, &model::Input::name);
        const auto refuse = [&](const std::string& why) {
            return base::fail("input \"" + field.name + "\" of node " + schema.name + " " + why);
        };
        if (given == inputs.end()) {
            if (!field.default_value) return refuse("is missing");
            bound.push_back(*field.default_value);
        } else if (!given->kind.empty()) {
            return refuse("must be a string, not " + given->kind);
        } else {
            bound.push_back(given->value);
        }
    }
    return bound;
}

base::Result<std::vector<std::string>> bind_secrets(
    const model::NodeSchema& schema,
    const std::vector<std::pair<std::string, std::string>>& secrets) {
    std::vector<std::string> bound;
    bound.reserve(schema.secrets.size());
    for (const auto& name : schema.secrets) {
        const auto given =
            std::ranges::find(secrets, name, &std::pair<std::string, std::string>::first);
        if (given == secrets.end()) {
            return base::fail("secret \"" + name + "\" of node " + schema.name +
                              " is not among the graph's secrets");
        }
        bound.push_back(given->second);
    }
    return bound;
}

ReportStep after_report(const model::Outcome& outcome, const Answer& answer, unsigned attempt,
                        const Timing& timing, double random01) {
    using Kind = ReportStep::Kind;
    const base::Backoff backoff{timing.first_pause, timing.longest_pause};
    switch (answer.kind) {
        case Answer::Kind::accepted:
            return {Kind::settled};
        case Answer::Kind::already_settled:
            return {Kind::settled_before};
        case Answer::Kind::not_found:
            return {Kind::unknown_state};
        case Answer::Kind::unauthorized:
            return {Kind::reload_key, timing.late_request + backoff.delay(attempt, random01)};
        case Answer::Kind::refused:
            // Only an errored or a prune is final when it is refused; everything else would leave
            // the state QUEUED.
            return {std::holds_alternative<model::Executed>(outcome) ||
                            std::holds_alternative<model::Requeued>(outcome)
                        ? Kind::report_errored
                        : Kind::park,
                    timing.parked_retry};
        case Answer::Kind::ambiguous:
            // Two reports under way at once can both pass the server's check: wait until the first
            // is surely over.
            return {Kind::again, timing.late_request + backoff.delay(attempt, random01)};
        case Answer::Kind::not_sent:
            return {Kind::again, backoff.delay(attempt, random01)};
    }
    return {Kind::again, timing.late_request};
}

bool requeue_stays_here(base::Millis after, bool uncertain, const Timing& timing) {
    return uncertain || after < timing.hold;
}

bool may_send_requeue_again(base::WallTime now, base::WallTime first_sent, base::Millis after,
                            const Timing& timing) {
    return now + timing.late_request < first_sent + after;
}

std::string_view to_string(Answer::Kind kind) {
    switch (kind) {
        case Answer::Kind::accepted:
            return "accepted";
        case Answer::Kind::already_settled:
            return "already_settled";
        case Answer::Kind::not_found:
            return "not_found";
        case Answer::Kind::unauthorized:
            return "unauthorized";
        case Answer::Kind::refused:
            return "refused";
        case Answer::Kind::ambiguous:
            return "ambiguous";
        case Answer::Kind::not_sent:
            return "not_sent";
    }
    return "?";
}

}  // namespace exo::worker
