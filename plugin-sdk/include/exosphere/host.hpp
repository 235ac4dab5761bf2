// The worker, as a plugin sees it: log, configuration, background work, extensions. A cheap handle
// that is copied freely; valid until the plugin's shutdown() has returned. [any-thread]
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "exosphere/abi.h"
#include "exosphere/detail/fence.hpp"
#include "exosphere/detail/text.hpp"
#include "exosphere/signals.hpp"

namespace exosphere {

class Host {
  public:
    explicit Host(const exo_host* host) noexcept : host_(host) {}

    void log(LogLevel level, std::string_view message) const noexcept {
        host_->log(host_, nullptr, static_cast<std::int32_t>(level), detail::to_str(message));
    }
    void log(std::string_view message) const noexcept { log(LogLevel::info, message); }

    // A value of the daemon's table [plugins.NAME]; none if it is not there. Numbers and booleans
    // come as TOML spells them.
    std::optional<std::string_view> config(std::string_view key) const noexcept {
        const auto* table = extension<exo_config_1>(EXO_CONFIG_1);
        exo_str value{};
        if (table == nullptr || table->get(host_, detail::to_str(key), &value) != 1) return {};
        return detail::to_view(value);
    }

    // The whole table, for a plugin that refuses unknown keys.
    std::vector<std::pair<std::string_view, std::string_view>> config() const {
        std::vector<std::pair<std::string_view, std::string_view>> entries;
        const auto* table = extension<exo_config_1>(EXO_CONFIG_1);
        if (table == nullptr || !EXO_HAS(table, entry)) return entries;
        exo_str key{}, value{};
        while (table->entry(host_, entries.size(), &key, &value) == 1) {
            entries.emplace_back(detail::to_view(key), detail::to_view(value));
        }
        return entries;
    }

    // Runs work() once on one of the worker's threads; the library stays loaded until it returned.
    // False: the worker takes no more work, and work was destroyed unrun. What work throws is
    // logged as an error.
    template <class Work>
    bool submit(Work work) const {
        return submit_after(std::chrono::milliseconds{0}, std::move(work));
    }

    // The same, after a delay, which ends early when the worker goes down: check cancelled().
    template <class Work>
    bool submit_after(std::chrono::milliseconds delay, Work work) const {
        using Ticket = detail::WorkTicket<Work>;
        auto ticket = std::make_unique<Ticket>(Ticket{host_, std::move(work)});
        const exo_status status =
            delay.count() > 0
                ? host_->submit_after(host_, static_cast<std::uint64_t>(delay.count()),
                                      &Ticket::run, ticket.get())
                : host_->submit(host_, &Ticket::run, ticket.get());
        if (status != EXO_DONE) return false;
        static_cast<void>(ticket.release());  // run() owns it now
        return true;
    }

    // A table of functions by its id, or nullptr: extension<exo_config_1>("exosphere.config/1").
    template <class Table>
    const Table* extension(const char* id) const noexcept {
        return static_cast<const Table*>(host_->extension(host_, id));
    }

    const exo_host* raw() const noexcept { return host_; }

  protected:
    const exo_host* host_;
};

// Base of a class with functions for the whole plugin, listed in EXOSPHERE_PLUGIN beside the nodes:
//   static void init(exosphere::Host&)   before any node; throwing refuses the plugin
//   static void shutdown()               after the last node; not called when the process is killed
// Both are optional. [load-thread]
struct Hooks {};

}  // namespace exosphere
