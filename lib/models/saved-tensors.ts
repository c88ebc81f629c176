/** The tensors of a model's file, asked for by name. */
import { CheckpointError } from "../errors.js";
import type { Tensor } from "../tensor/index.js";
import { show } from "../tensor/shape.js";

export class SavedTensors {
  constructor(
    private readonly file: string,
    private readonly tensors: Readonly<Record<string, Tensor | undefined>>,
  ) {}

  /** float32 of these shapes, which the settings say. @throws CheckpointError */
  parameters<K extends string>(shapes: Readonly<Record<K, readonly number[]>>): Record<K, Tensor> {
    const names = Object.keys(shapes) as K[];
    const found = names.map((name) => {
      const shape = show(shapes[name]);
      return [
        name,
        this.take(name, `${shape} as config.json says`, "float32", (t) => show(t.shape) === shape),
      ];
    });
    return Object.fromEntries(found) as Record<K, Tensor>;
  }

  /** One of a number of dimensions, with something in it. @throws CheckpointError */
  ofRank(name: string, rank: number, dtype: Tensor["dtype"] = "int32"): Tensor {
    const fits = (t: Tensor) => t.rank === rank && t.numel > 0;
    return this.take(name, `of ${rank} dimensions`, dtype, fits);
  }

  /** What is wrong with the file, to be thrown. */
  damaged(problem: string): CheckpointError {
    return new CheckpointError(this.file, problem);
  }

  /** What `make` makes of the tensors. @throws CheckpointError where it throws: they do not fit */
  build<T>(make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (error instanceof CheckpointError) throw error;
      throw this.damaged(`${(error as Error).message}; the file is damaged`);
    }
  }

  private take(
    name: string,
    expected: string,
    dtype: Tensor["dtype"],
    fits: (tensor: Tensor) => boolean,
  ): Tensor {
    const got = this.tensors[name];
    if (got?.dtype === dtype && fits(got)) return got;
    const what = got === undefined ? "no such tensor" : `${got.dtype} ${show(got.shape)}`;
    throw this.damaged(`tensor ${name}: expected ${dtype} ${expected}, got ${what}`);
  }
}
