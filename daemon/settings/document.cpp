#include "settings/document.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "base/names.hpp"
#include "base/nearest.hpp"
#include "base/text_table.hpp"
#include "settings/toml_value.hpp"

namespace exo::settings {
namespace {

Position position_of(const toml::source_region& source) {
    return {source.begin.line, source.begin.column};
}

std::vector<std::string> names_in(std::string_view table) {
    std::vector<std::string> names;
    for (const auto& key : keys()) {
        if (key.table == table) names.push_back(key.name);
    }
    if (table == "state_manager") names.emplace_back("tls");
    return names;
}

std::vector<std::string> top_tables() {
    std::vector<std::string> names;
    for (const auto& table : tables()) {
        const auto top = table.name.substr(0, table.name.find('.'));
        if (std::ranges::find(names, top) == names.end()) names.push_back(top);
    }
    return names;
}

// Walks the parsed file along the key table.
class Reader {
  public:
    Reader(Document& document, Settings& settings, Problems& problems)
        : document_(document), settings_(settings), problems_(problems) {}

    void read_root(const toml::table& root) {
        const auto known = top_tables();
        for (const auto& [key, node] : root) {
            const std::string name(key.str());
            if (std::ranges::find(known, name) == known.end()) {
                unknown_at_top(key, node, known);
            } else if (const auto* table = node.as_table(); table == nullptr) {
                add(key.source(), name + " must be a table, not " + std::string(type_name(node)));
            } else if (name == "nodes") {
                read_nodes(*table);
            } else {
                read_table(name, *table);
            }
        }
    }

  private:
    void add(const toml::source_region& source, std::string message) {
        const auto position = position_of(source);
        problems_.push_back(
            {document_.source().name, position.line, position.column, std::move(message)});
    }

    void unknown_at_top(const toml::key& key, const toml::node& node,
                        const std::vector<std::string>& known) {
        const std::string name(key.str());
        const auto what = (node.is_table() ? "unknown table " : "unknown key ") + quoted(name);
        const auto home = std::ranges::find_if(
            keys(), [&](const Key& k) { return k.name == name && k.table != node_table; });
        if (!node.is_table() && home != keys().end()) {
            add(key.source(), what + " outside any table (it belongs to [" + home->table + "])");
        } else {
            add(key.source(), what + did_you_mean(name, known));
        }
    }

    void read_table(const std::string& table, const toml::table& content) {
        document_.remember(table, "", position_of(content.source()));
        for (const auto& [key, node] : content) {
            const std::string name(key.str());
            if (table == "state_manager" && name == "tls") {
                read_tls(key, node);
            } else if (const auto* known = find_key(table, name)) {
                if (table == "plugins" && node.is_table()) {
                    add(key.source(), "plugins." + name + " must be " +
                                          std::string(wanted_type(known->kind)) +
                                          ", not a table: a plugin of that name cannot be "
                                          "configured");
                } else {
                    read_key(*known, table, key, node, {settings_});
                }
            } else if (table == "plugins" && node.is_table()) {
                read_plugin(key, *node.as_table());
            } else {
                unknown_key(table, table, key);
            }
        }
    }

    // `shown` is the table as the file calls it, `table` as the key list does.
    void unknown_key(const std::string& table, const std::string& shown, const toml::key& key) {
        const std::string name(key.str());
        auto hint = did_you_mean(name, names_in(table));
        if (hint.empty()) {
            const auto home = std::ranges::find_if(
                keys(), [&](const Key& k) { return k.name == name && k.table != node_table; });
            if (home != keys().end()) hint = " (it belongs to [" + home->table + "])";
        }
        add(key.source(), "unknown key " + quoted(name) + " in [" + shown + "]" + hint);
    }

    void read_tls(const toml::key& key, const toml::node& node) {
        if (const auto* table = node.as_table()) {
            read_table("state_manager.tls", *table);
        } else {
            add(key.source(),
                "state_manager.tls must be a table, not " + std::string(type_name(node)));
        }
    }

    void read_nodes(const toml::table& nodes) {
        for (const auto& [key, node] : nodes) {
            const std::string name(key.str());
            const auto shown = "nodes." + toml_key(name);
            const auto* table = node.as_table();
            if (table == nullptr) {
                add(key.source(), shown + " must be a table, one for each node, not " +
                                      std::string(type_name(node)));
                continue;
            }
            if (auto checked = base::check_name("node", name); !checked) {
                add(key.source(), shown + ": " + checked.error().message);
            }
            auto& settings = settings_.nodes[name];
            for (const auto& [inner_key, inner] : *table) {
                const auto* known = find_key(node_table, inner_key.str());
                if (known == nullptr) {
                    unknown_key(std::string(node_table), shown, inner_key);
                } else {
                    read_key(*known, shown, inner_key, inner, {settings_, &settings});
                }
            }
        }
    }

    void read_plugin(const toml::key& key, const toml::table& content) {
        const std::string plugin(key.str());
        const auto shown = "plugins." + toml_key(plugin);
        if (auto checked = base::check_name("plugin", plugin); !checked) {
            add(key.source(), shown + ": " + checked.error().message);
        }
        auto& config = settings_.plugins.config[plugin];
        for (const auto& [inner_key, node] : content) {
            const std::string name(inner_key.str());
            if (auto text = plugin_text(node)) {
                config[name] = std::move(*text);
            } else {
                add(inner_key.source(), shown + "." + toml_key(name) +
                                            " must be a string, a number, a boolean or a date, "
                                            "not " +
                                            std::string(type_name(node)));
            }
        }
    }

    void read_key(const Key& key, const std::string& table, const toml::key& toml_name,
                  const toml::node& node, Target target) {
        document_.remember(table, key.name, position_of(toml_name.source()));
        auto value = read_value(key, node);
        if (!value) {
            const auto& why = value.error().message;
            const auto joint = why.starts_with(':') ? "" : " ";
            add(node.source(), table + "." + key.name + joint + why);
        } else if (*value) {
            key.set(target, **value);
        }
    }

    Document& document_;
    Settings& settings_;
    Problems& problems_;
};

}  // namespace

std::optional<Document> Document::parse(const Source& source, Settings& settings,
                                        Problems& problems) {
    try {
        const auto root = toml::parse(source.text, source.name);
        Document document(source);
        Reader(document, settings, problems).read_root(root);
        return document;
    } catch (const toml::parse_error& error) {
        const auto position = position_of(error.source());
        problems.push_back({source.name, position.line, position.column,
                            "not valid TOML: " + base::printable(error.description())});
        return std::nullopt;
    }
}

void Document::remember(std::string table, std::string name, Position position) {
    positions_.insert_or_assign({std::move(table), std::move(name)}, position);
}

bool Document::has(std::string_view table, std::string_view name) const {
    return positions_.contains({std::string(table), std::string(name)});
}

Problem Document::problem_at(std::string_view table, std::string_view name,
                             std::string message) const {
    const auto found = positions_.find({std::string(table), std::string(name)});
    const auto position = found == positions_.end() ? Position{1, 1} : found->second;
    return {source_->name, position.line, position.column, std::move(message)};
}

Problem Document::problem_at_table(std::string_view table, std::string message) const {
    return problem_at(table, "", std::move(message));
}

}  // namespace exo::settings
