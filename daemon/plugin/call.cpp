#include "plugin/call.hpp"

#include <openssl/crypto.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "plugin/fence.hpp"
#include "plugin/host.hpp"
#include "plugin/plugin_node.hpp"
#include "plugin/safe_text.hpp"

namespace exo::plugin {
namespace {

model::Outcome errored(std::string text) { return model::Errored{std::move(text)}; }

void append(boost::container::small_vector<exo_str, 8>& into,
            const std::vector<std::string>& values) {
    for (const auto& value : values) into.push_back({value.data(), value.size()});
}

}  // namespace

Call::Call(std::shared_ptr<const PluginNode> node, worker::CallRequest request, Done done)
    : node_(std::move(node)),
      request_(std::move(request)),
      done_(std::move(done)),
      draft_(node_->schema()) {}

const std::string& Call::node_name() const { return node_->schema().name; }

PluginHost& Call::host() const { return node_->host(); }

std::shared_ptr<Call> Call::start(std::shared_ptr<const PluginNode> node,
                                  worker::CallRequest request, Done done) {
    auto call = std::make_shared<Call>(std::move(node), std::move(request), std::move(done));
    auto& host = call->host();
    const auto& schema = call->node_->schema();
    auto refuse = [&](const char* why) {
        boost::asio::post(host.services().pool, [call, text = "node " + schema.name + why] {
            call->deliver(errored(text));
        });
        return call;
    };
    if (call->request_.inputs.size() != schema.inputs.size() ||
        call->request_.secrets.size() != schema.secrets.size())
        return refuse(" was given other inputs or secrets than it declares");
    if (!host.in_flight().enter()) return refuse(" cannot start: its plugin is shutting down");
    call->handle_ = host.calls().acquire(call, call->node_->index(), call->request_.deadline);
    if (call->handle_ == nullptr) {
        host.in_flight().leave();
        return refuse(" cannot start: too many calls are under way");
    }
    append(call->values_, call->request_.inputs);
    append(call->values_, call->request_.secrets);
    boost::asio::post(host.services().pool, [call] { call->run(); });
    return call;
}

// [pool-thread]
void Call::run() {
    if (host().calls().stopped(handle_)) return returned(EXO_CANCELLED);  // never began
    if (!create()) return;
    // A cancel() before there was an instance called no hook: it must not be missed.
    if (host().calls().stopped(handle_)) return returned(EXO_CANCELLED);
    const auto status = execute();
    if (status) return returned(*status);
    fail("node " + node_name() + " " + status.error().message);
}

base::Result<exo_status> Call::execute() {
    const InsidePlugin inside(host(), handle_);
    const exo_str* const inputs = values_.data();
    const exo_str* const secrets = inputs + request_.inputs.size();
    return fenced([&] { return node_->abi().execute(instance_, handle_, inputs, secrets); });
}

void Call::fail(const std::string& text) {
    host().calls().with(handle_, [&](Call& self) {
        self.draft_.fail({text.data(), text.size()}, self.secrets());
    });
    returned(EXO_FAILED);
}

// False if there is no instance; then the call has ended.
bool Call::create() {
    if (void* const shared = node_->shared_instance()) {
        host().calls().with(handle_, [&](Call& self) { self.instance_ = shared; });
        return true;
    }
    const auto made = make_instance(host(), node_->abi(), handle_);
    if (made) {
        host().calls().with(handle_, [&](Call& self) { self.instance_ = *made; });
        return true;
    }
    fail("node " + node_name() + " " + made.error().message);
    return false;
}

// [pool-thread] execute() has returned, or was never called.
void Call::returned(exo_status status) {
    if (status == EXO_ASYNC) tell_waiting();
    bool over = true;
    bool early = false;
    bool abandoned = false;
    host().calls().with(handle_, [&](Call& self) {
        abandoned = self.abandoned_;
        if (abandoned) return;
        early = self.finished_ && status != EXO_ASYNC;
        if (status == EXO_ASYNC) {
            self.returned_async_ = true;
            over = self.finished_;
            status = self.finish_status_;
        }
        self.ended_ = over;
    });
    if (early) host().warn("finish() without EXO_ASYNC, ignored", node_name(), state_id());
    if (abandoned) return retire(OnPool::yes);
    if (over) end(status, OnPool::yes);
}

// Before finish() may end the call, so that `done` never overtakes it.
void Call::tell_waiting() {
    bool waiting = false;
    host().calls().with(handle_,
                        [&](Call& self) { waiting = !self.finished_ && !self.abandoned_; });
    if (waiting && request_.on_waiting) request_.on_waiting();
}

bool Call::note_finish(exo_status status) {
    finished_ = true;
    // Only an end may be said here; anything else ends the call as an error.
    finish_status_ = status;
    if (!returned_async_) return false;
    ended_ = true;
    return true;
}

// `ended_` is set: no host function touches the draft any more.
void Call::end(exo_status status, OnPool on_pool) {
    auto& calls = host().calls();
    const bool stopped = calls.stopped(handle_);
    calls.stop(handle_);
    deliver(draft_.conclude(status, stopped));
    retire(on_pool);
}

void Call::wipe_secrets() {
    if (request_.secrets.empty()) return;
    const auto wipe = [](Call& self) {
        for (auto& secret : self.request_.secrets) OPENSSL_cleanse(secret.data(), secret.size());
        self.request_.secrets.clear();
    };
    // Under the lock: a log line of a straggling thread may be looking at them.
    if (!host().calls().with(handle_, wipe)) wipe(*this);
}

void Call::deliver(worker::CallResult result) {
    wipe_secrets();
    const auto done = std::exchange(done_, nullptr);
    done(std::move(result));
}

void Call::retire(OnPool on_pool) {
    bool now = true;
    host().calls().with(handle_, [&](Call& self) {
        now = !self.hook_running_;
        self.retire_after_hook_ = !now;
    });
    if (!now) return;
    if (on_pool == OnPool::yes || instance_ == node_->shared_instance()) return destroy_and_leave();
    // Inside finish(), perhaps on a thread that destroy() joins.
    boost::asio::post(host().services().pool,
                      [self = shared_from_this()] { self->destroy_and_leave(); });
}

void Call::destroy_and_leave() {
    if (instance_ != nullptr && instance_ != node_->shared_instance()) {
        const InsidePlugin inside(host(), nullptr);
        const auto gone = fenced([&] { node_->abi().destroy(instance_); });
        if (!gone) host().warn("destroy() " + gone.error().message, node_name(), state_id());
    }
    wipe_secrets();  // an abandoned call still has them
    auto& its_host = host();
    const auto self = shared_from_this();  // the table's reference goes now
    its_host.calls().release(handle_);
    its_host.in_flight().leave();
}

// [io-thread]
void Call::cancel() {
    if (handle_ == nullptr) return;
    auto& calls = host().calls();
    calls.stop(handle_);
    bool hook = false;
    calls.with(handle_, [&](Call& self) {
        if (self.ended_ || self.cancel_called_ || self.instance_ == nullptr) return;
        if (self.node_->abi().cancel == nullptr) return;
        hook = self.cancel_called_ = self.hook_running_ = true;
    });
    if (!hook) return;
    boost::asio::post(host().services().hooks,
                      [self = shared_from_this()] { self->run_cancel_hook(); });
}

// [hook thread]
void Call::run_cancel_hook() {
    const auto& abi = node_->abi();
    {
        const InsidePlugin inside(host(), handle_);
        const auto done = fenced([&] { abi.cancel(instance_, handle_); });
        if (!done) host().warn("cancel() " + done.error().message, node_name(), state_id());
    }
    bool retire_now = false;
    bool abandoned = false;
    host().calls().with(handle_, [&](Call& self) {
        self.hook_running_ = false;
        retire_now = self.retire_after_hook_;
        abandoned = self.abandoned_;
    });
    if (!retire_now) return;
    if (abandoned) return destroy_and_leave();  // the pool may be gone
    boost::asio::post(host().services().pool,
                      [self = shared_from_this()] { self->destroy_and_leave(); });
}

void Call::abandon() {
    Done dropped;
    host().calls().stop(handle_);
    host().calls().with(handle_, [&](Call& self) {
        if (self.ended_) return;
        self.ended_ = self.abandoned_ = true;
        dropped = std::exchange(self.done_, nullptr);
    });
}

std::string_view Call::info(std::string_view key) {
    if (ended_) return {};
    if (key == "state_id") return request_.state_id.str();
    if (key == "node") return node_name();
    if (key == "identifier") return request_.identifier;
    if (key == "namespace") return host().services().namespace_name;
    if (key == "deadline_ms" && request_.deadline) {
        if (deadline_text_.empty()) {
            const auto left = *request_.deadline - std::chrono::steady_clock::now();
            const auto unix_time = (std::chrono::system_clock::now() + left).time_since_epoch();
            deadline_text_ = std::to_string(
                std::chrono::duration_cast<std::chrono::milliseconds>(unix_time).count());
        }
        return deadline_text_;
    }
    return {};
}

}  // namespace exo::plugin
