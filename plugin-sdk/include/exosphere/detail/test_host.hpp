// A worker small enough for unit tests: judges calls as the real one does, runs submitted work on
// one thread of its own, and keeps simulated time. Used through <exosphere/testing.hpp>.
// [any-thread]
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "exosphere/abi.h"
#include "exosphere/detail/text.hpp"
#include "exosphere/signals.hpp"

namespace exosphere::testing {

struct LogLine {
    LogLevel level;
    std::string text;
    friend bool operator==(const LogLine&, const LogLine&) = default;
};

using Time = std::chrono::system_clock::time_point;
using Texts = std::map<std::string, std::string>;

namespace detail {

using exosphere::detail::to_str;
using exosphere::detail::to_view;

inline bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto at = [&](std::size_t k) -> unsigned {
            return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0U;
        };
        const unsigned lead = at(0);
        const std::size_t length = lead < 0x80                    ? 1
                                   : lead >= 0xC2 && lead <= 0xDF ? 2
                                   : lead >= 0xE0 && lead <= 0xEF ? 3
                                   : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                                  : 0;
        if (length == 0) return false;
        for (std::size_t k = 1; k < length; ++k) {
            if ((at(k) & 0xC0U) != 0x80U) return false;
        }
        // No overlong forms, no surrogates, nothing above U+10FFFF.
        if ((lead == 0xE0 && at(1) < 0xA0) || (lead == 0xED && at(1) > 0x9F) ||
            (lead == 0xF0 && at(1) < 0x90) || (lead == 0xF4 && at(1) > 0x8F)) {
            return false;
        }
        i += length;
    }
    return true;
}

// Looks like a JSON object; the real worker parses it.
inline bool is_braced(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    const auto last = text.find_last_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '{' && text[last] == '}' &&
           last > first;
}

// What the worker knows about one call.
struct TestCall {
    enum class Kind { none, emitted, pruned, requeued, failed };
    std::size_t output_count = 0;
    Texts info;
    std::optional<Time> deadline;
    int cancel_at_check = 0;  // 0 = never
    void* instance = nullptr;
    void (*cancel)(void*, exo_call*) = nullptr;

    Kind kind = Kind::none;
    std::vector<std::vector<std::string>> emitted;
    std::string text;  // of prune or fail
    std::chrono::milliseconds after{};
    std::optional<exo_status> finished;
    Time ended_at;
    bool returned = false;  // from execute()
    int checks = 0;
    bool cancelled = false;
    bool cancelling = false;  // the cancel hook is running
    std::deque<std::string> answers;

    bool ended() const { return finished && returned && !cancelling; }
};

