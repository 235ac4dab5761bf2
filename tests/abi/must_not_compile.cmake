# cmake -D COMPILER=g++ -D SOURCE=... -D INCLUDE=... -P must_not_compile.cmake
function(compile macro result_variable output_variable)
    execute_process(
        COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I${INCLUDE} ${macro} ${SOURCE}
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    set(${result_variable} ${result} PARENT_SCOPE)
    set(${output_variable} "${output}" PARENT_SCOPE)
endfunction()

# expect(<macro> <text> [<field>]): does not compile, the text stands in the message, and so does the
# field (as part of a name, not merely in a quoted source line).
function(expect macro text)
    compile(-D${macro} result output)
    if(result EQUAL 0)
        message(SEND_ERROR "${COMPILER}: compiled with ${macro}, but must not")
    endif()
    string(FIND "${output}" "${text}" at)
    if(at EQUAL -1)
        message(SEND_ERROR "${COMPILER}: with ${macro}, no \"${text}\" in:\n${output}")
    endif()
    if(ARGN AND NOT output MATCHES "value\\.[A-Za-z:]*${ARGN}")
        message(SEND_ERROR "${COMPILER}: with ${macro}, \"${ARGN}\" is not named in:\n${output}")
    endif()
endfunction()

compile("" result output)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${COMPILER}: the valid node does not compile:\n${output}")
endif()

set(must_be_string "exosphere: every field of Inputs, Outputs and Secrets must be std::string")
expect(INT_INPUT "${must_be_string}" "retries")
expect(VIEW_INPUT "${must_be_string}" "retries")
expect(VECTOR_INPUT "${must_be_string}" "retries")
expect(OPTIONAL_INPUT "${must_be_string}" "retries")
expect(INT_OUTPUT "${must_be_string}" "status")
expect(BOOL_SECRET "${must_be_string}" "api_key")
expect(UNDERSCORE_INPUT "exosphere: a field must not be called model_config, nor start with" "_retries")
expect(DOC_OF_NOTHING "exosphere: docs names a field that does not exist")
expect(WRONG_RETURN "exosphere: execute() returns Outputs, std::vector<Outputs> (fan-out) or void")
expect(WRONG_PARAMETER "exosphere: a node needs a public execute()")
expect(NO_EXECUTE "exosphere: a node needs a public execute()")
expect(NOT_A_NODE "exosphere: EXOSPHERE_PLUGIN takes classes that derive publicly from")
expect(SAME_NAME "exosphere: two nodes have the same name")
