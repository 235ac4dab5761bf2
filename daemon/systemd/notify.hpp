// What the service tells systemd (sd_notify(3)). Every call is a no-op without NOTIFY_SOCKET. Any
// thread.
#pragma once

#include <string>

namespace exo::systemd {

void ready(const std::string& status);     // READY=1
void status(const std::string& text);      // the line `systemctl status` shows
void stopping(const std::string& status);  // STOPPING=1

}  // namespace exo::systemd
