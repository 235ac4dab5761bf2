// Bytes -> requests and answers: Beast's parser, filling our plain values directly. No I/O; bounded
// in header and body size. Owned by the code that reads one message. Internal to net/.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_types.hpp"
#include "net/read_buffer.hpp"

namespace exo::net {

enum class ParseStep {
    need_more,  // read, then step again
    header,     // the header is complete (told once); step again
    complete,   // the whole message is there; what follows it is still in the buffer
    failed,     // error() says why
};

struct ParseLimits {
    std::uint32_t header = 64 * 1024;
    std::uint64_t body = 16 * 1024 * 1024;
};

// What request and answer have in common: fields and body.
template <bool is_request>
class MessageParser : public boost::beast::http::basic_parser<is_request> {
  public:
    ParseStep step(ReadBuffer& in);
    // The peer has closed: complete if the message ends there, failed if it was cut.
    ParseStep end_of_stream();
    const boost::system::error_code& error() const { return error_; }
    bool too_large() const;         // the body is larger than allowed
    bool header_too_large() const;  // the header is

  protected:
    using string_view = boost::beast::string_view;
    using error_code = boost::system::error_code;

    MessageParser(ParseLimits limits, Headers& headers, std::string& body);

    void on_field_impl(boost::beast::http::field field, string_view name, string_view value,
                       error_code& error) final;
    void on_header_impl(error_code& error) final;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) final;
    std::size_t on_body_impl(string_view part, error_code& error) final;
    void on_chunk_header_impl(std::uint64_t size, string_view extensions, error_code& error) final;
    std::size_t on_chunk_body_impl(std::uint64_t remain, string_view part, error_code& error) final;
    void on_finish_impl(error_code& error) final;

  private:
    Headers& headers_;
    std::string& body_;
    std::size_t header_bytes_ = 0;
    std::uint32_t header_limit_;
    bool header_told_ = false;
    error_code error_;
};

class RequestParser final : public MessageParser<true> {
  public:
    RequestParser(ParseLimits limits, ServerRequest& request);
    bool http_1_1() const { return version_ >= 11; }

  private:
    void on_request_impl(boost::beast::http::verb verb, string_view method, string_view target,
                         int version, error_code& error) override;
    void on_response_impl(int status, string_view reason, int version, error_code& error) override;
    ServerRequest& request_;
    int version_ = 11;
};

class ResponseParser final : public MessageParser<false> {
  public:
    ResponseParser(ParseLimits limits, Response& response);

  private:
    void on_request_impl(boost::beast::http::verb verb, string_view method, string_view target,
                         int version, error_code& error) override;
    void on_response_impl(int status, string_view reason, int version, error_code& error) override;
    Response& response_;
};

// "chunked" and nothing else, if there is a transfer-encoding at all: other codings are not spoken.
bool plain_transfer(const Headers& headers);

}  // namespace exo::net
