// Field names, defaults and texts of plain structs, without macros or registration. The class must
// be complete where these are instantiated (they count wrongly inside it), so only EXOSPHERE_PLUGIN
// and the test runner do that. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "exosphere/abi.h"
#include "exosphere/detail/text.hpp"
#include "exosphere/detail/tie_fields.hpp"

namespace exosphere {

// `std::string note = exosphere::empty;` makes a field optional with "" as its default. (`= ""`
// cannot be told from no initialiser, so it reads as required: this value is, by its capacity.)
struct Empty {
    operator std::string() const {
        std::string text;
        text.reserve(reserved);
        return text;
    }
    static constexpr std::size_t reserved = 64;
};
inline constexpr Empty empty{};

// One line of documentation for a field: `static constexpr exosphere::FieldDoc docs[] = {...};`
// inside Inputs or Outputs.
struct FieldDoc {
    std::string_view field;
    std::string_view text;
};

namespace detail {

// Converts to any field's type, but not to the struct itself. Never defined: only counted with.
template <class T>
struct AnyField {
    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, T>) constexpr operator F() const noexcept;
};

template <class T, class... A>
consteval std::size_t count_fields() {
    if constexpr (requires { T{A{}..., AnyField<T>{}}; }) {
        static_assert(sizeof...(A) < max_fields, "exosphere: a struct has more than 64 fields");
        return count_fields<T, A..., AnyField<T>>();
    } else {
        return sizeof...(A);
    }
}

template <class T>
inline constexpr std::size_t field_count = count_fields<T>();

template <class T>
struct Phantom {
    T value;
};
// Declared, never defined, never read: its fields only have addresses, which have names.
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif
template <class T>
extern const Phantom<T> phantom;

// A class around the pointer: clang 14 refuses a bare &phantom<T>.value.field as an argument.
template <class F>
struct Field {
    const F* address;
};

template <class T, std::size_t I>
consteval auto field_at() {
    constexpr auto& member = std::get<I>(tie_fields<field_count<T>>(phantom<T>.value));
    return Field<std::remove_cvref_t<decltype(member)>>{&member};
}
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

// "... [with auto A = Field<...>{(& phantom<Inputs>.Phantom<Inputs>::value.Inputs::text)}]" -> text
template <auto A>
consteval auto spell_field() {
    constexpr std::string_view whole = __PRETTY_FUNCTION__;
    constexpr std::size_t last = whole.find_last_not_of(")]}> ;");
    constexpr std::size_t first = whole.find_last_of(".:>&( ", last) + 1;
    std::array<char, last - first + 1> name{};
    whole.copy(name.data(), name.size(), first);
    return name;
}

template <class T, std::size_t I>
inline constexpr auto field_name_chars = spell_field<field_at<T, I>()>();

template <class T, std::size_t I>
inline constexpr std::string_view field_name{field_name_chars<T, I>.data(),
                                             field_name_chars<T, I>.size()};

// The name of a class without its namespaces: "a::(anonymous namespace)::Uppercase" -> Uppercase.
template <class T>
consteval auto spell_type() {
    constexpr std::string_view whole = __PRETTY_FUNCTION__;
    constexpr std::size_t start = whole.find("T = ") + 4;
    constexpr std::size_t end = whole.find_last_of(']');
    constexpr std::size_t colon = whole.find_last_of(':', end);
    constexpr std::size_t first =
        colon == std::string_view::npos || colon < start ? start : colon + 1;
    std::array<char, end - first> name{};
    whole.copy(name.data(), name.size(), first);
    return name;
}

template <class T>
inline constexpr auto type_name_chars = spell_type<T>();

template <class T>
inline constexpr std::string_view type_name{type_name_chars<T>.data(), type_name_chars<T>.size()};

// The compiler prints the arguments of this template with the message, and so names the field.
template <class T, auto TheField, class FieldType>
struct every_field_must_be_std_string {
    static_assert(std::is_same_v<FieldType, std::string>,
                  "exosphere: every field of Inputs, Outputs and Secrets must be std::string; this "
                  "message names the one that is not as value.<field>");
    static constexpr bool is_string = std::is_same_v<FieldType, std::string>;
};

template <class T, auto TheField, bool Allowed>
struct the_state_manager_refuses_this_field_name {
    static_assert(Allowed,
                  "exosphere: a field must not be called model_config, nor start with '_'; this "
                  "message names the field as value.<field>");
    static constexpr bool allowed = Allowed;
};

constexpr bool is_allowed_name(std::string_view name) {
    return !name.starts_with('_') && name != "model_config";
}

template <class T>
consteval bool check_fields() {
    static_assert(std::is_aggregate_v<T>,
                  "exosphere: Inputs, Outputs and Secrets must be plain structs (no constructors, "
                  "no private fields)");
    constexpr bool strings = []<std::size_t... I>(std::index_sequence<I...>) {
        using Tuple = decltype(tie_fields<field_count<T>>(std::declval<T&>()));
        return (every_field_must_be_std_string<
                    T, field_at<T, I>(),
                    std::remove_cvref_t<std::tuple_element_t<I, Tuple>>>::is_string &&
                ... && true);
    }
    (std::make_index_sequence<field_count<T>>());
    constexpr bool names = []<std::size_t... I>(std::index_sequence<I...>) {
        return (
            the_state_manager_refuses_this_field_name<T, field_at<T, I>(),
                                                      is_allowed_name(field_name<T, I>)>::allowed &&
            ... && true);
    }
    (std::make_index_sequence<field_count<T>>());
    // A field that was not counted would silently be missing from the schema.
    static_assert(
        !strings || sizeof(T) == (field_count<T> == 0 ? 1 : field_count<T> * sizeof(std::string)),
        "exosphere: could not see every field; Inputs, Outputs and Secrets may hold "
        "std::string fields only, and no base class");
    static_cast<void>(names);
    return true;
}

template <class T>
consteval bool has_field(std::string_view name) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((field_name<T, I> == name) || ... || false);
    }
    (std::make_index_sequence<field_count<T>>());
}

