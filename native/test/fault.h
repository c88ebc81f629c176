#pragma once

namespace mm::test {

// One mistake that a tool must report: overrun (a kernel writes one number past its memory),
// overflow (of a signed integer), leak, uninitialised (a decision from memory that nothing was
// written to). 1: there is no such fault.
int fault(const char* name);

}  // namespace mm::test
