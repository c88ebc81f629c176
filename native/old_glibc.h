// Lets an addon that was built on a new glibc load on an old one. glibc 2.32 and 2.34 moved these
// functions, unchanged, from libpthread into libc, under a new version; both still have the old
// one. Node brings libpthread into the process where it still is a file.
#pragma once

#include <pthread.h>  // says whether this is glibc

#if defined(MM_OLD_GLIBC) && defined(__GLIBC__)
#if defined(__x86_64__)
#define MM_SINCE "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define MM_SINCE "GLIBC_2.17"
#endif
#if defined(MM_SINCE)
__asm__(".symver pthread_attr_setstacksize, pthread_attr_setstacksize@" MM_SINCE);
__asm__(".symver pthread_create, pthread_create@" MM_SINCE);
__asm__(".symver pthread_join, pthread_join@" MM_SINCE);
__asm__(".symver pthread_sigmask, pthread_sigmask@" MM_SINCE);
#endif
#endif
