// Plans at the border: `createPlan` checks every command once, `runPlan` checks that their memory
// is still where it was.
#pragma once

#include <napi.h>

namespace mm {

// createPlan(commands, feeds, fetches, buffers) -> plan. commands: an Int32Array of, for each, its
// kernel, kOperands positions in `buffers` (-1: none) and its control words; feeds and fetches: an
// Int32Array of, for each, its position in `buffers`, its offset there and how many words it has.
Napi::Value createPlan(const Napi::CallbackInfo&);

// runPlan(plan, buffers, steps, fed, fetched) -> undefined, or [step, command, position] of an
// index or target out of range; position kNoMemory (run.h) where there is none for scratch.
Napi::Value runPlan(const Napi::CallbackInfo&);

}  // namespace mm
