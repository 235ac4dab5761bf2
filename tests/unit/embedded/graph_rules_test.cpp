#include "embedded/graph_rules.hpp"

#include <catch2/catch.hpp>

#include "embedded/graph_check.hpp"
#include "embedded/python_text.hpp"

using namespace exo;
using namespace exo::embedded;

namespace {

NodeTemplate node(const std::string& identifier, std::vector<std::string> next,
                  const std::string& input = "v", std::optional<std::string> unites = {}) {
    NodeTemplate made{"N", "ns", identifier, {{"a", input}}, std::move(next), std::nullopt};
    if (unites) {
        made.unites = Unites{*unites};
    }
    return made;
}

GraphTemplate graph(std::vector<NodeTemplate> nodes) {
    GraphTemplate made;
    made.nodes = std::move(nodes);
    return made;
}

std::string errors(const GraphTemplate& graph) {
    return join_lines(template_errors("g", "ns", {}, graph));
}

}  // namespace

TEST_CASE("S4 graphs that are refused, with upstream's lines") {
    struct Row {
        std::string what;
        GraphTemplate graph;
        std::string error;
    };
    const std::string two_roots =
        "There should be exactly one root node in the graph but found 2 nodes with zero in-degree: "
        "[NodeTemplate(node_name='N', namespace='ns', identifier='root', inputs={'a': 'v'}, "
        "next_nodes=[], unites=None), NodeTemplate(node_name='N', namespace='ns', "
        "identifier='r2', inputs={'a': 'v'}, next_nodes=[], unites=None)]";
    const std::string no_root =
        "There should be exactly one root node in the graph but found 0 nodes with zero in-degree: "
        "[]";
    const std::vector<Row> rows{
        {"empty", graph({}), no_root},
        {"self loop on the root", graph({node("root", {"root"})}), no_root},
        {"two roots", graph({node("root", {}), node("r2", {})}), two_roots},
        {"cycle", graph({node("root", {"b"}), node("b", {"c"}), node("c", {"b"})}),
         "Node b is not acyclic"},
        {"self loop below", graph({node("root", {"b"}), node("b", {"b"})}),
         "Node b is not acyclic"},
        {"disconnected cycle", graph({node("root", {}), node("b", {"c"}), node("c", {"b"})}),
         "Node b is not connected to the root node\nNode c is not connected to the root node"},
        {"same identifier twice", graph({node("root", {"b"}), node("b", {}), node("b", {})}),
         "Node identifier b is not unique"},
        {"unknown next", graph({node("root", {"zz"})}),
         "Node identifier zz does not exist in the graph"},
        {"unknown unites", graph({node("root", {"b"}), node("b", {}, "v", "nope")}),
         "Node b has an unites target nope that does not exist"},
        {"unites itself", graph({node("root", {}, "v", "root")}),
         "Node root has an unites target root that is the same as the node itself"},
        {"unites target below",
         graph({node("root", {"u"}), node("u", {"b"}, "v", "b"), node("b", {})}),
         "Error building dependency graph: Graph is disconnected at: {'b': ['u']}"},
        {"uniting node nobody points to",
         graph({node("root", {"b"}), node("b", {}), node("u", {}, "v", "root")}),
         "Node u is not connected to the root node"},
        {"unknown reference", graph({node("root", {"b"}), node("b", {}, "${{ zz.outputs.x }}")}),
         "Input ${{ zz.outputs.x }} depends on zz but zz is not a parent of b"},
        {"reference to itself", graph({node("root", {"b"}), node("b", {}, "${{ b.outputs.x }}")}),
         "Input ${{ b.outputs.x }} depends on b but b is not a parent of b"},
        {"reference to a sibling",
         graph({node("root", {"b", "c"}), node("b", {}), node("c", {}, "${{ b.outputs.x }}")}),
         "Input ${{ b.outputs.x }} depends on b but b is not a parent of c"},
        {"below a merge only the first path counts",
         graph({node("root", {"b", "c"}), node("b", {"d"}), node("c", {"d"}), node("d", {"e"}),
                node("e", {}, "${{ c.outputs.x }}")}),
         "Input ${{ c.outputs.x }} depends on c but c is not a parent of e"},
        {"uniting node names its first branch",
         graph(
             {node("root", {"b"}), node("b", {"u"}), node("u", {}, "${{ b.outputs.x }}", "root")}),
         "Input ${{ b.outputs.x }} depends on b but b is not a parent of u"},
        {"below a uniting node its outputs cannot be named",
         graph({node("root", {"b"}), node("b", {"u"}), node("u", {"w"}, "v", "root"),
                node("w", {}, "${{ u.outputs.x }}")}),
         "Input ${{ u.outputs.x }} depends on u but u is not a parent of w"},
        {"undeclared store key", graph({node("root", {}, "${{ store.k }}")}),
         "Input ${{ store.k }} depends on k but k is not a required key or a default value"},
        {"bad syntax", graph({node("root", {}, "${{ root.output.x }}")}),
         "Error creating dependent string for input ${{ root.output.x }} check syntax string: "
         "Invalid "
         "syntax string placeholder  root.output.x  for: ${{ root.output.x }}"},
    };
    for (const auto& row : rows) {
        INFO(row.what);
        CHECK(errors(row.graph) == row.error);
    }
}