class TestHost : public exo_host {
  public:
    explicit TestHost(Texts config, std::map<std::string, const void*> extensions, Time now)
        : exo_host{sizeof(exo_host), EXO_ABI_MINOR, &do_emit,      &do_prune, &do_requeue,
                   &do_fail,         &do_finish,    &do_cancelled, &do_info,  &do_log,
                   &do_submit,       &do_after,     &do_extension},
          config_(std::move(config)),
          extensions_(std::move(extensions)),
          now_(now) {}
    TestHost(const TestHost&) = delete;
    TestHost& operator=(const TestHost&) = delete;
    // Delays end early, and all submitted work has run when this returns.
    ~TestHost() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        changed_.notify_all();
        if (worker_.joinable()) worker_.join();
    }

    exo_call* begin(TestCall call) {
        const std::lock_guard lock(mutex_);
        auto* handle = reinterpret_cast<exo_call*>(++last_handle_ << 4U);
        calls_.emplace(handle, std::move(call));
        return handle;
    }

    void returned(exo_call* handle, exo_status status) {
        const std::lock_guard lock(mutex_);
        TestCall& call = calls_.at(handle);
        call.returned = true;
        if (status != EXO_ASYNC) {
            call.finished = status;
            call.ended_at = now_;
        }
        changed_.notify_all();
    }

    // Simulated time does not jump between the two: what is due later stays so.
    void hold_clock() {
        const std::lock_guard lock(mutex_);
        ++clock_holds_;
    }
    void release_clock() {
        const std::lock_guard lock(mutex_);
        --clock_holds_;
        changed_.notify_all();
    }

    // Waits, in real time, for the end of an asynchronous call.
    bool wait(exo_call* handle, std::chrono::milliseconds patience) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return calls_.at(handle).ended(); });
    }

    // From now on cancelled() says 1; the node's hook runs on this thread.
    void cancel(exo_call* handle) {
        std::unique_lock lock(mutex_);
        cancel(lock, handle);
    }

    // The call's record; its handle is stale from here on.
    TestCall take(exo_call* handle) {
        const std::lock_guard lock(mutex_);
        auto node = calls_.extract(handle);
        return std::move(node.mapped());
    }

    std::vector<LogLine> take_log() {
        const std::lock_guard lock(mutex_);
        return std::exchange(log_, {});
    }

    Time now() const {
        const std::lock_guard lock(mutex_);
        return now_;
    }
    void advance(std::chrono::milliseconds by) {
        const std::lock_guard lock(mutex_);
        now_ += by;
    }

  private:
    struct Work {
        void (*run)(void*);
        void* arg;
    };
    static TestHost& of(const exo_host* host) {
        return const_cast<TestHost&>(static_cast<const TestHost&>(*host));
    }

    template <class Say>
    static exo_status outcome(const exo_host* host, exo_call* handle, TestCall::Kind kind,
                              Say&& say) {
        TestHost& self = of(host);
        const std::lock_guard lock(self.mutex_);
        const auto found = self.calls_.find(handle);
        if (found == self.calls_.end() || found->second.finished) {
            self.log_.push_back({LogLevel::error, "use of a call that has ended"});
            return EXO_E_CALL;
        }
        TestCall& call = found->second;
        if (call.kind == TestCall::Kind::failed) return EXO_DONE;  // fail() wins
        const bool again = kind == TestCall::Kind::emitted && call.kind == kind;
        if (call.kind != TestCall::Kind::none && kind != TestCall::Kind::failed && !again) {
            return refuse(call, EXO_E_ORDER, "a second outcome of another kind");
        }
        const exo_status status = say(call);
        if (status == EXO_DONE) call.kind = kind;
        return status;
    }
    static exo_status refuse(TestCall& call, exo_status status, std::string why) {
        call.kind = TestCall::Kind::failed;
        call.text = std::move(why);
        return status;
    }

    static exo_status do_emit(const exo_host* host, exo_call* handle, const exo_str* values,
                              size_t n) {
        return outcome(host, handle, TestCall::Kind::emitted, [&](TestCall& call) -> exo_status {
            if (n != call.output_count) {
                return refuse(call, EXO_E_ARGUMENT, "emit: wrong number of outputs");
            }
            std::vector<std::string> texts;
            for (size_t i = 0; i < n; ++i) {
                if (values[i].ptr == nullptr && values[i].len > 0) {
                    return refuse(call, EXO_E_ARGUMENT, "emit: NULL with a length");
                }
                texts.emplace_back(to_view(values[i]));
                if (!is_utf8(texts.back())) {
                    return refuse(call, EXO_E_ARGUMENT, "emit: an output is not UTF-8");
                }
            }
            call.emitted.push_back(std::move(texts));
            return EXO_DONE;
        });
    }
    static exo_status do_prune(const exo_host* host, exo_call* handle, exo_str json) {
        return outcome(host, handle, TestCall::Kind::pruned, [&](TestCall& call) -> exo_status {
            const std::string_view text = json.len == 0 ? "{}" : to_view(json);
            if (!is_utf8(text) || !is_braced(text)) {
                return refuse(call, EXO_E_ARGUMENT, "prune: the data is not a JSON object");
            }
            call.text = text;
            return EXO_DONE;
        });
    }
    static exo_status do_requeue(const exo_host* host, exo_call* handle, uint64_t after_ms) {
        return outcome(host, handle, TestCall::Kind::requeued, [&](TestCall& call) -> exo_status {
            if (after_ms < 1 || after_ms > 366ULL * 24 * 3600 * 1000) {
                return refuse(call, EXO_E_ARGUMENT, "requeue: the delay is not 1 ms .. 366 days");
            }
            call.after = std::chrono::milliseconds{after_ms};
            return EXO_DONE;
        });
    }
    static exo_status do_fail(const exo_host* host, exo_call* handle, exo_str message) {
        return outcome(host, handle, TestCall::Kind::failed, [&](TestCall& call) -> exo_status {
            call.text = to_view(message);
            return EXO_DONE;
        });
    }
    static exo_status do_finish(const exo_host* host, exo_call* handle, exo_status status) {
        TestHost& self = of(host);
        const std::lock_guard lock(self.mutex_);
        const auto found = self.calls_.find(handle);
        if (found == self.calls_.end() || found->second.finished) {
            self.log_.push_back({LogLevel::error, "finish of a call that has ended"});
            return EXO_E_CALL;
        }
        found->second.finished = status;
        found->second.ended_at = self.now_;
        self.changed_.notify_all();
        return EXO_DONE;
    }

    static int32_t do_cancelled(const exo_host* host, const exo_call* handle) {
        TestHost& self = of(host);
        std::unique_lock lock(self.mutex_);
        const auto found = self.calls_.find(const_cast<exo_call*>(handle));
        if (found == self.calls_.end() || found->second.finished) return 1;
        TestCall& call = found->second;
        ++call.checks;
        const bool due = (call.deadline && self.now_ >= *call.deadline) ||
                         (call.cancel_at_check > 0 && call.checks >= call.cancel_at_check);
        call.cancelled = call.cancelled || due;
        return call.cancelled ? 1 : 0;
    }
    static exo_str do_info(const exo_host* host, const exo_call* handle, const char* key) {
        TestHost& self = of(host);
        const std::lock_guard lock(self.mutex_);
        const auto found = self.calls_.find(const_cast<exo_call*>(handle));
        if (found == self.calls_.end()) return {};
        TestCall& call = found->second;
        const std::string_view name = key;
        if (name == "now_ms" || (name == "deadline_ms" && call.deadline)) {
            const Time time = name == "now_ms" ? self.now_ : *call.deadline;
            call.answers.push_back(std::to_string(
                std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch())
                    .count()));
            return to_str(call.answers.back());
        }
        const auto value = call.info.find(std::string(name));
        return value == call.info.end() ? exo_str{} : to_str(value->second);
    }
    static void do_log(const exo_host* host, const exo_call*, int32_t level, exo_str message) {
        TestHost& self = of(host);
        const std::lock_guard lock(self.mutex_);
        self.log_.push_back({LogLevel{level}, std::string(to_view(message))});
    }
    static exo_status do_submit(const exo_host* host, void (*run)(void*), void* arg) {
        return do_after(host, 0, run, arg);
    }
    static exo_status do_after(const exo_host* host, uint64_t delay_ms, void (*run)(void*),
                               void* arg) {
        TestHost& self = of(host);
        const std::lock_guard lock(self.mutex_);
        if (self.stopping_) return EXO_E_SHUTDOWN;
        self.queue_.emplace(self.now_ + std::chrono::milliseconds{delay_ms}, Work{run, arg});
        if (!self.worker_.joinable()) self.worker_ = std::thread([&self] { self.work(); });
        self.changed_.notify_all();
        return EXO_DONE;
    }
    static const void* do_extension(const exo_host* host, const char* id) {
        static constexpr exo_config_1 config{sizeof(exo_config_1), &config_get, &config_entry};
        if (std::string_view(id) == EXO_CONFIG_1) return &config;
        const auto found = of(host).extensions_.find(id);
        return found == of(host).extensions_.end() ? nullptr : found->second;
    }
    static int32_t config_get(const exo_host* host, exo_str key, exo_str* value) {
        const auto found = of(host).config_.find(std::string(to_view(key)));
        if (found == of(host).config_.end()) return 0;
        *value = to_str(found->second);
        return 1;
    }
    static int32_t config_entry(const exo_host* host, size_t index, exo_str* key, exo_str* value) {
        const Texts& config = of(host).config_;
        if (index >= config.size()) return 0;
        const auto entry = std::next(config.begin(), static_cast<std::ptrdiff_t>(index));
        *key = to_str(entry->first);
        *value = to_str(entry->second);
        return 1;
    }

    void cancel(std::unique_lock<std::mutex>& lock, exo_call* handle) {
        const auto found = calls_.find(handle);
        if (found == calls_.end() || found->second.finished) return;
        TestCall& call = found->second;  // stays: the call does not end while cancelling
        call.cancelled = call.cancelling = true;
        lock.unlock();
        if (call.cancel != nullptr) call.cancel(call.instance, handle);
        lock.lock();
        call.cancelling = false;
        changed_.notify_all();
    }

    // The worker's thread. Simulated time jumps to the next piece of work, or to a deadline.
    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [&] {
                if (stopping_ || queue_.empty()) return stopping_;
                return clock_holds_ == 0 || queue_.begin()->first <= now_;
            });
            if (queue_.empty()) return;
            const auto next = queue_.begin();
            if (!stopping_ && next->first > now_) {
                if (exo_call* late = deadline_before(next->first)) {
                    now_ = *calls_.at(late).deadline;
                    cancel(lock, late);
                    continue;
                }
                now_ = next->first;
            }
            const Work work = next->second;
            queue_.erase(next);
            lock.unlock();
            work.run(work.arg);
            lock.lock();
        }
    }
    exo_call* deadline_before(Time time) const {
        for (const auto& [handle, call] : calls_) {
            if (call.deadline && !call.cancelled && !call.finished && *call.deadline <= time) {
                return handle;
            }
        }
        return nullptr;
    }

    const Texts config_;
    const std::map<std::string, const void*> extensions_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Time now_;
    std::uintptr_t last_handle_ = 0;
    std::map<exo_call*, TestCall> calls_;
    std::multimap<Time, Work> queue_;
    std::vector<LogLine> log_;
    unsigned clock_holds_ = 0;
    bool stopping_ = false;
    std::thread worker_;
};

}  // namespace detail
}  // namespace exosphere::testing
