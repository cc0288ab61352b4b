# Compares what the shared library exports with the checked-in list, or with REFRESH=ON writes that list.
#   cmake -DNM=nm -DLIBRARY=libmedseal.so.0 -DLIST=lib/abi/exports.txt [-DREFRESH=ON] -P exports.cmake
execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY} OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" table "${table}")
set(symbols "")
foreach(line IN LISTS table)
  string(REGEX REPLACE "^[0-9a-f]* +([A-Za-z]) +([^@]+).*$" "\\1;\\2" entry "${line}")
  list(GET entry 0 kind)
  list(GET entry 1 name)
  if(NOT kind STREQUAL "A") # the version node itself
    list(APPEND symbols ${name})
  endif()
endforeach()
list(SORT symbols)

set(strangers ${symbols})
list(FILTER strangers EXCLUDE REGEX "^medseal_")
if(strangers)
  message(FATAL_ERROR "Only medseal_* may be exported, but the library shows: ${strangers}")
endif()

if(REFRESH)
  list(JOIN symbols "\n" text)
  file(WRITE ${LIST} "${text}\n")
  message(STATUS "wrote ${LIST}")
  return()
endif()

file(STRINGS ${LIST} expected)
set(added ${symbols})
list(REMOVE_ITEM added ${expected})
set(removed ${expected})
list(REMOVE_ITEM removed ${symbols})
if(added OR removed)
  message(FATAL_ERROR "The library's symbols differ from ${LIST}.\n  not in the list: ${added}\n"
                      "  gone from the library: ${removed}\nIf that is meant, build the target update_exports and commit "
                      "the list.")
endif()
