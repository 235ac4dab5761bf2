#include "plugin/elf.hpp"

#include <elf.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

namespace exo::plugin {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

std::string machine_name(unsigned machine) {
    switch (machine) {
        case EM_X86_64:
            return "x86-64";
        case EM_386:
            return "i386";
        case EM_AARCH64:
            return "aarch64";
        case EM_ARM:
            return "arm";
        case EM_RISCV:
            return "riscv";
        case EM_PPC64:
            return "ppc64";
        case EM_S390:
            return "s390";
        default:
            return "machine " + std::to_string(machine);
    }
}

// What this process itself is.
base::Result<Header> own_header() {
    Header header{};
    const auto self = OpenFile::read("/proc/self/exe");
    if (!self || ::pread(self->fd(), &header, sizeof header, 0) != ssize_t{sizeof header})
        return base::fail("cannot be compared with /proc/self/exe");
    return header;
}

std::string kind_of(const Header& header) {
    return machine_name(header.e_machine) +
           (header.e_ident[EI_CLASS] == ELFCLASS32 ? " (32 bit)" : "");
}

base::Result<> check_segments(const OpenFile& file, const Header& header, std::size_t size) {
    const auto truncated = [&] {
        return base::fail("is truncated (" + std::to_string(size) + " bytes are there)");
    };
    if (header.e_phentsize != sizeof(Segment) || header.e_phnum == 0)
        return base::fail("has no program headers, so it is not a shared object");
    const auto bytes = std::size_t{header.e_phnum} * sizeof(Segment);
    if (header.e_phoff > size || bytes > size - header.e_phoff) return truncated();
    std::vector<Segment> segments(header.e_phnum);
    if (::pread(file.fd(), segments.data(), bytes, static_cast<off_t>(header.e_phoff)) !=
        static_cast<ssize_t>(bytes))
        return truncated();
    for (const auto& segment : segments) {
        if (segment.p_filesz == 0) continue;
        if (segment.p_offset > size || segment.p_filesz > size - segment.p_offset)
            return truncated();
    }
    // Section headers are not needed to run it, but they stand at the end of the file.
    const auto sections = std::size_t{header.e_shnum} * header.e_shentsize;
    if (header.e_shoff > size || sections > size - header.e_shoff) return truncated();
    return {};
}

}  // namespace

base::Result<> check_elf(const OpenFile& file) {
    struct stat status {};
    if (::fstat(file.fd(), &status) != 0) return base::fail(errno_text(errno));
    if (status.st_size == 0) return base::fail("is empty");
    Header header{};
    const auto got = ::pread(file.fd(), &header, sizeof header, 0);
    if (got < SELFMAG || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return base::fail("is not an ELF shared object");
    const auto size = static_cast<std::size_t>(status.st_size);
    if (got < ssize_t{sizeof header})
        return base::fail("is truncated (" + std::to_string(size) + " bytes are there)");
    const auto own = own_header();
    if (!own) return own.error();
    if (header.e_machine != own->e_machine || header.e_ident[EI_CLASS] != own->e_ident[EI_CLASS] ||
        header.e_ident[EI_DATA] != own->e_ident[EI_DATA]) {
        return base::fail("is built for " + kind_of(header) + ", this worker runs on " +
                          kind_of(*own));
    }
    if (header.e_type != ET_DYN)
        return base::fail("is an ELF file, but not a shared object (link it with -shared)");
    return check_segments(file, header, size);
}

}  // namespace exo::plugin
