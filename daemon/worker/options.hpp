// What a worker is told: counts, limits, times. Plain values; app/ fills them from the settings.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace exo::worker {

// The constants of recovery-rules and architecture; tests shorten them.
struct Timing {
    base::Millis late_request{2'000};  // D: how late a request may still be processed by the server
    base::Millis hold{10'000};         // H: how long a hand-back keeps a state from everybody
    base::Millis cancel_grace{2'000};  // from cancel() to writing the call off
    base::Millis flush_limit{10'000};  // reports at the end of a drain
    base::Millis secrets_patience{
        60'000};                    // failures of the secrets call before a state is errored
    base::Millis long_poll{2'000};  // wait_ms, for servers that announce it
    base::Millis first_pause{100};  // of every backoff
    base::Millis longest_pause{30'000};
    base::Millis park_after{600'000};  // a report answered 5xx for so long while others succeed
    base::Millis parked_retry{600'000};
};

struct NodeLimits {
    bool enabled = true;
    std::optional<unsigned> max_concurrency;
    std::optional<base::Millis> timeout;
};

struct Options {
    unsigned workers = 1;       // node threads
    unsigned batch_size = 256;  // most states claimed and without a journaled outcome
    unsigned max_async = 10'000;
    unsigned max_unreported = 10'000;  // outcomes waiting for the server before claiming stops
    base::Millis poll_interval{1'000};
    base::Millis drain_timeout{30'000};
    bool hand_back = true;  // on a planned stop; false = unstarted states stay in the journal
    std::map<std::string, NodeLimits> nodes;
    Timing timing;
};

}  // namespace exo::worker
