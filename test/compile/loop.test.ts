/**
 * `run` stands for the plain loop `prepare(i); step()` also where the two share tensors and
 * gradients.
 */
import { describe, expect, it } from "vitest";
import {
  AdamW,
  compile,
  CompileError,
  crossEntropy,
  Generator,
  IndexError,
  linearCrossEntropy,
  noGrad,
  randn,
  SGD,
  type Tensor,
  tensor,
  zeros,
} from "../../lib/index.js";

interface Runner {
  run(steps: number, prepare?: (i: number) => void): Float32Array;
}
type Make = (step: () => Tensor, inputs?: readonly Tensor[]) => Runner;

const compiled: Make = (step, inputs = []) => compile(step, { inputs });
const written: Make = (step) => ({
  run: (steps, prepare = () => undefined) =>
    Float32Array.from(
      Array.from({ length: steps }, (_, i) => {
        prepare(i);
        return [...step().toTypedArray()];
      }).flat(),
    ),
});

/** Two parameters with a loss, and an optimizer. */
function network() {
  const generator = new Generator(5);
  const [w, b, x, y] = [
    randn([3, 4], { generator }),
    zeros([4]),
    randn([2, 3], { generator }),
    tensor([1, 3], { dtype: "int32" }),
  ];
  w.requiresGrad = b.requiresGrad = true;
  const optimizer = new SGD([w, b], 0.5);
  const loss = (): Tensor => crossEntropy(x.matmul(w).add(b), y);
  const step = (): Tensor => {
    optimizer.zeroGrad();
    const l = loss();
    l.backward();
    optimizer.update();
    return l;
  };
  return {
    w,
    b,
    optimizer,
    loss,
    step,
    prepare: () => {
      optimizer.prepare();
    },
    inputs: [optimizer.scalars],
  };
}

const numbers = (t: Tensor | null): number[] | null => t && [...t.toTypedArray()];

