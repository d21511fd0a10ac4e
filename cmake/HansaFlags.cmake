# How the house's own code is compiled. Third-party sources are not bound by these flags.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
# -g1 keeps backtraces at a tenth of the disk that -g needs. NDEBUG stays undefined: assertions are
# always on.
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
if(HANSA_FUZZ OR NOT HANSA_SANITIZE STREQUAL "")
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")  # Half the time to compile; the checks are the same.
endif()
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)  # A build can be moved, and names no folder of its maker.

if(NOT CMAKE_SIZEOF_VOID_P EQUAL 8 OR NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  message(FATAL_ERROR "Hansa builds on 64-bit x86 only: the pinned DuckDB library exists for it alone.")
endif()

find_program(HANSA_CCACHE ccache)
if(HANSA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${HANSA_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${HANSA_CCACHE}")
endif()
find_program(HANSA_MOLD mold)

add_library(hansa_flags INTERFACE)
target_include_directories(hansa_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(hansa_flags INTERFACE
  -Wall -Wextra -Wswitch-enum -Wnon-virtual-dtor
  # Designated initialisers may leave out what has a default; that is the style of the house.
  -Wno-missing-field-initializers
  -D_GLIBCXX_ASSERTIONS -fPIE
  # Two builds of the same source are the same bytes, wherever they were made.
  "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.")
target_link_options(hansa_flags INTERFACE
  -pie "LINKER:-z,relro,-z,now" LINKER:-z,noexecstack LINKER:-z,separate-code
  LINKER:--enable-new-dtags LINKER:--as-needed $<$<BOOL:${HANSA_MOLD}>:-fuse-ld=mold>)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(hansa_flags INTERFACE
    -Wbidi-chars=any -Wtrampolines
    -Wno-restrict)  # g++ 12 sees overlaps in plain string concatenation (GCC bug 105651).
endif()

if(HANSA_SANITIZE STREQUAL "")
  if(NOT HANSA_FUZZ)
    # Hardening, each tried with g++ 12.
    target_compile_options(hansa_flags INTERFACE
      -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
      -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr)
    # Sanitizers and fuzzers bring their own checks of the calls that FORTIFY wraps, and their
    # instrumentation makes g++ warn of things that are not there: the ordinary build decides.
    target_compile_options(hansa_flags INTERFACE -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  endif()
elseif(HANSA_SANITIZE STREQUAL "address")
  set(HANSA_SANITIZE_FLAGS -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(HANSA_SANITIZE STREQUAL "thread")
  set(HANSA_SANITIZE_FLAGS -fsanitize=thread)
  target_compile_options(hansa_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
else()
  message(FATAL_ERROR "HANSA_SANITIZE is '${HANSA_SANITIZE}': write address, thread or nothing.")
endif()
if(HANSA_SANITIZE_FLAGS)
  target_compile_options(hansa_flags INTERFACE ${HANSA_SANITIZE_FLAGS} -fno-omit-frame-pointer)
  target_link_options(hansa_flags INTERFACE ${HANSA_SANITIZE_FLAGS})
endif()

if(HANSA_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "The fuzzers need clang: cmake -DCMAKE_CXX_COMPILER=clang++-19 ...")
  endif()
  target_compile_options(hansa_flags INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(hansa_flags INTERFACE -fsanitize=address,undefined)
endif()
