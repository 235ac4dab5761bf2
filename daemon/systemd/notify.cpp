#include "systemd/notify.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>

namespace exo::systemd {
namespace {

// A line break would begin another assignment.
void send(std::string assignments, std::string status) {
    std::ranges::replace(status, '\n', ' ');
    sd_notify(0, (std::move(assignments) + "STATUS=" + status).c_str());
}

}  // namespace

void ready(const std::string& status) { send("READY=1\n", status); }
void status(const std::string& text) { send("", text); }
void stopping(const std::string& status) { send("STOPPING=1\n", status); }

}  // namespace exo::systemd