template <class T>
consteval bool docs_name_fields() {
    if constexpr (requires { T::docs; }) {
        for (const FieldDoc& doc : T::docs) {
            if (!has_field<T>(doc.field)) return false;
        }
    }
    return true;
}

template <class T>
constexpr std::string_view doc_of(std::string_view field) {
    if constexpr (requires { T::docs; }) {
        for (const FieldDoc& doc : T::docs) {
            if (doc.field == field) return doc.text;
        }
    }
    static_cast<void>(field);
    return {};
}

// Calls visit(field...) with every field, in the order of declaration.
template <class T, class Visit>
decltype(auto) with_fields(T& object, Visit&& visit) {
    return std::apply(std::forward<Visit>(visit),
                      tie_fields<field_count<std::remove_const_t<T>>>(object));
}

// T as the worker gave it: values[i] is the i-th field.
template <class T>
T from_values([[maybe_unused]] const exo_str* values) {
    T object{};
    [[maybe_unused]] std::size_t i = 0;
    with_fields(object, [&](auto&... field) { (field.assign(to_view(values[i++])), ...); });
    return object;
}

// Views of T's fields; they live as long as the object is not changed.
template <class T>
std::array<exo_str, field_count<T>> to_values(const T& object) {
    return with_fields(object, [](const auto&... field) {
        return std::array<exo_str, field_count<T>>{to_str(field)...};
    });
}

// Overwrites every field's text, so that a secret does not stay behind in freed memory.
template <class T>
void wipe(T& object) noexcept {
    with_fields(object, [](auto&... field) {
        const auto wipe_one = [](std::string& text) {
            text.resize(text.capacity());  // never allocates: the capacity is there
            std::memset(text.data(), 0, text.size());
            asm volatile("" : : "r"(text.data()) : "memory");  // keeps the memset
            text.clear();
        };
        (wipe_one(field), ...);
        static_cast<void>(wipe_one);
    });
}

// The exo_fields of T. Defaults come from T{}: a non-empty initialiser, or exosphere::empty.
template <class T>
class FieldTable {
  public:
    static_assert(check_fields<T>());
    static_assert(docs_name_fields<T>(), "exosphere: docs names a field that does not exist");
    static constexpr std::size_t count = field_count<T>;

    FieldTable() {
        [this]<std::size_t... I>(std::index_sequence<I...>) {
            [[maybe_unused]] auto fields = tie_fields<count>(probe_);
            (set(I, field_name<T, I>, std::get<I>(fields)), ...);
        }
        (std::make_index_sequence<count>());
    }
    FieldTable(const FieldTable&) = delete;
    FieldTable& operator=(const FieldTable&) = delete;

    const exo_field* const* pointers() const noexcept { return pointers_.data(); }

  private:
    void set(std::size_t i, std::string_view name, const std::string& initial) {
        const bool optional = !initial.empty() || initial.capacity() >= Empty::reserved;
        fields_[i] = exo_field{sizeof(exo_field), optional ? uint32_t{EXO_FIELD_DEFAULT} : 0U,
                               to_str(name), to_str(initial), to_str(doc_of<T>(name))};
        pointers_[i] = &fields_[i];
    }

    T probe_{};
    std::array<exo_field, count> fields_{};
    std::array<const exo_field*, count> pointers_{};
};

}  // namespace detail
}  // namespace exosphere
