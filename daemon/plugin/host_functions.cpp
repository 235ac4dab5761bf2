#include "plugin/host_functions.hpp"

#include <exception>
#include <string_view>

#include "plugin/call.hpp"
#include "plugin/host.hpp"

namespace exo::plugin {
namespace {

// Nothing may leave a host function; what can happen in one is running out of memory.
template <class F>
exo_status guarded(F&& f) noexcept {
    try {
        return f();
    } catch (...) {
        return EXO_E_LIMIT;
    }
}

// f(Call&, OutcomeDraft&) under the call's lock, for the calls that may still say something.
template <class F>
exo_status with_draft(const exo_host* to, exo_call* call, const char* what, F&& f) noexcept {
    return guarded([&]() -> exo_status {
        PluginHost* const host = PluginHost::from(to);
        if (host == nullptr) return EXO_E_CALL;
        bool open = false;
        exo_status status = EXO_E_CALL;
        host->calls().with(call, [&](Call& running) {
            auto* const draft = running.draft();
            open = draft != nullptr;
            if (open) status = f(running, *draft);
        });
        return open ? status : host->stale(call, what);
    });
}

exo_status emit(const exo_host* host, exo_call* call, const exo_str* values, size_t n) noexcept {
    return with_draft(host, call, "emit()",
                      [&](Call&, OutcomeDraft& draft) { return draft.emit(values, n); });
}

exo_status prune(const exo_host* host, exo_call* call, exo_str json_object) noexcept {
    return with_draft(host, call, "prune()",
                      [&](Call&, OutcomeDraft& draft) { return draft.prune(json_object); });
}

exo_status requeue(const exo_host* host, exo_call* call, uint64_t after_ms) noexcept {
    return with_draft(host, call, "requeue()",
                      [&](Call&, OutcomeDraft& draft) { return draft.requeue(after_ms); });
}

exo_status fail(const exo_host* host, exo_call* call, exo_str message) noexcept {
    return with_draft(host, call, "fail()", [&](Call& running, OutcomeDraft& draft) {
        return draft.fail(message, running.secrets());
    });
}

exo_status finish(const exo_host* to, exo_call* call, exo_status status) noexcept {
    return guarded([&]() -> exo_status {
        PluginHost* const host = PluginHost::from(to);
        if (host == nullptr) return EXO_E_CALL;
        std::shared_ptr<Call> over;
        bool open = false;
        host->calls().with(call, [&](Call& running) {
            open = running.draft() != nullptr;
            if (open && running.note_finish(status)) over = running.shared_from_this();
        });
        if (!open) return host->stale(call, "finish()");
        if (over) over->end_finished();
        const bool known = status == EXO_DONE || status == EXO_FAILED || status == EXO_CANCELLED;
        return known ? exo_status{EXO_DONE} : exo_status{EXO_E_ARGUMENT};
    });
}

int32_t cancelled(const exo_host* to, const exo_call* call) noexcept {
    PluginHost* const host = PluginHost::from(to);
    return host == nullptr || host->calls().stopped(call) ? 1 : 0;
}

exo_str info(const exo_host* to, const exo_call* call, const char* key) noexcept {
    exo_str out{nullptr, 0};
    PluginHost* const host = PluginHost::from(to);
    if (host == nullptr || key == nullptr) return out;
    (void)guarded([&] {
        host->calls().with(call, [&](Call& running) {
            const auto text = running.info(key);
            out = {text.data(), text.size()};
        });
        return EXO_DONE;
    });
    return out;
}

void log(const exo_host* to, const exo_call* call, int32_t level, exo_str message) noexcept {
    PluginHost* const host = PluginHost::from(to);
    if (host == nullptr) return;
    (void)guarded([&] {
        host->log(call, level, message);
        return EXO_DONE;
    });
}

exo_status submit(const exo_host* to, void (*work)(void*), void* argument) noexcept {
    PluginHost* const host = PluginHost::from(to);
    if (host == nullptr) return EXO_E_ARGUMENT;
    return guarded([&] { return host->work().submit(work, argument); });
}

exo_status submit_after(const exo_host* to, uint64_t delay_ms, void (*work)(void*),
                        void* argument) noexcept {
    PluginHost* const host = PluginHost::from(to);
    if (host == nullptr) return EXO_E_ARGUMENT;
    return guarded([&] { return host->work().submit_after(delay_ms, work, argument); });
}

exo_str view(const std::string& text) { return {text.data(), text.size()}; }

int32_t config_get(const exo_host* to, exo_str key, exo_str* value) noexcept {
    PluginHost* const host = PluginHost::from(to);
    if (host == nullptr || value == nullptr || (key.ptr == nullptr && key.len != 0)) return 0;
    for (const auto& [name, text] : host->config()) {
        if (std::string_view(name) != std::string_view(key.len == 0 ? "" : key.ptr, key.len))
            continue;
        *value = view(text);
        return 1;
    }
    return 0;
}

int32_t config_entry(const exo_host* to, size_t index, exo_str* key, exo_str* value) noexcept {
    PluginHost* const host = PluginHost::from(to);
    if (host == nullptr || key == nullptr || value == nullptr) return 0;
    if (index >= host->config().size()) return 0;
    const auto entry = std::next(host->config().begin(), static_cast<std::ptrdiff_t>(index));
    *key = view(entry->first);
    *value = view(entry->second);
    return 1;
}

constexpr exo_config_1 config_extension{sizeof(exo_config_1), &config_get, &config_entry};

const void* extension(const exo_host* host, const char* id) noexcept {
    if (host == nullptr || id == nullptr) return nullptr;
    return std::string_view(id) == EXO_CONFIG_1 ? &config_extension : nullptr;
}

}  // namespace

exo_host host_functions() {
    exo_host host{};
    host.size = sizeof host;
    host.abi_minor = EXO_ABI_MINOR;
    host.emit = &emit;
    host.prune = &prune;
    host.requeue = &requeue;
    host.fail = &fail;
    host.finish = &finish;
    host.cancelled = &cancelled;
    host.info = &info;
    host.log = &log;
    host.submit = &submit;
    host.submit_after = &submit_after;
    host.extension = &extension;
    return host;
}

}  // namespace exo::plugin
