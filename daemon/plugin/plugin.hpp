// A plugin that serves: its library initialised, its nodes ready. One generation; a new version of
// the file is another Plugin, and both may serve until the older one's calls have ended. Made and
// shut down on one thread; nodes() from any.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "plugin/host.hpp"
#include "plugin/library.hpp"
#include "plugin/plugin_node.hpp"

namespace exo::plugin {

class Plugin {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // Calls init(), then create() of shared nodes. The error is a clause that follows the file's
    // name.
    static base::Result<std::shared_ptr<Plugin>> start(Library library,
                                                       std::shared_ptr<Services> services,
                                                       PluginConfig config);

    const Library& library() const { return library_; }
    const std::string& name() const { return library_.declared.name; }
    const std::string& version() const { return library_.declared.version; }
    const std::vector<std::shared_ptr<PluginNode>>& nodes() const { return nodes_; }
    std::int64_t calls_left() const { return host_->in_flight().count(); }

    // Takes no more calls, tells those under way to stop and ends delays early. Returns at once.
    void close();
    // After close(): waits for calls, then for submitted work, then calls destroy() of shared nodes
    // and shutdown(). False if `until` came first: then calls are let go (their `done` is never
    // called) and shutdown() is not called.
    bool shutdown(Time until);

  private:
    Plugin(Library library, std::shared_ptr<PluginHost> host);
    base::Result<> init();
    base::Result<> make_nodes();
    void destroy_shared();
    void call_shutdown();

    Library library_;
    std::shared_ptr<PluginHost> host_;
    std::vector<std::shared_ptr<PluginNode>> nodes_;
};

}  // namespace exo::plugin
