// What Debian's libstdc++ asks of glibc and musl does not have. It is there for the Node that runs in the musl root (see musl.cjs), which was
// built for Alpine's libstdc++; the addon needs neither.
#define _GNU_SOURCE
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded = 0;
struct { unsigned words[8]; } __cpu_model;
int __cpu_indicator_init(void) { return 0; }
int __cxa_thread_atexit_impl(void (*f)(void*), void* object, void* library) { return 0; }
int _dl_find_object(void* address, void* result) { return -1; }
unsigned arc4random(void) {
  unsigned x = 0;
  return getrandom(&x, sizeof x, 0) == sizeof x ? x : 0;
}
unsigned long __isoc23_strtoul(const char* text, char** end, int base) { return strtoul(text, end, base); }
size_t __strftime_l(char* s, size_t n, const char* format, const struct tm* t, locale_t l) { return strftime_l(s, n, format, t, l); }
int strfromf128(char* s, size_t n, const char* format, __float128 x) { return snprintf(s, n, "%Lg", (long double)x); }
__float128 strtof128(const char* text, char** end) { return strtold(text, end); }
