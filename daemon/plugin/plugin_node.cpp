#include "plugin/plugin_node.hpp"

#include <utility>

#include "plugin/call.hpp"
#include "plugin/fence.hpp"

namespace exo::plugin {

PluginNode::PluginNode(std::shared_ptr<PluginHost> host, DeclaredNode declared, std::string version,
                       unsigned index, void* shared)
    : host_(std::move(host)),
      declared_(std::move(declared)),
      version_(std::move(version)),
      index_(index),
      shared_(shared) {}

std::shared_ptr<worker::RunningCall> PluginNode::start(
    worker::CallRequest request, std::function<void(worker::CallResult)> done) {
    return Call::start(shared_from_this(), std::move(request), std::move(done));
}

base::Result<void*> make_instance(const PluginHost& host, const exo_node& node,
                                  const exo_call* call) {
    const InsidePlugin inside(host, call);
    const auto made = fenced([&] { return node.create(&node, host.abi()); });
    const std::string what = "could not be created: ";
    if (!made) return base::fail(what + "create() " + made.error().message);
    if (*made != nullptr) return *made;
    return base::fail(what + (inside.last_error().empty()
                                  ? "create() returned NULL and logged no error"
                                  : inside.last_error()));
}

}  // namespace exo::plugin
