# hansa_library(FOLDER [DEPS folder ...] [LINKS library ...])
#
# Makes everything that lies below src/FOLDER, by the ending of each file:
#   *.cc        the library hansa_FOLDER (an INTERFACE one where there are only headers)
#   *_test.cc   the program FOLDER_test, one ctest test
#   X_fuzz.cc   the program X_fuzz    with HANSA_FUZZ
#   X_bench.cc  the program X_bench   with HANSA_BENCH
# A slash in FOLDER becomes an underscore. src/FOLDER/main.cc belongs to no library, so that the
# tests can link what the program is made of. A folder that does not exist yet is passed over.
function(hansa_library FOLDER)
  cmake_parse_arguments(PARSE_ARGV 1 MODULE "" "" "DEPS;LINKS")
  string(REPLACE "/" "_" NAME "${FOLDER}")
  set(BELOW "${CMAKE_SOURCE_DIR}/src/${FOLDER}")
  file(GLOB_RECURSE SOURCES CONFIGURE_DEPENDS "${BELOW}/*.cc")
  file(GLOB_RECURSE HEADERS CONFIGURE_DEPENDS "${BELOW}/*.h")
  set(TESTS ${SOURCES})
  set(FUZZERS ${SOURCES})
  set(BENCHES ${SOURCES})
  list(FILTER TESTS INCLUDE REGEX "_test\\.cc$")
  list(FILTER FUZZERS INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER BENCHES INCLUDE REGEX "_bench\\.cc$")
  list(FILTER SOURCES EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  list(REMOVE_ITEM SOURCES "${BELOW}/main.cc")

  set(KIND PUBLIC)
  if(SOURCES)
    add_library(hansa_${NAME} STATIC ${SOURCES})
  elseif(HEADERS OR TESTS)
    set(KIND INTERFACE)
    add_library(hansa_${NAME} INTERFACE)
  else()
    return()
  endif()
  target_link_libraries(hansa_${NAME} ${KIND} hansa_flags ${MODULE_LINKS})
  foreach(DEP IN LISTS MODULE_DEPS)
    string(REPLACE "/" "_" DEP "${DEP}")
    if(TARGET hansa_${DEP})
      target_link_libraries(hansa_${NAME} ${KIND} hansa_${DEP})
    endif()
  endforeach()

  if(HANSA_FUZZ)
    hansa_each_program(${NAME} fuzz ${FUZZERS})
    return()
  endif()
  if(HANSA_BENCH)
    hansa_each_program(${NAME} bench ${BENCHES})
  endif()
  if(HANSA_TESTS AND TESTS)
    hansa_test(${NAME} ${TESTS})
  endif()
endfunction()

# All tests of a folder are one program: one link instead of many, one process start instead of
# hundreds under a sanitizer. The figures are read from the file that GoogleTest writes.
function(hansa_test NAME)
  if(NOT TARGET tests)
    add_custom_target(tests)
  endif()
  add_executable(${NAME}_test ${ARGN})
  add_dependencies(tests ${NAME}_test)
  target_link_libraries(${NAME}_test PRIVATE hansa_${NAME} GTest::gtest GTest::gtest_main)
  set_target_properties(${NAME}_test PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/test")
  add_test(NAME ${NAME}_test COMMAND ${NAME}_test WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  set(SUPPRESS "${CMAKE_SOURCE_DIR}/tools")
  set_tests_properties(${NAME}_test PROPERTIES
    TIMEOUT 600
    ENVIRONMENT "HANSA_BUILD=${HANSA_PROGRAMS};\
GTEST_OUTPUT=json:${CMAKE_BINARY_DIR}/results/${NAME}_test.json;\
LSAN_OPTIONS=suppressions='${SUPPRESS}/lsan.supp':print_suppressions=0;\
TSAN_OPTIONS=suppressions='${SUPPRESS}/tsan.supp':second_deadlock_stack=1;\
ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1;\
UBSAN_OPTIONS=print_stacktrace=1")
endfunction()

# hansa_each_program(NAME fuzz|bench SOURCE ...): a program per source, named as its file.
function(hansa_each_program NAME KIND)
  if(NOT TARGET ${KIND})
    add_custom_target(${KIND})
  endif()
  foreach(SOURCE IN LISTS ARGN)
    get_filename_component(PROGRAM "${SOURCE}" NAME_WE)
    if(TARGET ${PROGRAM})
      set(PROGRAM "${NAME}_${PROGRAM}")  # Two folders may use the same word for a file.
    endif()
    add_executable(${PROGRAM} "${SOURCE}")
    target_link_libraries(${PROGRAM} PRIVATE hansa_${NAME})
    if(KIND STREQUAL "fuzz")
      target_link_options(${PROGRAM} PRIVATE -fsanitize=fuzzer)
    endif()
    set_target_properties(${PROGRAM} PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/${KIND}")
    add_dependencies(${KIND} ${PROGRAM})
  endforeach()
endfunction()

# hansa_program(PROGRAM FOLDER folder): src/folder/main.cc with the library of its folder, at the
# top of the build. `programs` is the target that makes all of them and no test.
function(hansa_program PROGRAM)
  cmake_parse_arguments(PARSE_ARGV 1 OF "" "FOLDER" "")
  if(NOT TARGET programs)
    add_custom_target(programs)
  endif()
  set(MAIN "${CMAKE_SOURCE_DIR}/src/${OF_FOLDER}/main.cc")
  # The glob only makes the build look again once the file appears.
  file(GLOB FOUND CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${OF_FOLDER}/main.cc")
  if(HANSA_FUZZ OR NOT FOUND)
    return()
  endif()
  add_executable(${PROGRAM} "${MAIN}")
  target_link_libraries(${PROGRAM} PRIVATE hansa_flags)
  if(TARGET hansa_${OF_FOLDER})
    target_link_libraries(${PROGRAM} PRIVATE hansa_${OF_FOLDER})
  endif()
  if(PROGRAM STREQUAL "hansa")
    # Nobody loads the server as a library. The worker's flag would bind DuckDB as well.
    target_link_options(${PROGRAM} PRIVATE LINKER:-z,nodlopen)
  endif()
  set_target_properties(${PROGRAM} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
  add_dependencies(programs ${PROGRAM})
endfunction()

# hansa_without(LAYER PROGRAM FOLDER folder BESIDE program): PROGRAM with test/layers/without_LAYER.cc
# in place of the object files that hold the layer, and the other program as it is shipped. Both lie
# in without/LAYER/ of the build; the target `layers` makes them, and nothing else does.
function(hansa_without LAYER PROGRAM)
  cmake_parse_arguments(PARSE_ARGV 2 OF "" "FOLDER;BESIDE" "")
  if(HANSA_FUZZ OR NOT HANSA_TESTS)
    return()
  endif()
  if(NOT TARGET layers)
    add_custom_target(layers)
  endif()
  set(NAME "${PROGRAM}_without_${LAYER}")
  set(BELOW "${CMAKE_BINARY_DIR}/without/${LAYER}")
  add_executable(${NAME} EXCLUDE_FROM_ALL "${CMAKE_SOURCE_DIR}/src/${OF_FOLDER}/main.cc"
    "${CMAKE_SOURCE_DIR}/test/layers/without_${LAYER}.cc")
  target_link_libraries(${NAME} PRIVATE hansa_flags hansa_${OF_FOLDER})
  set_target_properties(${NAME} PROPERTIES OUTPUT_NAME "${PROGRAM}"
    RUNTIME_OUTPUT_DIRECTORY "${BELOW}")
  # A server looks for its worker beside itself, past links: hence a copy, with DuckDB where it lies.
  add_custom_target(${NAME}_beside
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${BELOW}"
    COMMAND "${CMAKE_COMMAND}" -E copy_if_different "$<TARGET_FILE:${OF_BESIDE}>" "${BELOW}/${OF_BESIDE}"
    COMMAND "${CMAKE_COMMAND}" -E create_symlink ../../lib "${BELOW}/lib"
    DEPENDS ${OF_BESIDE})
  add_dependencies(layers ${NAME} ${NAME}_beside)
endfunction()
