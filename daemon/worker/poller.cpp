#include "worker/poller.hpp"

#include "base/backoff.hpp"
#include "worker/decisions.hpp"

namespace exo::worker {

using std::chrono::steady_clock;

Awaitable<void> Poller::poll(Group& group) {
    const base::Backoff idle{base::Millis(2), core_.options.poll_interval};
    const base::Backoff trouble{core_.options.timing.first_pause,
                                core_.options.timing.longest_pause};
    unsigned empty_polls = 0;
    unsigned failures = 0;
    while (!core_.draining) {
        const auto wanted = core_.free_slots(group);
        if (wanted == 0) {
            co_await core_.slots_changed.wait();
            continue;
        }
        group.taken += wanted;
        const auto wait = core_.long_poll ? core_.options.timing.long_poll : base::Millis(0);
        const auto asked_at = steady_clock::now();
        auto answer = co_await core_.server.enqueue(group.nodes, wanted, wait);
        group.taken -= wanted;

        if (answer.answer.kind != Answer::Kind::accepted) {
            const auto retry_in = trouble.delay(failures++, core_.random01());
            note_contact(answer.answer, retry_in);
            if (answer.answer.kind == Answer::Kind::unauthorized) core_.server.reload_key();
            co_await core_.pause(retry_in);
            continue;
        }
        failures = 0;
        note_contact(answer.answer, {});
        core_.long_poll = answer.long_poll;
        const auto got = answer.states.size() + answer.unusable.size();
        if (got >= wanted) update_mean(core_.mean_round_trip, steady_clock::now() - asked_at);
        co_await take(group, std::move(answer), asked_at);
        if (got > 0) {
            empty_polls = 0;
        } else if (!core_.long_poll) {
            co_await core_.pause(idle.ceiling(empty_polls++));
        }
    }
}

// Even when the worker drains: these states are ours, and nobody else knows it.
Awaitable<void> Poller::take(Group& group, EnqueueAnswer answer,
                             steady_clock::time_point asked_at) {
    for (auto& [id, why] : answer.unusable) {
        core_.log.error("state cannot be used", {{"state", id.str()}, {"error", why}});
        model::ClaimedState state;
        state.id = id;
        answer.states.push_back(std::move(state));  // no node name: errored by the dispatcher
    }
    if (answer.states.empty()) co_return;
    group.taken += answer.states.size();
    auto seqs = co_await core_.journal.claim(answer.states);
    if (!seqs) {
        core_.log.error("journal is not writable, claimed states are handed back",
                        {{"states", answer.states.size()}, {"error", seqs.error().message}});
    }
    for (std::size_t i = 0; i < answer.states.size(); ++i) {
        const auto seq = seqs ? (*seqs)[i] : 0;
        if (went_on_under(seq, answer.states[i])) {
            --group.taken;
            continue;
        }
        auto claim = std::make_shared<Claim>();
        claim->seq = seq;
        claim->state = std::move(answer.states[i]);
        claim->group = &group;
        claim->claimed_at = asked_at;
        serve_(std::move(claim));
    }
}

// Rule 12: a claim of a state whose older claim is still open here. The two never run side by side.
bool Poller::went_on_under(ClaimSeq seq, const model::ClaimedState& state) {
    const auto found = core_.claims.find(state.id);
    if (found == core_.claims.end()) return false;
    auto& older = *found->second;
    core_.log.warn("state was claimed again while an older claim of it is open",
                   {{"state", state.id.str()}, {"node", state.node_name}});
    core_.journal.settled(older.seq);
    if (older.requeueing) {  // the re-enqueue-after had arrived: the new claim takes over
        older.abandon.emit(boost::asio::cancellation_type::all);
        return false;
    }
    older.seq = seq;
    older.state.claim = state.claim;
    return true;
}

// Says it once when the server goes away or comes back, not at every poll.
void Poller::note_contact(const Answer& answer, base::Millis retry_in) {
    const auto before = core_.contact;
    if (answer.kind == Answer::Kind::accepted) {
        core_.contact = Contact::reached;
        if (before == Contact::unreachable || before == Contact::unauthorized) {
            core_.log.info("state manager is back");
        }
        return;
    }
    core_.contact =
        answer.kind == Answer::Kind::unauthorized ? Contact::unauthorized : Contact::unreachable;
    if (core_.contact == before) return;
    core_.log.warn(core_.contact == Contact::unauthorized
                       ? "state manager does not accept the API key, it is read again"
                       : "polling failed, trying again",
                   {{"status", answer.status},
                    {"retry_in", base::to_text(retry_in)},
                    {"detail", answer.detail}});
}

}  // namespace exo::worker
