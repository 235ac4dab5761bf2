// One node of one loaded plugin, as the worker executes it. Immutable after load but for the shared
// instance's end; any thread. Calls and the worker share ownership.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "plugin/handshake.hpp"
#include "plugin/host.hpp"
#include "worker/ports.hpp"

namespace exo::plugin {

class PluginNode final : public worker::ExecutableNode,
                         public std::enable_shared_from_this<PluginNode> {
  public:
    // `index`: of the node in its plugin. `shared`: its one instance with EXO_NODE_SHARED, else
    // NULL.
    PluginNode(std::shared_ptr<PluginHost> host, DeclaredNode declared, std::string version,
               unsigned index, void* shared);

    const model::NodeSchema& schema() const override { return declared_.schema; }
    std::string_view plugin() const override { return host_->plugin(); }
    std::string_view version() const override { return version_; }
    std::shared_ptr<worker::RunningCall> start(
        worker::CallRequest request, std::function<void(worker::CallResult)> done) override;

    PluginHost& host() const { return *host_; }
    const exo_node& abi() const { return *declared_.abi; }
    unsigned index() const { return index_; }
    void* shared_instance() const { return shared_; }

  private:
    std::shared_ptr<PluginHost> host_;
    DeclaredNode declared_;
    std::string version_;
    unsigned index_;
    void* shared_;
};

// create(), fenced. The error is a clause that follows "node NAME": "could not be created: ...".
base::Result<void*> make_instance(const PluginHost& host, const exo_node& node,
                                  const exo_call* call);

}  // namespace exo::plugin
