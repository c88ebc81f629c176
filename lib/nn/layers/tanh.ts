/** `torch.nn.Tanh`. */
import { tanh, type Tensor } from "../../tensor/index.js";
import { Module } from "../module.js";

/** The hyperbolic tangent of each number. */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return tanh(x);
  }
}
