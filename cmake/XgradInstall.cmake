# cmake --install: the headers under include/xgrad/, both libraries, and a package for find_package(xgrad).

include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/xgrad)

foreach(header IN LISTS headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad/${folder})
endforeach()
install(FILES include/xgrad/xgrad.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad)
install(DIRECTORY ${PROJECT_BINARY_DIR}/include/xgrad/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/xgrad)

install(TARGETS ${xgrad_twins} EXPORT xgradTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT xgradTargets NAMESPACE xgrad:: DESTINATION ${package})
configure_file(cmake/xgradConfig.cmake ${PROJECT_BINARY_DIR}/xgradConfig.cmake COPYONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/xgradConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/xgradConfig.cmake ${PROJECT_BINARY_DIR}/xgradConfigVersion.cmake
        DESTINATION ${package})
