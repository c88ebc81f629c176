// Tells valgrind's DRD, which knows mutexes but no atomics, what atomics order. Other tools and
// ordinary builds need no telling.
#pragma once

#if defined(MM_VALGRIND)
#include <valgrind/drd.h>
#define MM_HAPPENS_BEFORE(address) ANNOTATE_HAPPENS_BEFORE(address)
#define MM_HAPPENS_AFTER(address) ANNOTATE_HAPPENS_AFTER(address)
#define MM_ATOMIC(variable) DRD_IGNORE_VAR(variable)
#else
#define MM_HAPPENS_BEFORE(address) ((void)0)
#define MM_HAPPENS_AFTER(address) ((void)0)
#define MM_ATOMIC(variable) ((void)0)
#endif
