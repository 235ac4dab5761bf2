# find_package(exosphere-plugin-sdk 1): the target exosphere::plugin-sdk and exosphere_add_plugin().
include(CMakeFindDependencyMacro)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/exosphere-plugin-sdkTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/exosphere_add_plugin.cmake)
