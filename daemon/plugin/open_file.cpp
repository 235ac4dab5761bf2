#include "plugin/open_file.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <vector>

namespace exo::plugin {

std::string errno_text(int error) { return std::generic_category().message(error); }

OpenFile::~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
}

base::Result<OpenFile> OpenFile::read(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return base::fail(errno_text(errno));
    return OpenFile(fd);
}

base::Result<> read_all(const OpenFile& file,
                        const std::function<base::Result<>(std::span<const std::byte>)>& each) {
    std::vector<std::byte> buffer(std::size_t{256} * 1024);
    for (off_t at = 0;;) {
        const auto got = ::pread(file.fd(), buffer.data(), buffer.size(), at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return base::fail(errno_text(errno));
        if (got == 0) return {};
        if (auto done = each(std::span(buffer).first(static_cast<std::size_t>(got))); !done)
            return done;
        at += got;
    }
}

base::Result<std::string> sha256_of(const OpenFile& file) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
        return base::fail("OpenSSL has no SHA-256");
    auto read = read_all(file, [&](std::span<const std::byte> piece) -> base::Result<> {
        if (EVP_DigestUpdate(context.get(), piece.data(), piece.size()) != 1)
            return base::fail("SHA-256 failed");
        return {};
    });
    if (!read) return read.error();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (EVP_DigestFinal_ex(context.get(), digest.data(), &length) != 1)
        return base::fail("SHA-256 failed");
    std::string hex;
    for (unsigned i = 0; i < length; ++i) {
        hex += "0123456789abcdef"[digest[i] >> 4];
        hex += "0123456789abcdef"[digest[i] & 15];
    }
    return hex;
}

}  // namespace exo::plugin
