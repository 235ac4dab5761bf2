// What plugins get from the worker around them: threads, a log, a namespace. Shared by all plugins
// of an executor; stays as long as one of their hosts. Any thread.
#pragma once

#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "base/log.hpp"

namespace exo::plugin {

// A log line of a plugin, or about one. Redacted and bounded; views are valid during the call only.
struct PluginLine {
    base::LogLevel level = base::LogLevel::info;
    std::string_view plugin;
    std::string_view node;   // "" outside a call
    std::string_view state;  // "" outside a call
    std::string_view message;
};

struct Services {
    boost::asio::thread_pool& pool;  // runs nodes; outlives the executor's shutdown()
    base::Log log;
    std::string namespace_name;
    std::function<void(const PluginLine&)> on_line = {};  // if set, instead of the log
    // Runs cancel hooks: not the pool, whose threads may all wait for exactly that, and not the io
    // thread, which must never wait for a plugin.
    boost::asio::thread_pool hooks{1};
};

}  // namespace exo::plugin
