# Installs the build to a scratch prefix, then configures, builds and runs the consumer against it.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(scratch ${BUILD}/installed)
file(REMOVE_RECURSE ${scratch})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${scratch}/prefix)
if(NOT EXISTS ${scratch}/prefix/include/xgrad/core/tensor.hpp OR EXISTS ${scratch}/prefix/include/xgrad/core/kernels/detail/lanes.hpp)
  message(FATAL_ERROR "tensor.hpp is to be installed, and lanes.hpp, which only our own sources include, is not")
endif()
run(${CMAKE_COMMAND} -G ${GENERATOR} -S ${CMAKE_CURRENT_LIST_DIR} -B ${scratch}/consumer -DCMAKE_PREFIX_PATH=${scratch}/prefix
    -DCMAKE_CXX_COMPILER=${CXX})
run(${CMAKE_COMMAND} --build ${scratch}/consumer)
run(${scratch}/consumer/consumer)
run(${scratch}/consumer/consumer_double)
run(${scratch}/consumer/student)
