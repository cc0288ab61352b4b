# The standard headers of a target read once instead of once a file. On under the
# sanitizers alone: elsewhere a file that forgot an include of its own does not compile, and g++ 12 warns of overflows in
# precompiled std::string that are not there, which builds of the same files without it would see.
option(MEDSEAL_PRECOMPILED "Precompile the headers that most files of a target include" OFF)

set(MEDSEAL_STANDARD_HEADERS <algorithm> <array> <atomic> <chrono> <cstdint> <filesystem> <functional> <map> <memory>
    <mutex> <optional> <set> <shared_mutex> <span> <string> <string_view> <thread> <unordered_map> <variant> <vector>)

# Further headers behind the target's name.
function(medseal_precompile target)
  if(MEDSEAL_PRECOMPILED)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-stringop-overflow>
                             $<$<COMPILE_LANGUAGE:CXX>:-Wno-array-bounds>)
    endif()
    target_precompile_headers(${target} PRIVATE ${MEDSEAL_STANDARD_HEADERS} ${ARGN})
  endif()
endfunction()
