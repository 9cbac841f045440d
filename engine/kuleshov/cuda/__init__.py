"""The CUDA room: the runtime of a device, how kernels are compiled and launched, and the operators' CUDA twins."""
