#include "plugin/probe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <thread>

#include "base/names.hpp"
#include "plugin/image.hpp"
#include "plugin/open_file.hpp"

namespace exo::plugin {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view good_answer =
    "exosphere-probe: good";  // an exit code alone proves nothing:
                              // an initialiser may call exit(0)
constexpr std::string_view bad_answer = "exosphere-probe: ";
constexpr std::size_t most_answer = std::size_t{8} * 1024;

base::Result<ProbeChild> spawn(const ProbeCommand& command, const std::filesystem::path& file) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return base::fail(errno_text(errno));
    ProbeChild child{-1, OpenFile(ends[0])};
    const OpenFile write_end(ends[1]);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // The worker may block signals for its own handling; the child must be killable and crashable.
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::vector<std::string> words{command.path.string()};
    words.insert(words.end(), command.args.begin(), command.args.end());
    words.push_back(file.string());
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const int error =
        ::posix_spawn(&child.pid, words[0].c_str(), &actions, &attributes, argv.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return base::fail(errno_text(error));
    return child;
}

// Reads until the child closed its end; false when the time is up.
bool read_answer(const OpenFile& from, Clock::time_point until, std::string& answer) {
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) return false;
        pollfd wait{from.fd(), POLLIN, 0};
        const int ready = ::poll(&wait, 1, static_cast<int>(left));
        if (ready < 0 && errno != EINTR) return false;
        if (ready <= 0) continue;
        std::array<char, 1024> piece{};
        const auto got = ::read(from.fd(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return true;
        if (answer.size() < most_answer) answer.append(piece.data(), static_cast<std::size_t>(got));
    }
}

// The wait status, or none when the time is up; then the child is killed.
std::optional<int> wait_for(pid_t pid, Clock::time_point until) {
    int status = 0;
    for (;;) {
        const auto ended = ::waitpid(pid, &status, WNOHANG);
        if (ended == pid) return status;
        if (ended < 0 && errno != EINTR) return std::nullopt;
        if (Clock::now() >= until) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return std::nullopt;
}

std::string signal_name(int number) {
    const char* name = ::sigabbrev_np(number);
    return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(number);
}

base::Result<> verdict(int status, std::string answer) {
    while (answer.ends_with('\n')) answer.pop_back();
    if (WIFSIGNALED(status)) {
        return base::fail("crashed with " + signal_name(WTERMSIG(status)) +
                          " while it was opened in a probe process");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && answer == good_answer) return {};
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1 && answer.starts_with(bad_answer) &&
        base::is_utf8(answer))
        return base::fail(answer.substr(bad_answer.size()));
    return base::fail("ended the probe process that opened it (exit code " +
                      std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1) + ")");
}

}  // namespace

base::Result<> Probe::check(const std::filesystem::path& file, const std::string& sha256) {
    if (const auto known = verdicts_.find(sha256); known != verdicts_.end()) return known->second;
    const auto child = spawn(command_, file);
    if (!child) {  // says nothing about the content
        return base::fail("cannot be probed: " + command_.path.string() + ": " +
                          child.error().message);
    }
    return verdicts_.emplace(sha256, hear(*child)).first->second;
}

base::Result<> Probe::hear(const ProbeChild& child) const {
    const auto until = Clock::now() + command_.timeout;
    std::string answer;
    const bool complete = read_answer(child.answer, until, answer);
    const auto status = wait_for(child.pid, complete ? until : Clock::now());
    if (!status) {
        const auto seconds = std::chrono::duration<double>(command_.timeout).count();
        return base::fail("did not open within " + std::to_string(seconds).substr(0, 4) +
                          " s in a probe process");
    }
    return verdict(*status, std::move(answer));
}

void answer_probe(const std::filesystem::path& file) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    // A crash must show as its signal, even where a sanitizer caught it.
    for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) ::signal(number, SIG_DFL);
    // What the library prints while it is opened is not the verdict.
    const int out = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0) ::dup2(null, STDOUT_FILENO);

    const auto opened = open_image(file);
    auto line = std::string(opened ? good_answer : bad_answer);
    if (!opened) line += opened.error().message.substr(0, 4096);
    line += '\n';
    const bool told = ::write(out, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    ::_exit(opened && told ? 0 : 1);
}

}  // namespace exo::plugin
