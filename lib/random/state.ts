import { ValueError } from "../errors.js";
import type { MT19937 } from "./mt19937.js";

/** Everything a generator is: what `torch.Generator.get_state` stores. */
export interface GeneratorState {
  initialSeed: bigint;
  readonly engine: MT19937;
  cachedNormal: number | undefined;
}

/** Size of PyTorch's CPU generator state in bytes. */
const BYTES = 5056;
const WORDS = 624;

/** Byte offsets of PyTorch's little-endian layout; the bytes between are always 0 on a CPU. */
const SEED = 0; // u64
const LEFT = 8; // i32, reads until the block is regenerated, that one included
const SEEDED = 12; // i32, always 1
const POSITION = 16; // u64
const ENGINE = 24; // 624 words before tempering, each in a u64
const NORMAL = 5024; // f64
const HAS_NORMAL = 5040; // i32

/** PyTorch writes 1 both for a used-up block and, with position 0, for a fresh seed. */
function readsLeft(position: number): number {
  return position === 0 ? 1 : WORDS + 1 - position;
}

/** The state as the 5056 bytes that `torch.Generator.get_state()` returns. */
export function encodeState(state: GeneratorState): Uint8Array {
  const view = new DataView(new ArrayBuffer(BYTES));
  const { position } = state.engine;
  view.setBigUint64(SEED, state.initialSeed, true);
  view.setInt32(LEFT, readsLeft(position), true);
  view.setInt32(SEEDED, 1, true);
  view.setBigUint64(POSITION, BigInt(position), true);
  for (const [k, word] of state.engine.words().entries())
    view.setUint32(ENGINE + 8 * k, word, true);
  view.setFloat64(NORMAL, state.cachedNormal ?? 0, true);
  view.setInt32(HAS_NORMAL, state.cachedNormal === undefined ? 0 : 1, true);
  return new Uint8Array(view.buffer);
}

/**
 * Puts 5056 bytes, ours or PyTorch's, into `state`; refuses bytes that no generator wrote and then
 * changes nothing.
 */
export function decodeState(bytes: Uint8Array, state: GeneratorState): void {
  if (bytes.length !== BYTES) {
    throw new ValueError(
      `setState: expected the ${BYTES} bytes of a torch.Generator on the CPU, got ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, BYTES);
  const position = Number(view.getBigUint64(POSITION, true));
  const left = view.getInt32(LEFT, true);
  if (view.getInt32(SEEDED, true) !== 1 || position > WORDS || left !== readsLeft(position)) {
    const found = `position ${position} with ${left} reads left`;
    throw new ValueError(
      `setState: these bytes are no generator state (${found}); was the file edited?`,
    );
  }
  state.initialSeed = view.getBigUint64(SEED, true);
  state.engine.restore(
    Uint32Array.from({ length: WORDS }, (_, k) => view.getUint32(ENGINE + 8 * k, true)),
    position,
  );
  state.cachedNormal =
    view.getInt32(HAS_NORMAL, true) === 0 ? undefined : view.getFloat64(NORMAL, true);
}
