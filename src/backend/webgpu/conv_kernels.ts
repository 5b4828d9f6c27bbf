import { hasDilation, registerDilatedConvGradient } from "../dilated_conv.ts";
import { type OwnKernel, registerOwnKernel } from "../own_kernels.ts";
import { convFilterGradient } from "./conv_filter_gradient.ts";
import { convInputGradient } from "./conv_input_gradient.ts";
import { conv, fusedConv } from "./conv_forward.ts";

const KERNELS: Record<string, OwnKernel["run"]> = {
  Conv2D: conv,
  FusedConv2D: fusedConv,
  Conv2DBackpropFilter: convFilterGradient,
  Conv2DBackpropInput: convInputGradient,
};

/** Puts our convolutions in front of tfjs' own. */
export function registerConvKernels(): void {
  for (const [kernelName, run] of Object.entries(KERNELS)) {
    const oursAlone = kernelName.includes("Backprop") ? hasDilation : () => false;
    registerOwnKernel({ kernelName, backendName: "webgpu", run, oursAlone });
  }
  registerDilatedConvGradient();
}
