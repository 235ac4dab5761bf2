#include "control.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <unordered_set>

#include "timestamp.hpp"

namespace control {
namespace {

// The keys that Fail has seen, the oldest forgotten first. [any-thread]
class SeenKeys {
  public:
    // Whether this is the first time.
    bool insert(const std::string& key) {
        const std::lock_guard lock(mutex_);
        if (!keys_.insert(key).second) return false;
        order_.push_back(key);
        if (order_.size() > most_keys) {
            keys_.erase(order_.front());
            order_.pop_front();
        }
        return true;
    }

  private:
    static constexpr std::size_t most_keys = 10'000;
    std::mutex mutex_;
    std::unordered_set<std::string> keys_;
    std::deque<std::string> order_;
};

SeenKeys& seen_keys() {
    static SeenKeys keys;
    return keys;
}

std::string reason_json(std::string_view value, std::string_view wanted) {
    rapidjson::StringBuffer json;
    rapidjson::Writer writer(json);
    const auto text = [&](std::string_view s) {
        writer.String(s.data(), static_cast<rapidjson::SizeType>(s.size()));
    };
    writer.StartObject();
    text("reason");
    text("the gate is closed");
    text("value");
    text(value);
    text("equals");
    text(wanted);
    writer.EndObject();
    return {json.GetString(), json.GetSize()};
}

}  // namespace

Gate::Outputs Gate::execute(const Inputs& in) {
    if (in.value != in.equals) throw exosphere::Prune{reason_json(in.value, in.equals)};
    return {in.value};
}

WaitUntil::Outputs WaitUntil::execute(const Inputs& in, exosphere::Context& ctx) {
    using std::chrono::milliseconds;
    const auto due = parse_time(in.time);
    if (!due) {
        throw std::invalid_argument("time: \"" + in.time.substr(0, 40) +
                                    "\" is neither like 2026-11-24T08:00:00Z nor Unix seconds");
    }
    const auto left = std::chrono::ceil<milliseconds>(*due - ctx.now());
    if (left > milliseconds{0}) {
        // Asked again once a day at the latest, so that a clock that was set does no harm.
        throw exosphere::Requeue{std::min<milliseconds>(left, std::chrono::hours{24})};
    }
    return {in.time};
}

Fail::Outputs Fail::execute(const Inputs& in) {
    const bool meant = in.value == in.equals;
    if (meant && (in.once_key.empty() || seen_keys().insert(in.once_key))) {
        throw std::runtime_error(in.message);
    }
    return {in.value};
}

}  // namespace control
