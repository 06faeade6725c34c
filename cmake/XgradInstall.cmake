# cmake --install: the headers under include/xgrad/, the libraries, a package for find_package(xgrad), and a file for
# pkg-config for each library. Components: xgrad_runtime, where libraries are shared, and xgrad_development.

include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/xgrad)
set(development COMPONENT xgrad_development)

foreach(header IN LISTS headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad/${folder} ${development})
endforeach()
install(FILES include/xgrad/xgrad.hpp include/xgrad/version.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad
        ${development})
install(DIRECTORY ${PROJECT_BINARY_DIR}/include/xgrad/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad ${development})
install(FILES LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/xgrad ${development})

install(TARGETS ${libraries} EXPORT xgradTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} ${development}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT xgrad_runtime NAMELINK_COMPONENT xgrad_development)
install(EXPORT xgradTargets NAMESPACE xgrad:: DESTINATION ${package} ${development})

# A program needs xtensor for its headers, and what a static library of ours calls. A shared one brings that itself.
set(xgrad_packages xtensor)
set(xgrad_private "")
if(NOT BUILD_SHARED_LIBS)
  list(APPEND xgrad_packages Threads ZLIB)
  list(JOIN xgrad_blas " " xgrad_private)
  string(APPEND xgrad_private " -lz -pthread")
endif()
configure_file(cmake/xgradConfig.cmake.in ${PROJECT_BINARY_DIR}/xgradConfig.cmake @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/xgradConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/xgradConfig.cmake ${PROJECT_BINARY_DIR}/xgradConfigVersion.cmake
        DESTINATION ${package} ${development})

# pkg-config's files are found from where they lie, so the folder may be moved.
cmake_path(SET up NORMALIZE ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
cmake_path(RELATIVE_PATH CMAKE_CURRENT_SOURCE_DIR BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/${up} OUTPUT_VARIABLE up)
foreach(library IN LISTS libraries)
  set(content "prefix=\${pcfiledir}/${up}\n\nName: ${library}\nVersion: ${PROJECT_VERSION}\n")
  if(library MATCHES "^xgrad(_double)?$")
    string(APPEND content "Description: ${PROJECT_DESCRIPTION}\nRequires: xtensor\n"
           "Cflags: -I\${prefix}/${CMAKE_INSTALL_INCLUDEDIR} $<$<STREQUAL:${library},xgrad_double>:-DXGRAD_DOUBLE>\n")
  else()
    string(REGEX REPLACE "^xgrad_[a-z]+" xgrad twin ${library})
    string(APPEND content "Description: A component of ${twin}\nRequires: ${twin}\n")
  endif()
  set(own "")
  if(library MATCHES tables AND NOT BUILD_SHARED_LIBS)
    set(own -lfarmhash)
  elseif(library MATCHES mpi)  # whose own pkg-config file has another name with each MPI
    xgrad_by_name(own ${MPI_CXX_LIBRARIES})
    list(JOIN own " " own)
    list(TRANSFORM MPI_CXX_INCLUDE_DIRS PREPEND -I OUTPUT_VARIABLE includes)
    list(JOIN includes " " includes)
    string(APPEND content "Cflags: ${includes}\n")
  endif()
  string(APPEND content "Libs: -L\${prefix}/${CMAKE_INSTALL_LIBDIR} -l${library} ${own} ${xgrad_private}\n")
  file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/${library}.pc CONTENT "${content}")
  install(FILES ${PROJECT_BINARY_DIR}/${library}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig ${development})
endforeach()
