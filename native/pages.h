// Large pages: with 4 KiB pages, rows of a large matrix that lie 64 KiB apart cost a page walk
// each.
#pragma once

#include <cstddef>

namespace mm {

// Asks for large pages under the memory, where the system knows them and it is large enough to hold
// some. Best effort: says nothing.
void wantLargePages(void* data, size_t bytes);

}  // namespace mm
