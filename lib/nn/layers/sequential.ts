/** `torch.nn.Sequential`. */
import { instance, listOf } from "../../check.js";
import type { Tensor } from "../../tensor/index.js";
import { Module } from "../module.js";

const modulesOf = listOf(instance(Module, "a Module"));

/** Modules one after the other, named "0", "1", ...; `net[0]` is the first. */
export class Sequential extends Module {
  readonly [place: number]: Module;
  /** how many modules */
  readonly length: number;

  /**
   * In the order in which they are applied.
   * @throws ValueError for what is no module
   */
  constructor(...modules: Module[]) {
    super();
    this.length = modulesOf("Sequential: modules", modules).length;
    Object.assign(this, modules);
  }

  /** The output of each is the input of the next. */
  forward(x: Tensor): Tensor {
    for (let i = 0; i < this.length; i++) x = this[i].forward(x);
    return x;
  }
}