const programs: [string, (make: Make) => unknown][] = [
  [
    "gradients made inside, forgotten and used outside",
    (make) => {
      const { w, optimizer, loss } = network();
      const c = make(() => {
        const l = loss();
        l.backward();
        return l;
      });
      return Array.from({ length: 6 }, () => {
        optimizer.zeroGrad();
        const losses = c.run(1);
        optimizer.step();
        return [...losses, ...(numbers(w.grad) ?? [])];
      });
    },
  ],
  [
    "gradients that add up over four runs",
    (make) => {
      const { w, optimizer, loss } = network();
      const c = make(() => {
        const l = loss();
        l.backward();
        return l;
      });
      return Array.from({ length: 16 }, (_, i) => {
        const losses = [...c.run(1), ...(numbers(w.grad) ?? [])];
        if (i % 4 === 3) {
          optimizer.step();
          optimizer.zeroGrad();
        }
        return losses;
      });
    },
  ],
  [
    "gradients that add up over four steps of one run",
    (make) => {
      const { w, optimizer, loss } = network();
      const c = make(() => {
        const l = loss();
        l.backward();
        return l;
      });
      const losses = c.run(16, (i) => {
        if (i % 4 === 0) optimizer.zeroGrad();
      });
      return [...losses, numbers(w.grad)];
    },
  ],
  [
    "gradients forgotten by prepare",
    (make) => {
      const { w, optimizer, loss, inputs } = network();
      const c = make(() => {
        const l = loss();
        l.backward();
        optimizer.update();
        return l;
      }, inputs);
      return [
        ...c.run(6, () => {
          optimizer.zeroGrad();
          optimizer.prepare();
        }),
        numbers(w.grad),
      ];
    },
  ],
  [
    "a step as written in between",
    (make) => {
      const { w, step, prepare, inputs } = network();
      const c = make(step, inputs);
      c.run(3, prepare);
      prepare();
      step();
      const between = numbers(w.grad);
      c.run(1, prepare);
      return [between, numbers(w.grad), numbers(w)];
    },
  ],
  [
    "two steps that share parameters",
    (make) => {
      const { w, optimizer, loss, step, prepare, inputs } = network();
      const a = make(step, inputs);
      const b = make(() => {
        optimizer.zeroGrad();
        const l = loss().mul(3);
        l.backward();
        optimizer.update();
        return l;
      }, inputs);
      return Array.from({ length: 5 }, () =>
        [a, b].map((c) => [...c.run(1, prepare), ...(numbers(w.grad) ?? [])]),
      );
    },
  ],
  [
    "a gradient replaced inside",
    (make) => {
      const { w, optimizer, loss, prepare, inputs } = network();
      const c = make(() => {
        optimizer.zeroGrad();
        const l = loss();
        l.backward();
        w.grad = noGrad(() => w.grad?.mul(0.5) ?? null);
        optimizer.update();
        return l;
      }, inputs);
      return Array.from({ length: 5 }, () => [...c.run(1, prepare), ...(numbers(w.grad) ?? [])]);
    },
  ],
  [
    "prepare reads a parameter",
    (make) => {
      const { w, step, prepare, inputs } = network();
      const seen: number[] = [];
      make(step, inputs).run(6, () => {
        seen.push(...w.toTypedArray());
        prepare();
      });
      return seen;
    },
  ],
  [
    "prepare reads a gradient after it has set the inputs",
    (make) => {
      const { w, optimizer, step, prepare, inputs } = network();
      const norms: number[] = [];
      make(step, inputs).run(6, (i) => {
        optimizer.lr = 0.1 * (i + 1);
        prepare();
        norms.push(w.grad?.mul(w.grad).sum().item() ?? 0);
      });
      return [norms, numbers(w)];
    },
  ],
  [
    "prepare changes a parameter",
    (make) => {
      const { w, step, prepare, inputs } = network();
      return [
        ...make(step, inputs).run(6, () => {
          noGrad(() => w.mul_(0.9));
          prepare();
        }),
        numbers(w),
      ];
    },
  ],
  [
    "prepare sets a tensor that is not among the inputs",
    (make) => {
      const x = tensor([0]);
      return [...make(() => x.mul(2)).run(6, (i) => void x.copy_(tensor([i])))];
    },
  ],
  [
    "an input that the step changes",
    (make) => {
      const [t, one] = [tensor([0]), tensor([1])];
      return [...make(() => noGrad(() => t.add_(one)), [t]).run(6)];
    },
  ],
  [
    "an input that is part of what the step reads",
    (make) => {
      const x = zeros([4]);
      return [
        ...make(() => x.sum(), [x.slice(0, 0, 2)]).run(
          6,
          (i) => void x.copy_(tensor([i, i, i, i])),
        ),
      ];
    },
  ],
  [
    "prepare runs another step on the same parameters",
    (make) => {
      const { w, b, optimizer, loss, inputs } = network();
      const t = zeros([4]);
      const inner = make(() => noGrad(() => t.copy_(b.mul(2))));
      const c = make(() => {
        optimizer.zeroGrad();
        const l = loss().add(t.sum());
        l.backward();
        optimizer.update();
        return l;
      }, inputs);
      return [
        ...c.run(6, () => {
          inner.run(1);
          optimizer.prepare();
        }),
        numbers(t),
        numbers(w),
      ];
    },
  ],
  [
    "prepare runs the same step",
    (make) => {
      const x = tensor([0]);
      const c = make(() => x.mul(2), [x]);
      c.run(3);
      let nested = false;
      return [
        ...c.run(4, (i) => {
          if (!nested) {
            nested = true;
            for (let k = 0; k < 3; k++) c.run(1, () => void x.copy_(tensor([100 + k])));
            nested = false;
          }
          x.copy_(tensor([i]));
        }),
      ];
    },
  ],
  [
    "prepare ends the run",
    (make) => {
      const { w, optimizer, step, prepare, inputs } = network();
      const c = make(step, inputs);
      c.run(3, prepare);
      expect(() =>
        c.run(10, (i) => {
          optimizer.lr = 0.1 * (i + 1);
          if (i === 6) throw new RangeError("no more data");
          prepare();
        }),
      ).toThrow(RangeError);
      return [numbers(w), optimizer.steps];
    },
  ],
  [
    "two backward passes through a tiled loss",
    (make) => {
      const { w, b } = network();
      const [x, y] = [
        randn([5, 3], { generator: new Generator(1) }),
        tensor([1, 3, 0, 2, 1], { dtype: "int32" }),
      ];
      const optimizer = new AdamW([w, b], { lr: 0.1 });
      const c = make(() => {
        optimizer.zeroGrad();
        const l = linearCrossEntropy(x, w, b, y);
        l.backward(undefined, { retainGraph: true });
        l.backward();
        optimizer.update();
        return l;
      }, [optimizer.scalars]);
      return [
        ...c.run(5, () => {
          optimizer.prepare();
        }),
        numbers(w),
        numbers(w.grad),
      ];
    },
  ],
  [
    "a result that no kernel of the step touches",
    (make) => {
      const k = zeros([1]);
      return [...make(() => k).run(8, (i) => void k.copy_(tensor([i])))];
    },
  ],
  [
    "a running loss, kept outside",
    (make) => {
      const { step } = network();
      const running = zeros([1]);
      const c = make(() => {
        step();
        return running;
      });
      return [
        ...c.run(8, (i) => {
          running.mul_(0.5).add_(i);
        }),
      ];
    },
  ],
  [
    "gradients kept from step to step, and from run to run",
    (make) => {
      const { w, step, prepare, inputs } = network();
      const c = make(step, inputs);
      const kept: (Tensor | null)[] = [];
      for (let k = 0; k < 4; k++) {
        c.run(4, (i) => {
          if (i % 2 === 1) kept.push(w.grad);
          prepare();
        });
        kept.push(w.grad);
      }
      return kept.map(numbers);
    },
  ],
  [
    "a gradient that is the result",
    (make) => {
      const { w, b, step, prepare, inputs } = network();
      const c = make(() => {
        step();
        return w.grad as Tensor;
      }, inputs);
      const kept: (Tensor | null)[] = [];
      return [
        ...c.run(6, () => {
          kept.push(w.grad);
          prepare();
        }),
        kept.map(numbers),
        numbers(b),
      ];
    },
  ],
  [
    "gradients that share memory",
    (make) => {
      const [a, b, v, x] = [tensor([1, 2]), tensor([3, 4]), tensor([0]), tensor([1, 1])];
      a.requiresGrad = b.requiresGrad = v.requiresGrad = true;
      const c = make(() => {
        a.grad = b.grad = null;
        const l = a.mul(b).mul(x).sum();
        l.backward();
        a.grad = b.grad;
        v.grad = (b.grad as unknown as Tensor).slice(0, 1);
        return l;
      }, [x]);
      c.run(6, (i) => void x.copy_(tensor([i, 1])));
      (a.grad as unknown as Tensor).mul_(2);
      const seen = [a.grad === b.grad, ...[a, b, v].map((t) => numbers(t.grad))];
      c.run(3, (i) => void x.copy_(tensor([i, 2])));
      b.sum().backward();
      return [...seen, ...[a, b, v].map((t) => numbers(t.grad))];
    },
  ],
  [
    "a gradient laid out in another way",
    (make) => {
      const [w, x] = [
        tensor([
          [1, 2],
          [3, 4],
        ]),
        tensor([1]),
      ];
      w.requiresGrad = true;
      const c = make(
        () =>
          noGrad(() => {
            w.grad = w.mul(x).t();
            return w.sum();
          }),
        [x],
      );
      c.run(6, (i) => void x.copy_(tensor([i])));
      return [(w.grad as unknown as Tensor).strides, numbers(w.grad)];
    },
  ],
  [
    "requirements that the step sets",
    (make) => {
      const [w, x] = [tensor([1, 2]), tensor([1])];
      const seen: boolean[] = [];
      const c = make(() => {
        w.requiresGrad = true;
        w.grad = null;
        const l = w.mul(x).sum();
        l.backward();
        w.requiresGrad = false;
        return l;
      }, [x]);
      c.run(8, (i) => {
        seen.push(w.requiresGrad);
        w.requiresGrad = true;
        x.copy_(tensor([i]));
      });
      return [...seen, w.requiresGrad, numbers(w.grad)];
    },
  ],
  [
    "a tape over what the optimizer keeps",
    (make) => {
      const { w, b, loss } = network();
      const optimizer = new SGD([w, b], { lr: 0.1, momentum: 0.9 });
      const c = make(() => {
        optimizer.zeroGrad();
        const l = loss();
        l.backward();
        optimizer.update();
        return l;
      }, [optimizer.scalars]);
      const seen: string[] = [];
      let old: Tensor | undefined;
      c.run(6, () => {
        try {
          old?.backward();
          seen.push("a gradient");
        } catch (error) {
          seen.push((error as Error).message);
        }
        old = w.mul(optimizer.state.momentum_buffer[0]).sum();
        optimizer.prepare();
      });
      return seen;
    },
  ],
  [
    "a parameter frozen, and freed, between the steps and between the runs",
    (make) => {
      const { w, b, step, prepare, inputs } = network();
      const c = make(step, inputs);
      const seen = [
        ...c.run(12, (i) => {
          b.requiresGrad = i < 4 || i > 8;
          prepare();
        }),
        numbers(b),
      ];
      w.requiresGrad = false;
      seen.push(...c.run(5, prepare), numbers(w));
      w.requiresGrad = true;
      return [...seen, ...c.run(5, prepare), numbers(w), numbers(b)];
    },
  ],
  [
    "a parameter frozen at every other step",
    (make) => {
      const { b, step, prepare, inputs } = network();
      return [
        ...make(step, inputs).run(20, (i) => {
          b.requiresGrad = i % 2 === 0;
          prepare();
        }),
        numbers(b),
      ];
    },
  ],
  [
    "a run without a tape",
    (make) => {
      const { w, loss } = network();
      const c = make(() => {
        const l = loss();
        if (l.requiresGrad) l.backward();
        return l;
      });
      c.run(4);
      noGrad(() => c.run(4));
      return [...c.run(1), numbers(w.grad)];
    },
  ],
  [
    "a tape of one prepare, used in the next",
    (make) => {
      const { w, step, prepare, inputs } = network();
      const seen: string[] = [];
      let old: Tensor | undefined;
      make(step, inputs).run(8, () => {
        try {
          old?.backward();
          seen.push(String(numbers(w.grad)));
        } catch (error) {
          seen.push((error as Error).message);
        }
        old = w.mul(w).sum();
        prepare();
      });
      return seen;
    },
  ],
  [
    "an index out of range, where prepare looks and catches",
    (make) => {
      const [w, ix] = [tensor([1, 2, 3]), zeros([1], "int32")];
      w.requiresGrad = true;
      const seen: unknown[] = [];
      const c = make(() => {
        w.grad = null;
        const l = w.index(ix).sum();
        l.backward();
        return l;
      }, [ix]);
      for (let k = 0; k < 2; k++) {
        try {
          c.run(8, (i) => {
            try {
              seen.push(numbers(w), numbers(w.grad));
            } catch (error) {
              seen.push("caught", String(error));
            }
            ix.copy_(tensor([i === 5 ? 9 : i % 3], { dtype: "int32" }));
          });
        } catch (error) {
          seen.push(String(error));
        }
        seen.push(numbers(w.grad), numbers(ix));
      }
      return seen;
    },
  ],
  [
    "a leaf made inside the step",
    (make) => {
      const x = tensor([1, 2, 3]);
      return [
        ...make(() => {
          const leaf = x.detach();
          leaf.requiresGrad = true;
          leaf.mul(leaf).sum().backward();
          return (leaf.grad as Tensor).clone();
        }, [x]).run(5, (i) => void x.copy_(tensor([i, 2, 3]))),
      ];
    },
  ],
];

