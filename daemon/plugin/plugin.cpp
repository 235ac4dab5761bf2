#include "plugin/plugin.hpp"

#include <utility>

#include "plugin/call.hpp"
#include "plugin/fence.hpp"
#include "plugin/resident.hpp"

namespace exo::plugin {
namespace {

// For work that a plugin submitted while it was being refused.
constexpr std::chrono::seconds refusal_grace{5};

std::vector<std::string> node_names(const Declaration& declared) {
    std::vector<std::string> names;
    for (const auto& node : declared.nodes) names.push_back(node.schema.name);
    return names;
}

}  // namespace

Plugin::Plugin(Library library, std::shared_ptr<PluginHost> host)
    : library_(std::move(library)), host_(std::move(host)) {}

base::Result<std::shared_ptr<Plugin>> Plugin::start(Library library,
                                                    std::shared_ptr<Services> services,
                                                    PluginConfig config) {
    const auto& declared = library.declared;
    auto host = std::make_shared<PluginHost>(std::move(services), declared.name,
                                             node_names(declared), std::move(config));
    keep_resident(host);
    const std::shared_ptr<Plugin> plugin(new Plugin(std::move(library), std::move(host)));
    if (auto done = plugin->init(); !done) {
        plugin->host_->work().close(std::chrono::steady_clock::now() + refusal_grace);
        return done.error();
    }
    if (auto made = plugin->make_nodes(); !made) {
        plugin->close();
        plugin->shutdown(std::chrono::steady_clock::now() + refusal_grace);
        return made.error();
    }
    return plugin;
}

base::Result<> Plugin::init() {
    const auto call_init = library_.declared.abi->init;
    if (call_init == nullptr) return {};
    const InsidePlugin inside(*host_, nullptr);
    const auto status = fenced([&] { return call_init(host_->abi()); });
    if (!status) return base::fail("is broken: init() " + status.error().message);
    if (*status == EXO_DONE) return {};
    if (!inside.last_error().empty()) return base::fail("refuses to start: " + inside.last_error());
    return base::fail("refuses to start: init() returned " + std::to_string(*status) +
                      " and logged no error");
}

base::Result<> Plugin::make_nodes() {
    unsigned index = 0;
    for (const auto& node : library_.declared.nodes) {
        void* shared = nullptr;
        if ((node.abi->flags & EXO_NODE_SHARED) != 0) {
            const auto made = make_instance(*host_, *node.abi, nullptr);
            if (!made)
                return base::fail("refuses to start: node \"" + node.schema.name + "\" " +
                                  made.error().message);
            shared = *made;
        }
        nodes_.push_back(
            std::make_shared<PluginNode>(host_, node, library_.declared.version, index++, shared));
    }
    return {};
}

void Plugin::close() {
    host_->in_flight().close();
    for (const auto& call : host_->calls().all()) call->cancel();
    host_->work().hurry();
}

bool Plugin::shutdown(Time until) {
    host_->in_flight().close();
    const bool calls_ended = host_->in_flight().wait_idle(until);
    const bool work_ended = host_->work().close(until);
    if (calls_ended && work_ended) {
        destroy_shared();
        call_shutdown();
        return true;
    }
    for (const auto& call : host_->calls().all()) call->abandon();
    for (const auto& node : nodes_) keep_resident(node);  // its shared instance is still in use
    host_->warn("plugin did not come to an end in time, its shutdown() is not called");
    return false;
}

void Plugin::destroy_shared() {
    for (const auto& node : nodes_) {
        void* const instance = node->shared_instance();
        if (instance == nullptr) continue;
        const InsidePlugin inside(*host_, nullptr);
        const auto gone = fenced([&] { node->abi().destroy(instance); });
        if (!gone) host_->warn("destroy() " + gone.error().message, node->schema().name);
    }
}

void Plugin::call_shutdown() {
    const auto end = library_.declared.abi->shutdown;
    if (end == nullptr) return;
    const InsidePlugin inside(*host_, nullptr);
    const auto done = fenced([&] { end(); });
    if (!done) host_->warn("shutdown() " + done.error().message);
}

}  // namespace exo::plugin
