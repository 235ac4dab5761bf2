// Secrets at rest: AES-256-GCM, stored as url-safe base64 of nonce (12 bytes), data and tag (16
// bytes), upstream's form. Holds the key; wiped on destruction. One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace exo::embedded {

class SecretsCipher {
  public:
    // `key`: 32 bytes.
    static base::Result<SecretsCipher> create(std::string key);
    SecretsCipher(SecretsCipher&&) noexcept = default;
    SecretsCipher& operator=(SecretsCipher&&) = delete;
    ~SecretsCipher();

    std::string encrypt(std::string_view plain) const;
    // Fails for text that is damaged or was made with another key.
    base::Result<std::string> decrypt(std::string_view text) const;

  private:
    explicit SecretsCipher(std::string key) : key_(std::move(key)) {}
    std::string key_;
};

}  // namespace exo::embedded
