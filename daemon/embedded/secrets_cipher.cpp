#include "embedded/secrets_cipher.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "embedded/wire_values.hpp"

namespace exo::embedded {

namespace {

constexpr std::size_t key_size = 32, nonce_size = 12, tag_size = 16;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* in(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* out(std::string& bytes, std::size_t at = 0) {
    return reinterpret_cast<unsigned char*>(bytes.data()) + at;
}

void must(int result) {
    if (result != 1) {
        throw std::runtime_error("AES-256-GCM failed");
    }
}

}  // namespace

base::Result<SecretsCipher> SecretsCipher::create(std::string key) {
    if (key.size() != key_size) {
        return base::fail("the key for secrets must have 32 bytes, it has " +
                          std::to_string(key.size()));
    }
    return SecretsCipher(std::move(key));
}

SecretsCipher::~SecretsCipher() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string SecretsCipher::encrypt(std::string_view plain) const {
    const Context context(EVP_CIPHER_CTX_new());
    std::string bytes = random_bytes(nonce_size);
    bytes.resize(nonce_size + plain.size() + tag_size);
    int size = 0;
    must(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, in(key_), in(bytes)));
    must(EVP_EncryptUpdate(context.get(), out(bytes, nonce_size), &size, in(plain),
                           static_cast<int>(plain.size())));
    must(EVP_EncryptFinal_ex(context.get(), out(bytes, nonce_size + plain.size()), &size));
    must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                             out(bytes, nonce_size + plain.size())));
    return base64url_encode(bytes);
}

base::Result<std::string> SecretsCipher::decrypt(std::string_view text) const {
    auto bytes = base64url_decode(text);
    if (!bytes || bytes->size() < nonce_size + tag_size) {
        return base::fail("the stored secret is damaged");
    }
    const auto size = bytes->size() - nonce_size - tag_size;
    const std::string_view all(*bytes);
    std::string plain(size, '\0'), tag(all.substr(nonce_size + size));
    const Context context(EVP_CIPHER_CTX_new());
    int written = 0;
    unsigned char nothing = 0;
    must(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, in(key_), in(all)));
    must(EVP_DecryptUpdate(context.get(), out(plain), &written, in(all.substr(nonce_size)),
                           static_cast<int>(size)));
    must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, out(tag)));
    if (EVP_DecryptFinal_ex(context.get(), &nothing, &written) != 1) {
        OPENSSL_cleanse(plain.data(), plain.size());
        return base::fail("the stored secret was made with another key, or is damaged");
    }
    return plain;
}

}  // namespace exo::embedded
