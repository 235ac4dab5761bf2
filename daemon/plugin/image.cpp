#include "plugin/image.hpp"

#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "plugin/fence.hpp"
#include "plugin/resident.hpp"

namespace exo::plugin {
namespace {

constexpr std::string_view entry_symbol = "exosphere_plugin_v1";
constexpr std::string_view entry_prefix = "exosphere_plugin_v";

// Boost.DLL wraps dlerror()'s text in its own words and the path; the reason is what we want.
std::string dlerror_reason(std::string text, const std::string& path) {
    constexpr std::string_view open = "(dlerror system message: ";
    if (const auto at = text.find(open); at != std::string::npos) {
        text.erase(0, at + open.size());
        if (const auto end = text.rfind(')'); end != std::string::npos) text.erase(end);
    }
    if (text.starts_with(path + ": ")) text.erase(0, path.size() + 2);
    return text;
}

// Why the entry symbol is not there, as well as the file can tell.
std::string missing_entry(const std::filesystem::path& path) {
    try {
        for (const auto& symbol : boost::dll::library_info(path).symbols()) {
            if (symbol.starts_with(entry_prefix)) {
                return "speaks another ABI version: it exports " + symbol + ", this worker knows " +
                       std::string(entry_symbol);
            }
        }
    } catch (const std::exception&) {  // no section headers: nothing more to say
    }
    return "does not export " + std::string(entry_symbol) + ", so it is not an Exosphere plugin";
}

}  // namespace

base::Result<Declaration> open_image(const std::filesystem::path& path) {
    const auto library = std::make_shared<boost::dll::shared_library>();
    try {
        library->load(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    } catch (const boost::dll::fs::system_error& error) {  // what Boost.DLL itself throws
        return base::fail("cannot be loaded: " + dlerror_reason(error.what(), path.string()));
    } catch (...) {
        return base::fail("cannot be loaded: a static initialiser " + current_exception_words());
    }
    keep_resident(library);
    if (!library->has(std::string(entry_symbol))) return base::fail(missing_entry(path));
    const auto& entry = library->get<const exo_plugin*()>(std::string(entry_symbol));
    const auto plugin = fenced([&] { return entry(); });
    if (!plugin)
        return base::fail("cannot be asked: exosphere_plugin_v1 " + plugin.error().message);
    return read_declaration(*plugin);
}

}  // namespace exo::plugin
