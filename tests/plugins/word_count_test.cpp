// The demo's graph, config/graphs/word-count.json, executed with the plugins' own nodes by a few
// lines that resolve placeholders: it names every input, its placeholders hit outputs that exist,
// one chunk fails once, and the total is what `wc -w` says.
#include <rapidjson/document.h>
#include <rapidjson/istreamwrapper.h>
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <exosphere/testing.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "control/control.hpp"
#include "files/files.hpp"
#include "text/text.hpp"

namespace {

using Texts = std::map<std::string, std::string>;
using exosphere::testing::detail::TestCall;
using exosphere::testing::detail::TestHost;
using exosphere::testing::detail::to_str;
using exosphere::testing::detail::to_view;

template <class T>
const exo_node* node() {
    static const exosphere::detail::NodeTable<T> table;
    return table.node();
}

const exo_node& find_node(std::string_view name) {
    for (const exo_node* each :
         {node<files::ReadFile>(), node<text::SplitText>(), node<control::Fail>(),
          node<text::CountWords>(), node<files::WriteRecord>(), node<files::MergeCounts>()}) {
        if (to_view(each->name) == name) return *each;
    }
    FAIL("no node " << name);
    return *node<files::ReadFile>();
}

struct Run {
    rapidjson::Document graph;
    Texts store;
    int states = 0;
    int failures = 0;
    Texts merged;

    const rapidjson::Value& at(std::string_view identifier) const {
        for (const auto& each : graph["nodes"].GetArray()) {
            if (each["identifier"].GetString() == identifier) return each;
        }
        FAIL("no identifier " << identifier);
        return graph;
    }

    // `known`: "identifier.outputs.field" of the ancestors.
    std::string resolve(std::string_view text, const Texts& known) const {
        std::string result;
        for (std::size_t open = text.find("${{"); open != std::string_view::npos;
             open = text.find("${{")) {
            const std::size_t close = text.find("}}", open);
            REQUIRE(close != std::string_view::npos);
            result += text.substr(0, open);
            const std::string name(text.substr(open + 4, close - open - 5));
            INFO("placeholder " << name);
            if (name.starts_with("store.")) {
                result += store.at(name.substr(6));
            } else {
                REQUIRE(known.contains(name));
                result += known.at(name);
            }
            text.remove_prefix(close + 2);
        }
        return result + std::string(text);
    }

    // One execution; errored states are tried again, as the retry policy says.
    std::vector<Texts> execute(const exo_node& node, const std::vector<std::string>& inputs) {
        std::vector<exo_str> values;
        for (const auto& text : inputs) values.push_back(to_str(text));
        for (int retry = 0; retry <= graph["retry_policy"]["max_retries"].GetInt(); ++retry) {
            TestHost host({}, {}, {});
            void* instance = node.create(&node, &host);
            TestCall setup;
            setup.output_count = node.output_count;
            setup.info["state_id"] = "state-" + std::to_string(++states);
            exo_call* call = host.begin(setup);
            host.returned(call, node.execute(instance, call, values.data(), nullptr));
            node.destroy(instance);
            const TestCall ended = host.take(call);
            if (ended.kind == TestCall::Kind::failed) {
                ++failures;
                UNSCOPED_INFO(ended.text);
                continue;
            }
            std::vector<Texts> fan_out;
            for (const auto& emitted : ended.emitted) {
                Texts outputs;
                for (std::size_t i = 0; i < emitted.size(); ++i) {
                    outputs[std::string(to_view(node.outputs[i]->name))] = emitted[i];
                }
                fan_out.push_back(std::move(outputs));
            }
            return fan_out;
        }
        FAIL("retries are used up");
        return {};
    }

    void visit(const std::string& identifier, const Texts& ancestors) {
        const auto& entry = at(identifier);
        const exo_node& node = find_node(entry["node_name"].GetString());
        std::vector<std::string> inputs;
        for (std::size_t i = 0; i < node.input_count; ++i) {
            const std::string name(to_view(node.inputs[i]->name));
            INFO(identifier << "." << name);
            REQUIRE(entry["inputs"].HasMember(name.c_str()));  // also if it has a default
            inputs.push_back(resolve(entry["inputs"][name.c_str()].GetString(), ancestors));
        }
        for (const Texts& outputs : execute(node, inputs)) {
            Texts known = ancestors;
            for (const auto& [field, text] : outputs) {
                known[identifier + ".outputs." + field] = text;
            }
            if (entry["next_nodes"].Empty()) merged = outputs;
            for (const auto& next : entry["next_nodes"].GetArray()) {
                // A node that unites comes last, and sees what the united one sees.
                if (at(next.GetString())["unites"].IsNull()) visit(next.GetString(), known);
            }
            if (identifier == "source") visit("merge", known);
        }
    }
};

}  // namespace

TEST_CASE("the word count graph gives what wc -w gives, although one chunk fails at first") {
    const char* const gpl = "/usr/share/common-licenses/GPL-3";
    if (!std::filesystem::exists(gpl)) {
        WARN("no " << gpl << " here");
        return;
    }
    Run run;
    std::ifstream file(EXO_GRAPHS "/word-count.json");
    rapidjson::IStreamWrapper stream(file);
    run.graph.ParseStream(stream);
    REQUIRE_FALSE(run.graph.HasParseError());
    std::string work_dir = (std::filesystem::temp_directory_path() / "exo-words-XXXXXX").string();
    REQUIRE(mkdtemp(work_dir.data()) != nullptr);
    for (const auto& value : run.graph["store_config"]["default_values"].GetObject()) {
        run.store[value.name.GetString()] = value.value.GetString();
    }
    run.store["work_dir"] = work_dir;

    run.visit("source", {});
    std::filesystem::remove_all(work_dir);

    std::string expected(16, '\0');
    FILE* wc = popen("wc -w < /usr/share/common-licenses/GPL-3", "r");
    REQUIRE(wc != nullptr);
    REQUIRE(fgets(expected.data(), 16, wc) != nullptr);
    pclose(wc);
    CHECK(run.merged.at("total") == expected.substr(0, expected.find('\n')));
    CHECK(run.merged.at("records") == "12");
    CHECK(run.merged.at("table").starts_with("345 the\n"));
    CHECK(run.failures == 1);
}
