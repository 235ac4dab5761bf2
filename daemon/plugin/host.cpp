#include "plugin/host.hpp"

#include <type_traits>

#include "plugin/call.hpp"
#include "plugin/host_functions.hpp"
#include "plugin/safe_text.hpp"

namespace exo::plugin {
namespace {

thread_local InsidePlugin* innermost = nullptr;

base::LogLevel level_of(std::int32_t level) {
    if (level >= EXO_ERROR) return base::LogLevel::error;
    if (level >= EXO_WARN) return base::LogLevel::warn;
    if (level >= EXO_INFO) return base::LogLevel::info;
    return base::LogLevel::debug;
}

}  // namespace

InsidePlugin::InsidePlugin(const PluginHost& host, const exo_call* call)
    : host_(&host), call_(call), outer_(innermost) {
    innermost = this;
}

InsidePlugin::~InsidePlugin() { innermost = outer_; }

PluginHost::PluginHost(std::shared_ptr<Services> services, std::string plugin,
                       std::vector<std::string> nodes, PluginConfig config)
    : services_(std::move(services)),
      plugin_(std::move(plugin)),
      nodes_(std::move(nodes)),
      config_(std::move(config)),
      handed_out_{host_functions(), this},
      work_(services_->pool,
            [this](const std::string& words) { warn("submitted work " + words); }) {}

PluginHost* PluginHost::from(const exo_host* host) {
    static_assert(std::is_standard_layout_v<HandedOut>);
    return host == nullptr ? nullptr : reinterpret_cast<const HandedOut*>(host)->owner;
}

void PluginHost::warn(std::string_view message, std::string_view node, std::string_view state) {
    write({base::LogLevel::warn, plugin_, node, state, message});
}

void PluginHost::write(const PluginLine& line) {
    if (services_->on_line) return services_->on_line(line);
    if (line.node.empty())
        return services_->log.write(line.level, line.message, {{"plugin", plugin_}});
    services_->log.write(line.level, line.message,
                         {{"plugin", plugin_}, {"node", line.node}, {"state", line.state}});
}

exo_status PluginHost::stale(const exo_call* call, std::string_view what) {
    // A node that does this in a loop must not fill the disk: 1, 2, 4, 8, ... are reported.
    const auto uses = stale_uses_.fetch_add(1) + 1;
    if ((uses & (uses - 1)) == 0) {
        const auto index = CallTable::node_of(call);
        const bool known = call != nullptr && index < nodes_.size();
        warn(std::string(what) + " with a call that has ended or never was, ignored (" +
                 std::to_string(uses) + " so far)",
             known ? std::string_view(nodes_[index]) : std::string_view("unknown"));
    }
    return EXO_E_CALL;
}

void PluginHost::log(const exo_call* call, std::int32_t level, exo_str message) {
    auto* inside = innermost;
    while (inside != nullptr && inside->host_ != this) inside = inside->outer_;
    if (call == nullptr && inside != nullptr) call = inside->call_;
    if (message.ptr == nullptr) message = {"", 0};
    const std::string_view given(message.ptr, message.len);

    std::string text, node, state;
    const bool known = call != nullptr && calls_.with(call, [&](const Call& running) {
        text = safe_text(given, running.secrets());
        node = running.node_name();
        state = running.state_id();
    });
    if (!known) text = safe_text(given, {});
    if (inside != nullptr && level >= EXO_ERROR) inside->last_error_ = text;
    write({level_of(level), plugin_, node, state, text});
}

}  // namespace exo::plugin
