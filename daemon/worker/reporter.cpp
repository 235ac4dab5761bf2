#include "worker/reporter.hpp"

#include "worker/decisions.hpp"

namespace exo::worker {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

void count_settled(Counters& counters, const model::Outcome& outcome) {
    if (std::holds_alternative<model::Executed>(outcome)) ++counters.executed;
    if (std::holds_alternative<model::Errored>(outcome)) ++counters.errored;
    if (std::holds_alternative<model::Pruned>(outcome)) ++counters.pruned;
    if (std::holds_alternative<model::Requeued>(outcome)) ++counters.requeued;
}

}  // namespace

// Counts an outcome as unreported for as long as it lives.
class Reporter::Unreported {
  public:
    explicit Unreported(Core& core) : core_(core) { ++core_.counters.unreported; }
    ~Unreported() {
        --core_.counters.unreported;
        if (parked_) --core_.counters.parked;
        core_.slots_changed.notify_all();  // back-pressure may have ended
    }
    Unreported(const Unreported&) = delete;
    Unreported& operator=(const Unreported&) = delete;
    void park() {
        if (!parked_) ++core_.counters.parked;
        parked_ = true;
    }

  private:
    Core& core_;
    bool parked_ = false;
};

Awaitable<Reporter::End> Reporter::report(ClaimPtr claim,
                                          std::shared_ptr<const model::Outcome> outcome) {
    claim->stage = Claim::Stage::reporting;
    Unreported unreported(core_);
    if (std::holds_alternative<model::Requeued>(*outcome)) {
        const auto end = co_await send_requeue(claim, outcome);
        switch (end.kind) {
            case RequeueEnd::Kind::accepted:
                ++core_.counters.requeued;
                co_return End::settled;
            case RequeueEnd::Kind::settled_before:
                co_return End::settled;
            case RequeueEnd::Kind::unknown:
                co_return End::resume_here;
            case RequeueEnd::Kind::refused:
                break;
        }
        outcome = std::make_shared<const model::Outcome>(model::Errored{
            "the state manager refused this state's re-enqueue-after: " + end.answer.detail});
        (void)co_await core_.journal.outcome(claim->seq, outcome);
    }
    co_await send_until_answered(claim, outcome, unreported);
    co_return End::settled;
}

Awaitable<void> Reporter::send_until_answered(ClaimPtr claim,
                                              std::shared_ptr<const model::Outcome> outcome,
                                              Unreported& unreported) {
    const auto since = steady_clock::now();
    const auto accepted_before = accepted_;
    for (unsigned attempt = 0;; ++attempt) {
        const auto answer =
            co_await core_.server.report(claim->state.id, claim->state.claim, outcome);
        note_contact(answer);
        auto step = after_report(*outcome, answer, attempt, core_.options.timing, core_.random01());
        using Kind = ReportStep::Kind;
        // 5xx again and again while others get through: this one report is the trouble, not the
        // server.
        if (answer.kind == Answer::Kind::ambiguous && accepted_ != accepted_before &&
            steady_clock::now() - since > core_.options.timing.park_after) {
            step = {Kind::park, core_.options.timing.parked_retry};
        }
        if (attempt > 0 || answer.kind != Answer::Kind::accepted) {
            log_answer(*claim, *outcome, answer, attempt, step.pause);
        }
        if (step.kind == Kind::report_errored) {
            // The state would stay QUEUED for ever: say errored, with the refusal's text. (Before
            // the switch: g++ 12 miscompiles a co_await inside one.)
            outcome = std::make_shared<const model::Outcome>(model::Errored{
                "the state manager refused this state's " + std::string(model::kind_of(*outcome)) +
                " report: " + answer.detail});
            (void)co_await core_.journal.outcome(claim->seq, outcome);
            continue;
        }
        switch (step.kind) {
            case Kind::settled:
                ++accepted_;
                count_settled(core_.counters, *outcome);
                core_.journal.settled(claim->seq);
                co_return;
            case Kind::settled_before:
            case Kind::unknown_state:
                if (attempt == 0) ++core_.counters.settled_elsewhere;
                core_.journal.settled(claim->seq);
                co_return;
            case Kind::report_errored:
                break;  // done above
            case Kind::park:
                unreported.park();
                break;
            case Kind::reload_key:
                core_.server.reload_key();
                break;
            case Kind::again:
                break;
        }
        ++core_.counters.reports_retried;
        co_await base::sleep_for(step.pause);
    }
}

