#include <exosphere/node.hpp>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace {

struct Mixed {
    std::string text;
    std::string batch_size = "100";
    std::string note = exosphere::empty;
    std::string looks_empty = "";
    std::string long_default = std::string(200, 'x');
    static constexpr exosphere::FieldDoc docs[] = {{"note", "A remark."}};
};
struct Nothing {};
struct Single {
    std::string only;
};
// clang-format off
struct SixtyFour {
    std::string a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2, c3,
        c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, e0, e1, e2, e3, e4, e5, e6, e7, e8, e9,
        f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, g0, g1, g2, g3;
};
// clang-format on

std::string str(exo_str text) { return std::string(exosphere::detail::to_view(text)); }

template <class T>
std::vector<std::string> names() {
    const exosphere::detail::FieldTable<T> table;
    std::vector<std::string> result;
    for (std::size_t i = 0; i < table.count; ++i) result.push_back(str(table.pointers()[i]->name));
    return result;
}

struct Outer {
    struct Inner : exosphere::Node<Inner> {
        void execute() {}
    };
};
struct Renamed : exosphere::Node<Renamed> {
    static constexpr const char* node_name = "Another Name";
    void execute() {}
};
template <class T>
struct Templated : exosphere::Node<Templated<T>> {
    static constexpr const char* node_name = "Templated";
    void execute() {}
};

}  // namespace

TEST_CASE("fields are found by name, in the order of declaration") {
    CHECK(names<Mixed>() ==
          std::vector<std::string>{"text", "batch_size", "note", "looks_empty", "long_default"});
    CHECK(names<Nothing>().empty());
    CHECK(names<Single>() == std::vector<std::string>{"only"});
    const auto all = names<SixtyFour>();
    REQUIRE(all.size() == 64);
    CHECK(all.front() == "a0");
    CHECK(all[31] == "d1");
    CHECK(all.back() == "g3");
}

TEST_CASE("a field with an initialiser is optional and has it as its default") {
    const exosphere::detail::FieldTable<Mixed> table;
    const auto field = [&](std::size_t i) { return *table.pointers()[i]; };
    CHECK(field(0).flags == 0);
    CHECK(field(1).flags == EXO_FIELD_DEFAULT);
    CHECK(str(field(1).default_value) == "100");
    CHECK(field(2).flags == EXO_FIELD_DEFAULT);
    CHECK(str(field(2).default_value).empty());
    CHECK(field(3).flags == 0);  // as documented: `= ""` reads as required
    CHECK(str(field(4).default_value) == std::string(200, 'x'));
    CHECK(field(0).size == sizeof(exo_field));
}

TEST_CASE("a field's documentation reaches its table") {
    const exosphere::detail::FieldTable<Mixed> table;
    CHECK(str(table.pointers()[0]->doc).empty());
    CHECK(str(table.pointers()[2]->doc) == "A remark.");
}

TEST_CASE("a node is called after its class unless it has a name of its own") {
    CHECK(exosphere::detail::node_name<Outer::Inner>() == "Inner");
    CHECK(exosphere::detail::node_name<Renamed>() == "Another Name");
    CHECK(exosphere::detail::node_name<Templated<int>>() == "Templated");
}

TEST_CASE("values travel into a struct and back by position") {
    const exo_str values[] = {{"hi", 2}, {nullptr, 0}, {"n", 1}, {"", 0}, {"a\0b", 3}};
    const auto mixed = exosphere::detail::from_values<Mixed>(values);
    CHECK(mixed.text == "hi");
    CHECK(mixed.batch_size.empty());  // what the worker gives wins over the default
    CHECK(mixed.long_default == std::string("a\0b", 3));
    const auto back = exosphere::detail::to_values(mixed);
    CHECK(back.size() == 5);
    CHECK(str(back[2]) == "n");
}

TEST_CASE("wiping a struct leaves no text behind") {
    Single secret{std::string(100, 's')};
    const char* memory = secret.only.data();
    exosphere::detail::wipe(secret);
    CHECK(secret.only.empty());
    CHECK(secret.only.data() == memory);  // still ours: look at what is left there
    CHECK(std::string(secret.only.data(), 1) == std::string(1, '\0'));
    CHECK(std::string(memory + 1, 99) == std::string(99, '\0'));
}
