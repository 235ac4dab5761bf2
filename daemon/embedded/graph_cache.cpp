#include "embedded/graph_cache.hpp"

#include "embedded/template_json.hpp"

namespace exo::embedded {

std::shared_ptr<const CachedGraph> GraphCache::graph(const std::string& namespace_name,
                                                     const std::string& name) {
    const Name key{namespace_name, name};
    if (const auto found = graphs_.find(key); found != graphs_.end()) {
        return found->second;
    }
    auto row = store_.find_graph(namespace_name, name);
    if (!row) {
        return nullptr;  // not kept: unknown names are the caller's to choose
    }
    if (graphs_.size() >= most_entries) {
        graphs_.clear();
    }
    auto cached = std::make_shared<const CachedGraph>(template_from_text(row->template_json),
                                                      row->validation_status);
    graphs_.emplace(key, cached);
    return cached;
}

const RegisteredNode* GraphCache::node(const std::string& namespace_name, const std::string& name) {
    const Name key{namespace_name, name};
    if (const auto found = nodes_.find(key); found != nodes_.end()) {
        return found->second.get();
    }
    auto row = store_.find_node(namespace_name, name);
    if (!row) {
        return nullptr;
    }
    auto node = std::make_unique<const RegisteredNode>(
        RegisteredNode{read_schema_fields(row->inputs_schema),
                       read_schema_fields(row->outputs_schema), std::move(row->secrets)});
    return nodes_.emplace(key, std::move(node)).first->second.get();
}

void GraphCache::forget() {
    graphs_.clear();
    nodes_.clear();
}

}  // namespace exo::embedded