Awaitable<Reporter::RequeueEnd> Reporter::send_requeue(
    ClaimPtr claim, std::shared_ptr<const model::Outcome> outcome) {
    const auto after = std::get<model::Requeued>(*outcome).after;
    const auto& timing = core_.options.timing;
    RequeueEnd end;
    bool maybe_sent = false;
    claim->requeueing = true;
    for (unsigned attempt = 0;; ++attempt) {
        if (!maybe_sent) {  // no window is open yet
            end.first_sent = system_clock::now();
            if (!(co_await core_.journal.sending_requeue(claim->seq, end.first_sent)))
                co_return end;
        }
        end.answer = co_await core_.server.report(claim->state.id, claim->state.claim, outcome);
        note_contact(end.answer);
        const auto step = after_report(*outcome, end.answer, attempt, timing, core_.random01());
        if (attempt > 0 || end.answer.kind != Answer::Kind::accepted) {
            log_answer(*claim, *outcome, end.answer, attempt, step.pause);
        }
        end.first_try = attempt == 0;
        switch (step.kind) {
            case ReportStep::Kind::settled:
                ++accepted_;
                core_.journal.settled(claim->seq);
                end.kind = RequeueEnd::Kind::accepted;
                co_return end;
            case ReportStep::Kind::settled_before:
            case ReportStep::Kind::unknown_state:
                core_.journal.settled(claim->seq);
                end.kind = RequeueEnd::Kind::settled_before;
                co_return end;
            case ReportStep::Kind::report_errored:
            case ReportStep::Kind::park:
                end.kind = RequeueEnd::Kind::refused;
                co_return end;
            case ReportStep::Kind::reload_key:
                core_.server.reload_key();
                break;
            case ReportStep::Kind::again:
                maybe_sent = maybe_sent || end.answer.kind == Answer::Kind::ambiguous;
                break;
        }
        if (maybe_sent && !may_send_requeue_again(system_clock::now() + step.pause, end.first_sent,
                                                  after, timing)) {
            end.kind = RequeueEnd::Kind::unknown;
            co_return end;
        }
        ++core_.counters.reports_retried;
        co_await base::sleep_for(step.pause);
    }
}

Awaitable<void> Reporter::hand_back(ClaimPtr claim) {
    claim->stage = Claim::Stage::reporting;
    const auto& timing = core_.options.timing;
    const auto held = std::make_shared<const model::Outcome>(model::Requeued{timing.hold});
    // Rule 9: only status-checked calls may end an uncertain claim.
    RequeueEnd end;  // no `?: co_await` here: g++ 12 destroys its temporaries twice
    if (!claim->uncertain) end = co_await send_requeue(claim, held);
    switch (end.kind) {
        case RequeueEnd::Kind::accepted:
            break;
        case RequeueEnd::Kind::settled_before:
            co_return;
        case RequeueEnd::Kind::refused:
        case RequeueEnd::Kind::unknown:
            core_.log.error("could not hand a state back, it stays claimed by this worker",
                            {{"state", claim->state.id.str()},
                             {"node", claim->state.node_name},
                             {"detail", end.answer.detail}});
            co_return;
    }
    ++core_.counters.handed_back;
    if (end.first_try &&
        may_send_requeue_again(system_clock::now(), end.first_sent, timing.hold, timing)) {
        // So that another worker gets it at once. Once, never again: after the hold the state is
        // free anyway.
        const auto free_now =
            std::make_shared<const model::Outcome>(model::Requeued{base::Millis(1)});
        (void)co_await core_.server.report(claim->state.id, claim->state.claim, free_now);
    }
}

void Reporter::note_contact(const Answer& answer) {
    switch (answer.kind) {
        case Answer::Kind::unauthorized:
            core_.contact = Contact::unauthorized;
            break;
        case Answer::Kind::ambiguous:
        case Answer::Kind::not_sent:
            break;  // polls tell whether the server is there
        case Answer::Kind::accepted:
        case Answer::Kind::already_settled:
        case Answer::Kind::not_found:
        case Answer::Kind::refused:
            core_.contact = Contact::reached;
            break;
    }
}

void Reporter::log_answer(const Claim& claim, const model::Outcome& outcome, const Answer& answer,
                          unsigned attempt, base::Millis pause) {
    using Kind = Answer::Kind;
    const auto write = [&](base::LogLevel level, std::string_view message) {
        core_.log.write(level, message,
                        {{"kind", model::kind_of(outcome)},
                         {"state", claim.state.id.str()},
                         {"node", claim.state.node_name},
                         {"status", answer.status},
                         {"attempt", attempt + 1},
                         {"retry_in", base::to_text(pause)},
                         {"detail", answer.detail}});
    };
    switch (answer.kind) {
        case Kind::accepted:
            write(base::LogLevel::info, "report delivered after retries");
            break;
        case Kind::already_settled:
            if (attempt > 0) {
                write(base::LogLevel::info, "report had arrived");
            } else {
                write(base::LogLevel::warn, "state was settled by somebody else");
            }
            break;
        case Kind::not_found:
            write(base::LogLevel::warn, "the server does not know the state");
            break;
        case Kind::unauthorized:
            write(base::LogLevel::error, "report refused, API key not accepted");
            break;
        case Kind::refused:
            write(base::LogLevel::error, "report refused");
            break;
        case Kind::ambiguous:
        case Kind::not_sent:
            write(base::LogLevel::warn, "report failed, will be sent again");
            break;
    }
}

}  // namespace exo::worker
