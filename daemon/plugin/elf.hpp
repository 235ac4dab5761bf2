// A first look at a plugin file's ELF header: the common mistakes (a text file, half a download,
// another machine's binary) get a plain sentence here. What passes may still be broken: probe.hpp
// finds that out. Pure reading; any thread.
#pragma once

#include "base/error.hpp"
#include "plugin/open_file.hpp"

namespace exo::plugin {

// The error is the reason, e.g. "is built for aarch64, this worker runs on x86-64".
base::Result<> check_elf(const OpenFile& file);

}  // namespace exo::plugin
