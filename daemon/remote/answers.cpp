#include "remote/answers.hpp"

#include "base/text_table.hpp"
#include "protocol/messages.hpp"

namespace exo::remote {
namespace {

using worker::Answer;
using Kind = worker::Answer::Kind;

// Upstream's texts for a state that has left QUEUED.
bool says_settled(std::string_view detail) {
    return detail == "State is not queued" || detail == "State is not queued or executed" ||
           detail == "State is already executed";
}

// What no proxy decides for us, and what may well be different a moment later.
bool may_pass(int status) {
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

Kind kind_of(int status, std::string_view exact_detail, bool has_detail) {
    if (status >= 200 && status < 300) return Kind::accepted;
    if (status == 401 || status == 403) return Kind::unauthorized;
    if (may_pass(status) || status < 400) return Kind::ambiguous;
    // A proxy's bound on a body is as definite as a server's.
    if (status == 413) return Kind::refused;
    if (!has_detail) return Kind::ambiguous;
    if (status == 400 && says_settled(exact_detail)) return Kind::already_settled;
    if (status == 404 && exact_detail == "State not found") return Kind::not_found;
    // The routes of another service, or of none: FastAPI's own texts.
    const bool no_route = (status == 404 && exact_detail == "Not Found") || status == 405;
    return no_route ? Kind::ambiguous : Kind::refused;
}

std::string unreadable(const net::Response& response) {
    const auto type = net::find_header(response.headers, "content-type");
    const auto named =
        type.empty() ? std::string("no content-type") : base::truncated(base::printable(type), 80);
    return "an answer that is not a state manager's (" + named + ")";
}

}  // namespace

Answer judge(const boost::system::result<net::Response, net::TransportError>& answer) {
    if (!answer) {
        const auto& error = answer.error();
        return {error.maybe_processed ? Kind::ambiguous : Kind::not_sent, 0, error.message};
    }
    Answer result;
    result.status = answer->status;
    if (result.status >= 200 && result.status < 300) {
        result.kind = Kind::accepted;
        return result;
    }
    result.detail = protocol::readable_detail(answer->body);
    result.kind =
        kind_of(result.status, protocol::detail_text(answer->body), !result.detail.empty());
    if (result.detail.empty()) result.detail = unreadable(*answer);
    return result;
}

Answer not_ours(const net::Response& response) {
    return {Kind::ambiguous, response.status, unreadable(response)};
}

}  // namespace exo::remote
