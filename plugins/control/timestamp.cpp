#include "timestamp.hpp"

#include <charconv>
#include <cstdint>

namespace control {
namespace {

using std::chrono::milliseconds;

// Reads from the front of a text; after the first mismatch everything fails.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    // Exactly that many digits, at most `most`.
    int digits(std::size_t count, int most) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return fail();
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value <= most ? value : fail();
    }

    void expect(std::string_view any_of) { static_cast<void>(one_of(any_of)); }

    char one_of(std::string_view characters) {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
            fail();
            return '\0';
        }
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    // An optional fraction of a second; digits beyond milliseconds are dropped.
    milliseconds fraction() {
        if (rest_.empty() || rest_.front() != '.') return {};
        rest_.remove_prefix(1);
        milliseconds value{0};
        int unit = 100;
        if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') fail();
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            value += milliseconds{(rest_.front() - '0') * unit};
            unit /= 10;
            rest_.remove_prefix(1);
        }
        return value;
    }

    bool complete() const { return good_ && rest_.empty(); }

  private:
    int fail() {
        good_ = false;
        return 0;
    }

    std::string_view rest_;
    bool good_ = true;
};

}  // namespace

std::optional<std::chrono::sys_time<milliseconds>> parse_time(std::string_view text) {
    namespace chrono = std::chrono;
    std::uint32_t seconds = 0;
    const auto number = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (number.ec == std::errc{} && number.ptr == text.data() + text.size()) {
        return chrono::sys_time<milliseconds>{chrono::seconds{seconds}};
    }

    Scanner scan(text);
    const chrono::year year{scan.digits(4, 9999)};
    scan.expect("-");
    const chrono::month month{static_cast<unsigned>(scan.digits(2, 12))};
    scan.expect("-");
    const chrono::day day{static_cast<unsigned>(scan.digits(2, 31))};
    scan.expect("Tt ");
    auto time_of_day = chrono::milliseconds{chrono::hours{scan.digits(2, 23)}};
    scan.expect(":");
    time_of_day += chrono::minutes{scan.digits(2, 59)};
    scan.expect(":");
    time_of_day += chrono::seconds{scan.digits(2, 60)};  // 60: a leap second
    time_of_day += scan.fraction();
    const char zone = scan.one_of("Zz+-");
    if (zone == '+' || zone == '-') {
        auto offset = chrono::minutes{chrono::hours{scan.digits(2, 23)}};
        scan.expect(":");
        offset += chrono::minutes{scan.digits(2, 59)};
        time_of_day += zone == '+' ? -offset : offset;
    }
    const chrono::year_month_day date{year, month, day};
    if (!scan.complete() || !date.ok()) return std::nullopt;
    return chrono::sys_days{date} + time_of_day;
}

}  // namespace control
