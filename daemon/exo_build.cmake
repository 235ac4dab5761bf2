# How everything in this tree is compiled: warnings, sanitizers, the layer rule. One function per kind of target.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS url)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(spdlog REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)

# Flags for every target of ours, plugins included.
add_library(exo_flags INTERFACE)
# Designated initializers leave the rest at their defaults on purpose.
target_compile_options(exo_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow
    -Wno-missing-field-initializers
    $<$<BOOL:${EXO_WERROR}>:-Werror>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:Clang>>:-Wno-ambiguous-reversed-operator>)
if(EXO_SANITIZE)
    string(REPLACE "," ";" exo_sanitizers "${EXO_SANITIZE}")
    target_compile_options(exo_flags INTERFACE -fsanitize=${EXO_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(exo_flags INTERFACE -fsanitize=${EXO_SANITIZE})
    if("thread" IN_LIST exo_sanitizers)
        target_compile_options(exo_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
    endif()
    if("undefined" IN_LIST exo_sanitizers)
        target_compile_options(exo_flags INTERFACE -fno-sanitize-recover=undefined
            $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
    endif()
endif()

# What the daemon's rooms share: Boost is compiled once (base/asio.cpp, net/beast.cpp), not in every unit.
add_library(exo_daemon_flags INTERFACE)
target_include_directories(exo_daemon_flags INTERFACE ${PROJECT_SOURCE_DIR}/daemon)
target_compile_definitions(exo_daemon_flags INTERFACE BOOST_ASIO_SEPARATE_COMPILATION
    BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_DLL_USE_STD_FS
    RAPIDJSON_HAS_STDSTRING=1)
target_link_libraries(exo_daemon_flags INTERFACE exo_flags Boost::headers Threads::Threads)

# exo_add_library(<folder> LAYER <n> SOURCES ... [DEPENDS <folders>...] [LIBS <third party>...])
# One folder of daemon/ = one static library = one namespace. A folder may depend on lower layers only.
function(exo_add_library folder)
    cmake_parse_arguments(ARG "" "LAYER" "SOURCES;DEPENDS;LIBS" ${ARGN})
    list(TRANSFORM ARG_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/daemon/${folder}/)
    add_library(exo_${folder} STATIC ${ARG_SOURCES})
    set_target_properties(exo_${folder} PROPERTIES EXO_LAYER ${ARG_LAYER})
    foreach(dependency ${ARG_DEPENDS})
        get_target_property(lower exo_${dependency} EXO_LAYER)
        if(NOT lower LESS ARG_LAYER)
            message(FATAL_ERROR
                "layers: ${folder} (L${ARG_LAYER}) must not depend on ${dependency} (L${lower})")
        endif()
        target_link_libraries(exo_${folder} PUBLIC exo_${dependency})
    endforeach()
    target_link_libraries(exo_${folder} PUBLIC exo_daemon_flags ${ARG_LIBS})
endfunction()
