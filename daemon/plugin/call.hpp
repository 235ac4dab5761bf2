// One execution of a node, from start() to the end of destroy(). Its threads: the worker's io
// thread starts and cancels, a pool thread executes, any thread of the plugin's may finish. State
// is guarded by the call's slot in the CallTable; plugin code and `done` are called without it.
#pragma once

#include <boost/container/small_vector.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "plugin/outcome_draft.hpp"
#include "worker/ports.hpp"

namespace exo::plugin {

class PluginHost;
class PluginNode;

class Call final : public worker::RunningCall, public std::enable_shared_from_this<Call> {
  public:
    using Done = std::function<void(worker::CallResult)>;

    static std::shared_ptr<Call> start(std::shared_ptr<const PluginNode> node,
                                       worker::CallRequest request, Done done);
    Call(std::shared_ptr<const PluginNode> node, worker::CallRequest request, Done done);

    void cancel() override;

    // -- For host functions and the table's owner, under the slot's lock.
    const std::string& node_name() const;
    const std::string& state_id() const { return request_.state_id.str(); }
    std::span<const std::string> secrets() const { return request_.secrets; }
    // NULL once the node may say nothing more.
    OutcomeDraft* draft() { return finished_ || ended_ ? nullptr : &draft_; }
    std::string_view info(std::string_view key);
    // What finish() was told. True: that was the end, end_finished() must follow without the lock.
    bool note_finish(exo_status status);

    // -- Without the lock.
    void end_finished() { end(finish_status_, OnPool::no); }
    // Time is up: `done` is dropped, the node runs on unheard.
    void abandon();

  private:
    enum class OnPool { no, yes };

    PluginHost& host() const;
    void run();
    bool create();
    base::Result<exo_status> execute();
    void fail(const std::string& text);
    void returned(exo_status status);
    void tell_waiting();
    void end(exo_status status, OnPool on_pool);
    void deliver(worker::CallResult result);
    void wipe_secrets();
    // Destroys the instance and gives the slot back, once nobody is inside.
    void retire(OnPool on_pool);
    void destroy_and_leave();
    void run_cancel_hook();

    const std::shared_ptr<const PluginNode> node_;
    worker::CallRequest request_;
    Done done_;
    exo_call* handle_ = nullptr;
    boost::container::small_vector<exo_str, 8> values_;  // inputs, then secrets
    OutcomeDraft draft_;
    void* instance_ = nullptr;
    exo_status finish_status_ = EXO_DONE;
    std::string deadline_text_;    // made when asked for
    bool returned_async_ = false;  // execute() has returned EXO_ASYNC
    bool finished_ = false;        // finish() was called
    bool ended_ = false;           // the outcome is decided
    bool abandoned_ = false;
    bool cancel_called_ = false;  // the hook was or is being called
    bool hook_running_ = false;
    bool retire_after_hook_ = false;
};

}  // namespace exo::plugin
