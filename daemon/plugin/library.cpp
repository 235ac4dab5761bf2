#include "plugin/library.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "plugin/elf.hpp"
#include "plugin/image.hpp"
#include "plugin/resident.hpp"

namespace exo::plugin {
namespace {

constexpr off_t most_bytes = off_t{1} << 30;

base::Result<OpenFile> open_regular(const std::filesystem::path& path) {
    auto file = OpenFile::read(path);
    if (!file) return base::fail("cannot be read: " + file.error().message);
    struct stat status {};
    if (::fstat(file->fd(), &status) != 0)
        return base::fail("cannot be read: " + errno_text(errno));
    if (!S_ISREG(status.st_mode)) return base::fail("is not a regular file");
    if (status.st_size > most_bytes) return base::fail("is larger than 1 GiB");
    return file;
}

std::string lower(std::string hex) {
    for (auto& c : hex) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return hex;
}

}  // namespace

Loader::Loader(std::filesystem::path cache_directory, ProbeCommand probe,
               std::vector<std::string> allowed)
    : cache_(std::move(cache_directory)), probe_(std::move(probe)), allowed_(std::move(allowed)) {
    for (auto& sum : allowed_) sum = lower(std::move(sum));
}

base::Result<Library> Loader::open(const std::filesystem::path& file) {
    auto source = open_regular(file);
    if (!source) return source.error();
    if (auto checked = check_elf(*source); !checked) return checked.error();
    auto sha256 = sha256_of(*source);
    if (!sha256) return base::fail("cannot be read: " + sha256.error().message);
    if (!allowed_.empty() && std::ranges::find(allowed_, *sha256) == allowed_.end())
        return base::fail("is not on the allow-list plugins.sha256 (its SHA-256 is " + *sha256 +
                          ")");

    // The first copy is probed; a further one has the same content.
    const auto name = file.stem().string();
    auto copy = cache_.copy(*source, name, *sha256);
    if (!copy) return copy.error();
    if (auto probed = probe_.check(copy->path, *sha256); !probed) return probed.error();
    if (const auto serial = next_serial(*sha256); serial > 1) {
        copy = cache_.copy(*source, name, *sha256, serial);
        if (!copy) return copy.error();
    }
    auto declared = open_image(copy->path);
    if (!declared) return declared.error();
    return Library{file, copy->path, *sha256, *std::move(declared)};
}

}  // namespace exo::plugin