it.each(programs)("%s", (_, program) => {
  expect(program(compiled)).toEqual(program(written));
});

it("an index out of range: the steps before it are done", () => {
  const [table, ix] = [tensor([0, 0, 0]), zeros([1], "int32")];
  const one = tensor([1]);
  const c = compile(() => noGrad(() => table.add_(one.mul(table.index(ix).add(1)))), {
    inputs: [ix],
  });
  c.run(3);
  expect(() => c.run(8, (i) => void ix.copy_(tensor([i], { dtype: "int32" })))).toThrow(IndexError);
  expect(numbers(table)).toEqual([63, 63, 63]);
});

describe("an index out of range that the step itself computes", () => {
  /**
   * The fourth row leads out of the table; what prepare does after it depends on when it is found.
   */
  function program() {
    const [w, b, rows, ix] = [
      tensor([1, 2, 3]),
      tensor([1]),
      tensor([0, 1, 2, 9], { dtype: "int32" }),
      zeros([1], "int32"),
    ];
    w.requiresGrad = b.requiresGrad = true;
    const step = (): Tensor => {
      w.grad = null;
      const l = w.index(rows.index(ix)).mul(b).sum();
      l.backward();
      noGrad(() => w.sub_((w.grad as Tensor).mul(0.1)));
      return l;
    };
    const set = (i: number): void =>
      void ix.copy_(tensor([i === 6 ? 3 : i % 3], { dtype: "int32" }));
    return { w, b, ix, step, set, state: () => [w, w.grad, b.grad, ix].map(numbers) };
  }
  function expected(): unknown {
    const { step, set, state } = program();
    expect(() => written(step).run(10, set)).toThrow(IndexError);
    return state();
  }

  it("leaves what the step as written leaves, gradients and inputs too", () => {
    const { ix, step, set, state } = program();
    expect(() => compiled(step, [ix]).run(10, set)).toThrow(IndexError);
    expect(state()).toEqual(expected());
  });

  it("is thrown by the run, where a prepare that looks has caught it, or has thrown something else on it", () => {
    for (const after of ["nothing", "another error"]) {
      const { w, ix, step, set, state } = program();
      let looked = false;
      expect(() =>
        compiled(step, [ix]).run(10, (i) => {
          if (i < 7) {
            set(i);
            return;
          }
          try {
            w.item();
          } catch {
            looked = true;
            if (after === "another error") throw new RangeError("mine");
          }
          numbers(w);
        }),
      ).toThrow(IndexError);
      expect(looked).toBe(true);
      expect(state()).toEqual(expected());
    }
  });
});

