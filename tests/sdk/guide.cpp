// The rest of docs/plugin-guide.md's code: a plugin of all the guide's nodes.
#include "guide.hpp"

Fetch::Outputs Fetch::execute(const Inputs& in, const Secrets& secrets, exosphere::Context& ctx) {
    ctx.log("fetching with a key of " + std::to_string(secrets.api_key.size()) + " characters");
    return {in.user_id + in.filter, "{}", "ok", in.batch_size};
}

// [plugin]
EXOSPHERE_PLUGIN("acme", "1.0.0", Uppercase, Fetch, Split, PollBatch, Patient, Counter, Reminder,
                 Timer, CheckConfig)
// [/plugin]
