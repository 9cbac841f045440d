"""The CUDA twins of the native operators: a file ``NAME.py`` of this folder holds ``NAME(on, ...)`` and is registered.

``on`` is the runtime to work on; names, arguments and results are those of ``kuleshov._cpu``.
"""
