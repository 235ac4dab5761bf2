#include "app/daemon.hpp"

#include <string.h>
#include <unistd.h>

#include "app/signals.hpp"
#include "base/async.hpp"
#include "systemd/notify.hpp"

namespace exo::app {
namespace {

namespace asio = boost::asio;

// How long systemd waits for READY=1 while the state manager is down; the daemon is useful before
// that, since it keeps trying, and units ordered after it must not wait for a machine elsewhere.
constexpr std::chrono::seconds longest_start{20};

std::string status_line(const worker::Status& status) {
    const auto& counters = status.counters;
    std::string text = !status.registered ? "registering, the state manager does not answer"
                       : status.draining  ? "draining"
                       : status.contact == worker::Contact::reached ? "polling"
                       : status.contact == worker::Contact::unauthorized
                           ? "the state manager does not accept the API key"
                           : "the state manager cannot be reached";
    text += "; " + std::to_string(counters.running + counters.waiting_async) + " running, " +
            std::to_string(counters.executed) + " executed, " + std::to_string(counters.errored) +
            " errored";
    if (counters.unreported > 0) text += ", " + std::to_string(counters.unreported) + " unreported";
    return text;
}

class Daemon {
  public:
    Daemon(base::Log log, Errand errand)
        : log_(std::move(log)),
          errand_(std::move(errand)),
          signals_(
              io_.get_executor(), [this](int number) { stop(number); },
              [this] { log_.warn("a changed configuration takes effect at the next start"); }),
          registered_(io_.get_executor()) {}

    base::ExitCode run(const settings::Settings& settings, Endpoint endpoint) {
        WorkerService::Hooks hooks;
        hooks.registered = [this] {
            is_registered_ = true;
            registered_.notify_all();
        };
        hooks.failed = [this](const std::string& why) { fail(why); };
        auto service = WorkerService::create(io_.get_executor(), settings, std::move(endpoint),
                                             log_, std::move(hooks));
        if (!service) {
            log_.error(service.error().message);
            return base::ExitCode::refused;
        }
        service_ = std::move(*service);
        const auto escaped = [this](const std::string& what) { fail("bug: " + what); };
        base::spawn(io_.get_executor(), work(), escaped);
        base::spawn(io_.get_executor(), tell_systemd(), escaped);
        if (errand_) base::spawn(io_.get_executor(), do_errand(), escaped, errand_abandon_.slot());
        io_.run();
        end();
        return code_;
    }

  private:
    asio::awaitable<void> work() {
        co_await service_->run();
        ended_ = true;
        registered_.notify_all();
        signals_.cancel();
        errand_abandon_.emit(asio::cancellation_type::all);
    }

    asio::awaitable<void> tell_systemd() {
        const auto latest = std::chrono::steady_clock::now() + longest_start;
        while (!is_registered_ && !ended_ && std::chrono::steady_clock::now() < latest) {
            co_await registered_.wait_until(latest);
        }
        systemd::ready(status_line(service_->status()));
        while (!ended_) {
            co_await registered_.wait_until(std::chrono::steady_clock::now() +
                                            std::chrono::seconds(2));
            systemd::status(status_line(service_->status()));
        }
    }

    asio::awaitable<void> do_errand() {
        while (!is_registered_ && !ended_) co_await registered_.wait();
        if (ended_) co_return;
        const auto code = co_await errand_(io_.get_executor());
        errand_done_ = true;
        if (!code || ended_) co_return;
        code_ = *code;
        service_->stop();
    }

    void stop(int number) {
        log_.info("stopping", {{"signal", strsignal(number)}});
        systemd::stopping(status_line(service_->status()));
        if (errand_ && !errand_done_) code_ = base::ExitCode::failed;  // cut short
        service_->stop();
    }

    void fail(const std::string& why) {
        if (failed_) return;
        failed_ = true;
        log_.error("cannot go on, stopping", {{"reason", why}});
        code_ = base::ExitCode::internal;
        service_->stop();
    }

    void end() {
        if (service_->shut_down()) return;
        // A node hangs on a pool thread: nothing may be destroyed under it. Reports are delivered
        // already.
        log_.error("a node still runs and does not react, ending without it");
        ::_exit(base::to_int(code_));
    }

    asio::io_context io_{1};
    base::Log log_;
    Errand errand_;
    Signals signals_;
    base::Signal registered_;
    asio::cancellation_signal errand_abandon_;
    std::unique_ptr<WorkerService> service_;
    base::ExitCode code_ = base::ExitCode::done;
    bool is_registered_ = false;
    bool ended_ = false;
    bool errand_done_ = false;
    bool failed_ = false;
};

}  // namespace

base::ExitCode run_worker(const settings::Settings& settings, Endpoint endpoint, base::Log log,
                          Errand errand) {
    return Daemon(std::move(log), std::move(errand)).run(settings, std::move(endpoint));
}

}  // namespace exo::app