describe("a step that ends in its middle", () => {
  const at = (rows: Tensor, ix: Tensor, table: Tensor): Tensor => table.index(rows.index(ix)).sum();
  type Ending = (w: Tensor, x: Tensor, fails: () => Tensor) => Tensor;
  const endings: [string, Ending][] = [
    [
      "between two gradients of a leaf",
      (w, x, fails) => {
        w.grad = null;
        w.mul(x).sum().backward();
        const k = fails();
        noGrad(() => {
          w.grad = (w.grad as unknown as Tensor).mul(k);
        });
        return k;
      },
    ],
    [
      "between computing a gradient and setting it",
      (w, x, fails) => {
        const g = noGrad(() => x.mul(w));
        const k = fails();
        w.grad = g;
        return k;
      },
    ],
    [
      "before a gradient that is changed after it was set",
      (w, x, fails) => {
        const g = noGrad(() => x.mul(w));
        const k = fails();
        w.grad = g;
        noGrad(() => g.mul_(k));
        return k;
      },
    ],
  ];
  it.each(endings)("%s leaves what the step as written leaves", (_, step) => {
    const program = (make: Make) => {
      const [w, x, ix] = [tensor([1, 2]), tensor([1, 1]), zeros([1], "int32")];
      const [rows, table] = [tensor([0, 1, 9], { dtype: "int32" }), tensor([1, 2])];
      w.requiresGrad = true;
      const c = make(() => step(w, x, () => at(rows, ix, table)), [x, ix]);
      const set =
        (last: number) =>
        (i: number): void => {
          x.copy_(tensor([i, i + 1]));
          ix.copy_(tensor([i === last ? 2 : i % 2], { dtype: "int32" }));
        };
      const seen: unknown[] = [];
      for (const last of [5, 3, 9]) {
        try {
          seen.push(...c.run(7, set(last)));
        } catch (error) {
          seen.push((error as Error).name, numbers(w.grad), numbers(x), numbers(ix));
        }
      }
      return seen.map(String);
    };
    expect(program(compiled)).toEqual(program(written));
  });

  it("leaves another compiled step's gradient what it was", () => {
    const program = (make: Make) => {
      const [w, x, ix] = [tensor([1, 2]), tensor([1, 1]), zeros([1], "int32")];
      const [rows, table] = [tensor([0, 1, 9], { dtype: "int32" }), tensor([1, 2])];
      w.requiresGrad = true;
      const whole = make(() => {
        w.grad = null;
        const l = w.mul(x).sum();
        l.backward();
        return l;
      }, [x]);
      const ends = make(() => {
        const k = at(rows, ix, table);
        w.grad = null;
        w.mul(x).sum().backward();
        return k;
      }, [x, ix]);
      const set = (i: number): void => void x.copy_(tensor([i, 3]));
      ends.run(4, (i) => void ix.copy_(tensor([i % 2], { dtype: "int32" })));
      whole.run(4, set);
      expect(() => ends.run(1, () => void ix.copy_(tensor([2], { dtype: "int32" })))).toThrow(
        IndexError,
      );
      const kept = w.grad;
      whole.run(4, (i) => {
        set(70 + i);
      });
      return numbers(kept);
    };
    expect(program(compiled)).toEqual(program(written));
  });

  it("leaves its inputs, where prepare has caught the error and set them anew", () => {
    const [w, x, ix] = [tensor([1, 2]), tensor([1, 1]), zeros([1], "int32")];
    const [rows, table] = [tensor([0, 1, 9], { dtype: "int32" }), tensor([1, 2])];
    const c = compile(() => noGrad(() => w.add_(x.mul(at(rows, ix, table)))), { inputs: [x, ix] });
    expect(() =>
      c.run(9, (i) => {
        try {
          w.toArray();
        } catch {
          // the run tells
        }
        x.copy_(tensor([i, i]));
        ix.copy_(tensor([i === 5 ? 2 : 0], { dtype: "int32" }));
      }),
    ).toThrow(IndexError);
    expect([numbers(x), numbers(ix)]).toEqual([[5, 5], [2]]);
  });
});

