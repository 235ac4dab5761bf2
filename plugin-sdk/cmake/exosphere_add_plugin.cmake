# exosphere_add_plugin(<name> <source>...): a node plugin, <name>.so, from C and C++ sources.
#
# It exports exosphere_plugin_v1 and nothing else, so that two plugins, or two versions of one, never
# share a variable; undefined symbols are link errors (not with sanitizers, whose runtime the
# executable brings). All plugins of a build land in one directory, usable as --plugin-dir:
# EXOSPHERE_PLUGIN_DIRECTORY, by default <build>/plugins. Properties of the target may be changed as
# of any other; link further libraries with target_link_libraries(<name> PRIVATE ...).
#
# exosphere_add_plugin_test(<name> <plugin> <test source>...): an executable made of the test's and
# the plugin's sources, for <exosphere/testing.hpp>. The caller links his test framework and adds it
# to CTest.
set(EXOSPHERE_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/exosphere_plugin.map CACHE INTERNAL "")

function(exosphere_add_plugin name)
    if(NOT ARGN)
        message(FATAL_ERROR "exosphere_add_plugin(${name}): no source files")
    endif()
    set(directory ${EXOSPHERE_PLUGIN_DIRECTORY})
    if(NOT directory)
        set(directory ${PROJECT_BINARY_DIR}/plugins)
    endif()
    add_library(${name} MODULE ${ARGN})
    target_link_libraries(${name} PRIVATE exosphere::plugin-sdk)
    set_target_properties(${name} PROPERTIES
        PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${directory} POSITION_INDEPENDENT_CODE ON
        C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
        LINK_DEPENDS ${EXOSPHERE_PLUGIN_MAP})
    target_link_options(${name} PRIVATE LINKER:--version-script=${EXOSPHERE_PLUGIN_MAP})
    string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
    set(flags "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}}"
        "${CMAKE_MODULE_LINKER_FLAGS} ${EXO_SANITIZE}")
    if(NOT EXO_SANITIZE AND NOT "${flags}" MATCHES "-fsanitize")
        target_link_options(${name} PRIVATE LINKER:-z,defs)
    endif()
endfunction()

function(exosphere_add_plugin_test name plugin)
    get_target_property(sources ${plugin} SOURCES)
    get_target_property(directory ${plugin} SOURCE_DIR)
    foreach(source ${sources})
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${directory})
        list(APPEND plugin_sources ${source})
    endforeach()
    add_executable(${name} ${ARGN} ${plugin_sources})
    target_include_directories(${name} PRIVATE ${directory})
    target_link_libraries(${name} PRIVATE exosphere::plugin-sdk)
endfunction()
