// The worker as one plugin sees it: the exo_host it is given, and what stands behind it. Checked:
// whatever a plugin passes in, the worst is an error for its own call. Kept for the process's life
// (resident.hpp), since threads of a plugin may outlive its use. Any thread.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exosphere/abi.h"
#include "plugin/call_table.hpp"
#include "plugin/in_flight.hpp"
#include "plugin/services.hpp"
#include "plugin/submitted_work.hpp"

namespace exo::plugin {

using PluginConfig = std::map<std::string, std::string>;  // [plugins.NAME]

class PluginHost {
  public:
    PluginHost(std::shared_ptr<Services> services, std::string plugin,
               std::vector<std::string> nodes, PluginConfig config);
    PluginHost(const PluginHost&) = delete;
    PluginHost& operator=(const PluginHost&) = delete;

    const exo_host* abi() const { return &handed_out_.abi; }
    const std::string& plugin() const { return plugin_; }
    Services& services() { return *services_; }
    CallTable& calls() { return calls_; }
    InFlight& in_flight() { return in_flight_; }  // calls, from start() to the end of destroy()
    SubmittedWork& work() { return work_; }
    const PluginConfig& config() const { return config_; }

    // A line about the plugin, in our words.
    void warn(std::string_view message, std::string_view node = {}, std::string_view state = {});
    // A line in the plugin's words.
    void log(const exo_call* call, std::int32_t level, exo_str message);
    // EXO_E_CALL, and a warning with the name of the node that the handle was made for.
    exo_status stale(const exo_call* call, std::string_view what);

    static PluginHost* from(const exo_host* host);

  private:
    // What a plugin holds is the first member, so that its address leads back here.
    struct HandedOut {
        exo_host abi;
        PluginHost* owner;
    };

    void write(const PluginLine& line);

    std::shared_ptr<Services> services_;
    std::string plugin_;
    std::vector<std::string> nodes_;  // names, by index
    PluginConfig config_;
    HandedOut handed_out_;
    CallTable calls_;
    InFlight in_flight_;
    SubmittedWork work_;
    std::atomic<std::uint64_t> stale_uses_{0};
};

// Marks this thread as being inside the plugin: a log line without a call is then known to belong
// to the call that runs here, and the last EXO_ERROR line is kept as the reason of a failure.
class InsidePlugin {
  public:
    InsidePlugin(const PluginHost& host, const exo_call* call);
    ~InsidePlugin();
    InsidePlugin(const InsidePlugin&) = delete;
    InsidePlugin& operator=(const InsidePlugin&) = delete;

    const std::string& last_error() const { return last_error_; }

  private:
    friend class PluginHost;
    const PluginHost* host_;
    const exo_call* call_;
    std::string last_error_;
    InsidePlugin* outer_;
};

}  // namespace exo::plugin