it("refuses to leave a gradient with a tape: a replay has none", () => {
  const [w, x] = [tensor([1, 2]), tensor([1])];
  w.requiresGrad = true;
  expect(() =>
    compile(() => {
      w.grad = w.mul(x);
      return w.sum();
    }).run(1),
  ).toThrow(/cannot leave a gradient that requires a gradient/);
});

describe("refuses, and goes on refusing,", () => {
  const buffers = (): [Tensor, Tensor] => [zeros([2]), zeros([2])];
  const steps: [string, () => () => Tensor, RegExp][] = [
    [
      "another result each time",
      () => {
        const x = tensor([1]);
        let n = 0;
        return () => {
          const both = [x.mul(2), x.mul(2)];
          return both[n++ % 2];
        };
      },
      /the result was another tensor/,
    ],
    [
      "two buffers read in turns",
      () => {
        const b = buffers();
        let n = 0;
        return () => b[n++ % 2].mul(2);
      },
      /one tensor from outside, then another/,
    ],
    [
      "two buffers written in turns",
      () => {
        const b = buffers();
        const x = tensor([1, 2]);
        let n = 0;
        return () => noGrad(() => b[n++ % 2].copy_(x));
      },
      /one tensor from outside, then another/,
    ],
    [
      "another gradient each time",
      () => {
        const { w, loss } = network();
        let n = 0;
        return () => {
          w.grad = null;
          const l = loss();
          l.backward();
          if (n++ % 2 === 0) w.grad = null;
          return l;
        };
      },
      /it left another gradient/,
    ],
    [
      "a number changed in place",
      () => {
        const x = tensor([1]);
        return () => {
          const c = tensor0(2);
          return noGrad(() => c.add_(x));
        };
      },
      /recorded step cannot/,
    ],
  ];
  const tensor0 = (n: number): Tensor => tensor(n);
  it.each(steps)("%s", (_, make, message) => {
    const c = compile(make());
    for (let i = 0; i < 2; i++) expect(() => c.run(5)).toThrow(message);
    expect(() => c.run(1)).toThrow(CompileError);
  });
});

it("refuses an async prepare: steps would run before their inputs are set", () => {
  const x = tensor([1]);
  const c = compile(() => x.mul(2), { inputs: [x] });
  expect(() =>
    c.run(2, (async () => {
      await Promise.reject(new Error("unheard"));
    }) as unknown as () => void),
  ).toThrow(/prepare: expected a function that returns at once/);
  expect([...c.run(2)]).toEqual([2, 2]);
});
