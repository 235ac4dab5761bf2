#include <openssl/crypto.h>

#include <utility>

#include "model/node_schema.hpp"
#include "protocol/json.hpp"
#include "protocol/messages.hpp"

namespace exo::protocol {
namespace {

// Secrets lie in the answer's text and nowhere else: it is parsed in place and wiped at the end.
class WipedText {
  public:
    explicit WipedText(std::string text) : text_(std::move(text)) {}
    ~WipedText() { OPENSSL_cleanse(text_.data(), text_.size()); }
    WipedText(const WipedText&) = delete;
    WipedText& operator=(const WipedText&) = delete;
    std::string& text() { return text_; }

  private:
    std::string text_;
};

}  // namespace

base::Result<Secrets> parse_secrets(std::string body) {
    WipedText wiped(std::move(body));
    if (is_too_deep(wiped.text())) return base::fail("no secrets answer: nested too deeply");
    rapidjson::Document document;
    document.ParseInsitu<json_parse_flags | rapidjson::kParseInsituFlag>(wiped.text().data());
    if (document.HasParseError()) return base::fail("no secrets answer: not JSON");
    const auto* values = find_member(document, "secrets");
    if (values == nullptr || !values->IsObject()) {
        return base::fail("no secrets answer: \"secrets\" is missing");
    }
    Secrets secrets;
    secrets.reserve(values->MemberCount());
    for (const auto& member : values->GetObject()) {
        // Anything but a text is left out: the node then hears that the secret is missing.
        if (member.value.IsString() && model::is_utf8(view(member.value))) {
            secrets.emplace_back(view(member.name), view(member.value));
        }
    }
    return secrets;
}

}  // namespace exo::protocol
