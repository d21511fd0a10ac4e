# What comes from outside, each under one target. Everything but DuckDB and SQLite is a package of
# Debian 12; `./dev setup` brings all of it.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
if(HANSA_TESTS AND NOT HANSA_FUZZ)
  find_package(GTest REQUIRED)
endif()

# Packages that bring no CMake files of their own, or ones that change their target's name.
function(hansa_system_library NAME LIBRARY)
  find_library(HANSA_LIBRARY_${NAME} ${LIBRARY})
  if(NOT HANSA_LIBRARY_${NAME})
    message(FATAL_ERROR "lib${LIBRARY} is missing: run ./dev setup")
  endif()
  add_library(hansa_${NAME} INTERFACE)
  target_link_libraries(hansa_${NAME} INTERFACE "${HANSA_LIBRARY_${NAME}}")
endfunction()
hansa_system_library(sodium sodium)
hansa_system_library(seccomp seccomp)
hansa_system_library(yaml yaml-cpp)
hansa_system_library(zstd zstd)
hansa_system_library(curl curl)
hansa_system_library(edit edit)

set(HANSA_THIRD_PARTY "${CMAKE_SOURCE_DIR}/third_party")
foreach(NEEDED duckdb/libduckdb.so duckdb/duckdb.h sqlite/sqlite3.c sqlite/sqlite3.h)
  if(NOT EXISTS "${HANSA_THIRD_PARTY}/${NEEDED}")
    message(FATAL_ERROR "third_party/${NEEDED} is missing: run ./dev setup")
  endif()
endforeach()

# The library lies beside the programs, so that a build can be copied as a whole.
file(COPY "${HANSA_THIRD_PARTY}/duckdb/libduckdb.so" DESTINATION "${CMAKE_BINARY_DIR}/lib")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  "${HANSA_THIRD_PARTY}/duckdb/libduckdb.so")
add_library(hansa_duckdb SHARED IMPORTED)
set_target_properties(hansa_duckdb PROPERTIES
  IMPORTED_LOCATION "${CMAKE_BINARY_DIR}/lib/libduckdb.so"
  INTERFACE_INCLUDE_DIRECTORIES "${HANSA_THIRD_PARTY}/duckdb"
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${HANSA_THIRD_PARTY}/duckdb")

add_library(hansa_sqlite STATIC EXCLUDE_FROM_ALL "${HANSA_THIRD_PARTY}/sqlite/sqlite3.c")
target_include_directories(hansa_sqlite SYSTEM INTERFACE "${HANSA_THIRD_PARTY}/sqlite")
target_compile_options(hansa_sqlite PRIVATE -w -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
  -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE)
target_compile_definitions(hansa_sqlite PRIVATE
  SQLITE_THREADSAFE=2             # A connection belongs to one thread at a time; the house sees to it.
  SQLITE_DQS=0                    # "x" is a column; a misspelt one is an error, not a string.
  SQLITE_DEFAULT_SYNCHRONOUS=2    # FULL: what was acknowledged survives a power cut,
  SQLITE_DEFAULT_WAL_SYNCHRONOUS=2  # in WAL mode as well.
  SQLITE_DEFAULT_FOREIGN_KEYS=1
  SQLITE_TRUSTED_SCHEMA=0         # A doctored file cannot make its schema call functions.
  SQLITE_OMIT_LOAD_EXTENSION      # No code enters through the database.
  SQLITE_OMIT_SHARED_CACHE SQLITE_OMIT_DEPRECATED SQLITE_OMIT_DESERIALIZE
  SQLITE_TEMP_STORE=2             # Intermediate results stay in memory, never in a shared /tmp.
  SQLITE_SECURE_DELETE            # What is deleted is overwritten.
  SQLITE_LIKE_DOESNT_MATCH_BLOBS SQLITE_STRICT_SUBTYPE=1 SQLITE_MAX_ATTACHED=2
  SQLITE_DEFAULT_MEMSTATUS=0      # Its counter is a lock around every allocation.
  SQLITE_ENABLE_FTS5)
target_link_libraries(hansa_sqlite INTERFACE Threads::Threads m)
