# Installs the SDK into a prefix and builds, tests and inspects a plugin outside the tree with it.
# cmake -D BUILD=... -D SOURCE=... -D WORK=... -D CC=... -D CXX=... -D NM=... -P outside.cmake
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output
        ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        string(JOIN " " command ${ARGN})
        message(FATAL_ERROR "${command}: ${result}\n${output}")
    endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --component sdk --prefix ${WORK}/prefix)
foreach(file include/exosphere/abi.h include/exosphere/node.hpp include/exosphere/testing.hpp
        lib/cmake/exosphere-plugin-sdk/exosphere-plugin-sdkConfig.cmake)
    if(NOT EXISTS ${WORK}/prefix/${file})
        message(FATAL_ERROR "not installed: ${file}")
    endif()
endforeach()

run(${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/build -DCMAKE_PREFIX_PATH=${WORK}/prefix
    -DCMAKE_C_COMPILER=${CC} -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Debug)
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/build)
set(PLUGINS ${WORK}/build/plugins/greeting.so ${WORK}/build/plugins/text.so)
include(${CMAKE_CURRENT_LIST_DIR}/exports.cmake)
file(REMOVE_RECURSE ${WORK})