TEST_CASE("all input errors of all nodes come together") {
    auto made = graph({node("root", {"b"}), node("b", {}, "${{ zz.outputs.x }} ${{ store.q }}")});
    made.nodes[0].inputs.push_back({"n", "1", false});
    made.nodes[1].inputs.push_back({"c", "${{"});
    CHECK(
        errors(made) ==
        "Input 1 is not a string\n"
        "Input ${{ zz.outputs.x }} ${{ store.q }} depends on zz but zz is not a parent of b\n"
        "Input ${{ zz.outputs.x }} ${{ store.q }} depends on q but q is not a required key or a "
        "default value\n"
        "Error creating dependent string for input ${{ check syntax string: Invalid syntax string "
        "placeholder  for: ${{ '${' not closed");
}

TEST_CASE("graphs that are accepted") {
    CHECK(errors(graph({node("root", {})})).empty());
    CHECK(errors(graph({node("root", {"b", "c"}), node("b", {"d"}), node("c", {"d"}),
                        node("d", {}, "${{ b.outputs.x }}${{ c.outputs.x }}")}))
              .empty());
    // The second branch that reaches a uniting node can be named (and fails at run time).
    CHECK(errors(graph({node("root", {"b", "c"}), node("b", {"u"}), node("c", {"u"}),
                        node("u", {}, "${{ c.outputs.x }}", "root")}))
              .empty());
    CHECK(errors(graph({node("root", {"b", "c"}), node("b", {}), node("c", {"u"}),
                        node("u", {}, "${{ b.outputs.x }}", "b")}))
              .empty());
    auto with_store = graph({node("root", {}, "${{ store.k }}${{ store.d }}")});
    with_store.store_config = {{"k"}, {{"d", "1"}}};
    CHECK(errors(with_store).empty());
}

TEST_CASE("a chain of thousands of nodes is walked without recursion") {
    GraphTemplate chain;
    const std::size_t count = 3000;
    for (std::size_t i = 0; i < count; ++i) {
        const auto next = "n" + std::to_string(i + 1);
        chain.nodes.push_back(node("n" + std::to_string(i),
                                   i + 1 < count ? std::vector{next} : std::vector<std::string>{},
                                   i == 0 ? "v" : "${{ n0.outputs.x }}"));
    }
    CHECK(errors(chain).empty());
    chain.nodes.back().next_nodes = {"n1"};
    CHECK(errors(chain) == "Node n1 is not acyclic");
    chain.nodes.resize(most_nodes + 1, node("x", {}));
    CHECK(errors(chain) == "A graph can have 10000 nodes at most, this one has 10001");
}

TEST_CASE("names and secrets are checked together with the nodes") {
    CHECK(template_errors(" ", "\t", {"ok", ""}, graph({node("r", {}), node("r", {})})) ==
          std::vector<std::string>{"Name cannot be empty", "Namespace cannot be empty",
                                   "Node identifier r is not unique", "Secrets cannot be empty"});
}

