# cmake -D NM=nm "-D PLUGINS=a.so;b.so" -P exports.cmake: each exports exosphere_plugin_v1, nothing else.
foreach(plugin ${PLUGINS})
    execute_process(COMMAND ${NM} --dynamic --defined-only --format=just-symbols ${plugin}
        RESULT_VARIABLE result OUTPUT_VARIABLE symbols OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT result EQUAL 0 OR NOT symbols STREQUAL "exosphere_plugin_v1")
        message(SEND_ERROR "${plugin} must export exosphere_plugin_v1 alone, but exports:\n${symbols}")
    endif()
endforeach()
