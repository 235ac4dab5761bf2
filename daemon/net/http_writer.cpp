#include "net/http_writer.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>
#include <charconv>

namespace exo::net {
namespace {

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

}  // namespace

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    const auto start = out.size();
    out.append(value);
    std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), is_control, ' ');
    out.append("\r\n");
}

void append_status_line(std::string& out, int status) {
    const auto code = static_cast<unsigned>(status >= 100 && status <= 999 ? status : 500);
    const auto reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(code));
    out.append("HTTP/1.1 ").append(std::to_string(code)).append(" ");
    out.append(reason.data(), reason.size()).append("\r\n");
}

bool has_line_break(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_control);
}

}  // namespace exo::net
