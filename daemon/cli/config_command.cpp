#include "cli/config_command.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ostream>
#include <system_error>

#include "settings/reference.hpp"

namespace exo::cli {
namespace {

// 0 or errno. An existing file is somebody's configuration: it is never replaced.
int write_new_file(const std::string& path, const std::string& text) {
    // 0640: whoever adds an API key later finds the file not readable by others.
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (file < 0) return errno;
    int error = 0;
    std::size_t at = 0;
    while (error == 0 && at < text.size()) {
        const auto count = ::write(file, text.data() + at, text.size() - at);
        if (count > 0) at += static_cast<std::size_t>(count);
        if (count < 0 && errno != EINTR) error = errno;
    }
    if (::close(file) != 0 && error == 0) error = errno;
    if (error != 0) ::unlink(path.c_str());
    return error;
}

}  // namespace

base::ExitCode run_command(const ConfigInitOptions& options, Output output) {
    const auto text = settings::reference_toml();
    if (options.file.empty() || options.file == "-") {
        output.out << text;
        return base::ExitCode::done;
    }
    if (const int error = write_new_file(options.file, text); error != 0) {
        return complain(
            output, base::ExitCode::failed,
            "cannot write " + options.file + ": " + std::generic_category().message(error));
    }
    output.out << "wrote " << options.file << ": set runtime.namespace, then exosphered check "
               << "--config " << options.file << "\n";
    return base::ExitCode::done;
}

}  // namespace exo::cli
