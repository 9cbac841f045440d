"""How the kernels are compiled, by CuPy on the user's machine and by nvcc in the tests."""

#: Without contraction to fused multiply-adds, floats agree with the CPU twins to the bit. CuPy adds ``-ftz=true``.
OPTIONS = ("--std=c++17", "--fmad=false")

#: The architectures that the tests compile for; CuPy compiles for any other on the user's machine.
ARCHITECTURES = ("75", "80", "86", "89", "90", "100", "120")
