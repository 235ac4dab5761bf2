#include "net/http_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>

namespace exo::net {
namespace {

namespace http = boost::beast::http;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

Method to_method(http::verb verb) {
    if (verb == http::verb::get) return Method::get;
    if (verb == http::verb::post) return Method::post;
    if (verb == http::verb::put) return Method::put;
    if (verb == http::verb::delete_) return Method::del;
    if (verb == http::verb::head) return Method::head;
    if (verb == http::verb::options) return Method::options;
    if (verb == http::verb::patch) return Method::patch;
    return Method::other;
}

// A length that a peer only announces is not allocated before its bytes come.
constexpr std::uint64_t max_reserved_body = 256 * 1024;

// The shortest end of a chunked body, "0\r\n\r\n". Beast asserts that it is given no less of a last
// chunk that it has begun to read, so shorter pieces wait here.
constexpr std::size_t min_chunk_bytes = 5;

}  // namespace

template <bool is_request>
MessageParser<is_request>::MessageParser(ParseLimits limits, Headers& headers, std::string& body)
    : headers_(headers), body_(body), header_limit_(limits.header) {
    this->header_limit(limits.header);
    this->body_limit(limits.body);
}

template <bool is_request>
ParseStep MessageParser<is_request>::step(ReadBuffer& in) {
    for (;;) {
        if (header_told_ && this->is_done()) return ParseStep::complete;
        const auto data = in.data();
        const bool short_chunk = header_told_ && this->chunked() && data.size() < min_chunk_bytes;
        if (data.empty() || short_chunk) return ParseStep::need_more;

        in.consume(this->put(boost::asio::const_buffer(data.data(), data.size()), error_));
        if (error_ == http::error::need_more) {
            error_ = {};
            if (!in.full()) return ParseStep::need_more;
            // A chunk header or a trailer without end.
            error_ = http::error::header_limit;
        }
        if (error_) return ParseStep::failed;
        if (this->is_header_done() && !header_told_) {
            header_told_ = true;
            return ParseStep::header;
        }
    }
}

template <bool is_request>
ParseStep MessageParser<is_request>::end_of_stream() {
    if (!this->got_some()) {
        error_ = http::error::end_of_stream;
        return ParseStep::failed;
    }
    this->put_eof(error_);
    return error_ ? ParseStep::failed : ParseStep::complete;
}

template <bool is_request>
bool MessageParser<is_request>::too_large() const {
    return error_ == http::error::body_limit;
}

template <bool is_request>
bool MessageParser<is_request>::header_too_large() const {
    return error_ == http::error::header_limit;
}

template <bool is_request>
void MessageParser<is_request>::on_field_impl(http::field /*field*/, string_view name,
                                              string_view value, error_code& error) {
    // Beast's own limit counts only what is buffered, not the fields it has already taken.
    header_bytes_ += name.size() + value.size() + 4;
    if (header_bytes_ > header_limit_) {
        error = http::error::header_limit;
        return;
    }
    if (header_told_) return;  // trailers are read and dropped
    headers_.emplace_back(lowered({name.data(), name.size()}),
                          std::string(value.data(), value.size()));
}

template <bool is_request>
void MessageParser<is_request>::on_header_impl(error_code& /*error*/) {}

template <bool is_request>
void MessageParser<is_request>::on_body_init_impl(const boost::optional<std::uint64_t>& length,
                                                  error_code& /*error*/) {
    if (length) body_.reserve(static_cast<std::size_t>(std::min(*length, max_reserved_body)));
}

template <bool is_request>
std::size_t MessageParser<is_request>::on_body_impl(string_view part, error_code& /*error*/) {
    body_.append(part.data(), part.size());
    return part.size();
}

template <bool is_request>
void MessageParser<is_request>::on_chunk_header_impl(std::uint64_t /*size*/,
                                                     string_view /*extensions*/,
                                                     error_code& /*error*/) {}

template <bool is_request>
std::size_t MessageParser<is_request>::on_chunk_body_impl(std::uint64_t /*remain*/,
                                                          string_view part, error_code& /*error*/) {
    body_.append(part.data(), part.size());
    return part.size();
}

template <bool is_request>
void MessageParser<is_request>::on_finish_impl(error_code& /*error*/) {}

template class MessageParser<true>;
template class MessageParser<false>;

RequestParser::RequestParser(ParseLimits limits, ServerRequest& request)
    : MessageParser(limits, request.headers, request.body), request_(request) {}

void RequestParser::on_request_impl(http::verb verb, string_view method, string_view target,
                                    int version, error_code& /*error*/) {
    request_.method = to_method(verb);
    request_.method_text.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
    version_ = version;
}

void RequestParser::on_response_impl(int /*status*/, string_view /*reason*/, int /*version*/,
                                     error_code& /*error*/) {}

ResponseParser::ResponseParser(ParseLimits limits, Response& response)
    : MessageParser(limits, response.headers, response.body), response_(response) {}

void ResponseParser::on_request_impl(http::verb /*verb*/, string_view /*method*/,
                                     string_view /*target*/, int /*version*/,
                                     error_code& /*error*/) {}

void ResponseParser::on_response_impl(int status, string_view /*reason*/, int /*version*/,
                                      error_code& /*error*/) {
    response_.status = status;
}

bool plain_transfer(const Headers& headers) {
    const auto coding = find_header(headers, "transfer-encoding");
    return coding.empty() || lowered(coding) == "chunked";
}

}  // namespace exo::net
