#pragma once

namespace mm::test {

// Runs the recorded training in the file and writes its final parameters to stdout; 0, or 1 with a
// line on stderr.
int replay(const char* path, int threads);

}  // namespace mm::test
