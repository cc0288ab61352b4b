# Compiler settings every target shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 99)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# A cache that cannot be written (no home, read-only disk) would fail every compilation: try it once.
find_program(CCACHE ccache)
if(CCACHE AND NOT DEFINED CCACHE_WORKS)
  file(WRITE ${CMAKE_BINARY_DIR}/ccache_probe.c "int medseal_probe;\n")
  execute_process(COMMAND ${CCACHE} ${CMAKE_C_COMPILER} -c ccache_probe.c -o ccache_probe.o
                  WORKING_DIRECTORY ${CMAKE_BINARY_DIR} RESULT_VARIABLE probe OUTPUT_QUIET ERROR_QUIET)
  if(probe EQUAL 0)
    set(CCACHE_WORKS ON CACHE INTERNAL "ccache can write its cache")
  endif()
endif()
if(CCACHE_WORKS)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wshadow -Werror -fno-omit-frame-pointer)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>)
# g++ 12 sees overlaps in "text" + std::string that are not there (its bug 105651, mended in 13), and reads past the end
# in comparing two vectors.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict;-Wno-stringop-overread>")
endif()

# Bound at load: lazy binding spills vector registers, with whatever plaintext they hold, onto the stack.
add_link_options(-Wl,-z,relro,-z,now)

if(MEDSEAL_SANITIZE)
  # Instrumented code misleads this warning inside the standard library; the other builds keep it.
  add_compile_options(-fsanitize=${MEDSEAL_SANITIZE} -fno-sanitize-recover=all -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${MEDSEAL_SANITIZE})
endif()
