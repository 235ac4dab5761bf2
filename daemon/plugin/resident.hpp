// What stays until the process ends, because code of plugins may still refer to it: opened
// libraries are never dlclosed, and the hosts that were handed to them never freed. The one place
// of process-wide state in this folder. Any thread.
#pragma once

#include <memory>
#include <string>

namespace exo::plugin {

void keep_resident(std::shared_ptr<const void> object);

// How often, this one included, a content is being opened in this process: 1, 2, ... A library is
// initialised once in its life, so each further time gets a file, and thus an image, of its own.
unsigned next_serial(const std::string& sha256);

}  // namespace exo::plugin