TEST_CASE("texts of single fields") {
    CHECK(node_name_error("  ") == "Node name cannot be empty");
    CHECK_FALSE(node_name_error("N"));
    CHECK(identifier_error(" store ") == "Node identifier cannot be reserved word 'store'");
    CHECK(identifier_error("") == "Node identifier cannot be empty");
    CHECK(next_nodes_error({"b", " b ", ""}) ==
          "Next node identifier b is not unique\nNext node identifier cannot be empty");
    CHECK(unites_error("  ") == "Unites identifier cannot be empty");
    CHECK(store_keys_error({"a", "a ", " ", "b.c"}) ==
          "Key 'a' is duplicated\nKey cannot be empty or contain only whitespace\nKey 'b.c' cannot "
          "contain '.' character");
    CHECK_FALSE(store_keys_error({}));
}

TEST_CASE("what was checked trimmed is stored trimmed") {
    auto made = graph({node(" root ", {" b"}), node("b\t", {}, "v", " root")});
    made.store_config = {{" k "}, {{" d ", " v "}}};
    made = trimmed(made);
    CHECK(made.nodes[0].identifier == "root");
    CHECK(made.nodes[0].next_nodes == std::vector<std::string>{"b"});
    CHECK(made.nodes[1].unites->identifier == "root");
    CHECK(made.store_config.required_keys == std::vector<std::string>{"k"});
    CHECK(made.store_config.default_values == TextPairs{{"d", " v "}});
}

// ---- VALID or INVALID

namespace {

std::vector<std::string> validate(const GraphTemplate& graph,
                                  const std::vector<std::string>& secrets = {}) {
    static const RegisteredNode n{std::vector<SchemaField>{{"a", true}},
                                  std::vector<SchemaField>{{"x", true}, {"count", false}},
                                  {}};
    static const RegisteredNode n2{
        std::vector<SchemaField>{{"a", true}, {"b", true}}, std::vector<SchemaField>{}, {}};
    static const RegisteredNode sec{
        std::vector<SchemaField>{}, std::vector<SchemaField>{}, {"api_key", "tok"}};
    static const RegisteredNode number{
        std::vector<SchemaField>{{"a", false}}, std::vector<SchemaField>{}, {}};
    static const RegisteredNode broken{
        base::fail("Invalid reference path: #/x"), std::vector<SchemaField>{}, {}};
    return validation_errors(
        graph, secrets,
        [](const std::string& ns, const std::string& name) -> const RegisteredNode* {
            if (ns != "ns") {
                return nullptr;
            }
            return name == "N"        ? &n
                   : name == "N2"     ? &n2
                   : name == "Sec"    ? &sec
                   : name == "Number" ? &number
                   : name == "Broken" ? &broken
                                      : nullptr;
        });
}

GraphTemplate single(const std::string& name) {
    auto made = graph({node("root", {})});
    made.nodes[0].node_name = name;
    return made;
}

}  // namespace

TEST_CASE("S5 graphs that turn INVALID, with upstream's lines") {
    using Lines = std::vector<std::string>;
    CHECK(validate(single("N")).empty());
    CHECK(validate(single("Nope")) == Lines{"Node Nope in namespace ns does not exist.",
                                            "Node Nope in namespace ns does not exist"});
    CHECK(validate(single("Sec"), {"tok"}) ==
          Lines{"Secret api_key is required but not present in the graph template"});
    CHECK(validate(single("N2")) ==
          Lines{"Input b in node N2 in namespace ns is not present in the graph template"});
    CHECK(validate(single("Number")) ==
          Lines{"Input a in node Number in namespace ns is not a string"});
    CHECK(validate(single("Broken")) ==
          Lines{"Validation failed due to unexpected error: Invalid reference path: #/x"});
    CHECK(validate(graph({node("root", {"b"}), node("b", {}, "${{ root.outputs.nope }}")})) ==
          Lines{"Field nope in node N in namespace ns does not exist"});
    CHECK(validate(graph({node("root", {"b"}), node("b", {}, "${{ root.outputs.count }}")})) ==
          Lines{"Field count in node N in namespace ns is not a string"});
    auto extra = single("N");
    extra.nodes[0].inputs.push_back({"extra", "w"});
    CHECK(validate(extra).empty());
}
