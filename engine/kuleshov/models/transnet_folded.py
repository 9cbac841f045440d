"""TransNetV2's network in fewer, larger steps: equal to the package's network, in half of its time on a CPU.

The package uses three-dimensional convolutions, which are slow on CPUs. Here

- a (1, 3, 3) convolution is a flat one over the pictures of all frames, and a (3, 1, 1) convolution is a flat one over
  an image whose rows are the frames and whose columns are the pixels of a picture: with channels last in memory both
  are views of the same numbers;
- the four branches of the first block, each of two convolutions without an activation between, are one convolution over
  nine copies of the film, shifted in time;
- normalisation after a convolution is part of its weights;
- pooling and adding are done per branch, before the branches are joined.

``docs/performance.md`` has the figures, and those of other engines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

# How many frames later each copy of the film is, for branches that look 1, 2, 4 and 8 frames back and ahead.
_DILATIONS = (1, 2, 4, 8)
_SHIFTS = (-8, -4, -2, -1, 0, 1, 2, 4, 8)


class FoldedNetwork:
    """Scores windows like ``network``, the package's, with folded convolutions and the same last layers.

    Convolutions are in ``dtype``, the last layers in float32. In the tests, scores in float32 are within 1e-5 of the
    package's, and in float16 within 2e-3.
    """

    def __init__(self, network: Any, *, device: str, dtype: Any) -> None:
        import torch

        self._dtype = dtype
        self._device = device
        with torch.inference_mode():
            start, *later = [block for stack in network.SDDCNN for block in stack.DDCNN]
            self._start = self._placed(_composed(start))
            self._later = [[self._placed_branch(branch) for branch in _branches(block)] for block in later]
        # The layers after the convolutions take little time: they are the package's own.
        self._similarity = network.frame_sim_layer.to(device)
        self._histograms = network.color_hist_layer.to(device)
        self._join = network.fc1.to(device)
        self._heads = network.cls_layer1.to(device), network.cls_layer2.to(device)

    def __call__(self, windows: Any) -> Any:
        """Return both scores of every frame, float32 ``[B, T, 2]``, 0..1, of windows uint8 ``[B, T, 27, 48, 3]``."""
        import torch

        film_shape = windows.shape[:2]
        *means, picture = self.convolved(windows)
        similarity = self._similarity([mean.float().view(*film_shape, -1, 1, 1).transpose(1, 2) for mean in means])
        picture = picture.permute(0, 2, 3, 1).float().reshape(*film_shape, -1)
        joined = self._join(torch.cat((self._histograms(windows), similarity, picture), dim=2)).relu_()
        return torch.cat([head(joined) for head in self._heads], dim=2).sigmoid_()

    def convolved(self, windows: Any) -> Iterator[Any]:
        """Yield the channel means ``[B * T, C]`` after each stack, then the last stack's output ``[B * T, C, 3, 6]``.

        This is nearly all of the time: the part for another engine.
        """
        import torch
        from torch.nn import functional

        batch = len(windows)
        weights, bias = self._start
        x = functional.conv2d(_shifted_copies(windows, self._dtype), weights, bias, padding=1).relu_()
        for number, branches in enumerate(self._later):
            if number % 2 == 1:  # the first block of a stack
                x = torch.cat([_convolve(x, branch, batch).relu_() for branch in branches], dim=1)
                continue
            shortcuts = x.chunk(len(branches), dim=1)
            x = torch.cat(
                [
                    functional.avg_pool2d(_convolve(x, branch, batch).relu_().add_(shortcut), 2)
                    for branch, shortcut in zip(branches, shortcuts, strict=True)
                ],
                dim=1,
            )
            yield x.mean(dim=(2, 3))
        yield x

    def _placed(self, weights_and_bias: tuple[Any, Any]) -> tuple[Any, Any]:
        import torch

        weights, bias = (values.to(self._device, self._dtype) for values in weights_and_bias)
        return weights.contiguous(memory_format=torch.channels_last), bias

    def _placed_branch(self, branch: _Branch) -> _Branch:
        in_space, bias = self._placed((branch.in_space, branch.bias))
        in_time, _ = self._placed((branch.in_time, branch.bias))
        return _Branch(in_space, in_time, bias, branch.dilation)


class _Branch(NamedTuple):
    """A convolution of pictures, ``[2F, C, 3, 3]``, then one of their sequence, ``[F, 2F, 3, 1]``, with a bias."""

    in_space: Any
    in_time: Any
    bias: Any
    dilation: int


def _branches(block: Any) -> Iterator[_Branch]:
    """The branches of a block of the package, its normalisation in their weights; float64."""
    norm = block.bn
    scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    shift = norm.bias.double() - norm.running_mean.double() * scale
    branches = (block.Conv3D_1, block.Conv3D_2, block.Conv3D_4, block.Conv3D_8)
    for dilation, branch, its_scale, its_shift in zip(
        _DILATIONS, branches, scale.chunk(4), shift.chunk(4), strict=True
    ):
        in_space, in_time = (layer.weight.double() for layer in branch.layers)
        in_time = in_time.flatten(3) * its_scale[:, None, None, None]
        yield _Branch(in_space.squeeze(2), in_time, its_shift, dilation)


def _composed(block: Any) -> tuple[Any, Any]:
    """One convolution of ``_shifted_copies`` that equals the branches of the first block: weights and bias."""
    import torch

    branches = list(_branches(block))
    weights = []
    for branch in branches:
        filters = torch.einsum("fmt,mcyx->ftcyx", branch.in_time[..., 0], branch.in_space)
        of_shift = dict(zip((-branch.dilation, 0, branch.dilation), filters.unbind(dim=1), strict=True))
        nothing = torch.zeros_like(filters[:, 0])
        weights.append(torch.cat([of_shift.get(shift, nothing) for shift in _SHIFTS], dim=1))
    return torch.cat(weights), torch.cat([branch.bias for branch in branches])


def _shifted_copies(windows: Any, dtype: Any) -> Any:
    """Return ``[B * T, 27, 27, 48]``: for each frame the three channels of the frames around it, black outside."""
    import torch
    from torch.nn import functional

    frames, reach = windows.shape[1], max(_SHIFTS)
    padded = functional.pad(windows, (0, 0) * 3 + (reach, reach))
    copies = [padded[:, reach + shift : reach + shift + frames] for shift in _SHIFTS]
    return torch.cat(copies, dim=4).to(dtype).div_(255).flatten(0, 1).permute(0, 3, 1, 2)


def _convolve(x: Any, branch: _Branch, batch: int) -> Any:
    """Return ``[B * T, F, H, W]`` of ``[B * T, C, H, W]``, both with channels last in memory."""
    from torch.nn import functional

    height, width = x.shape[2:]
    pictures = functional.conv2d(x, branch.in_space, padding=1).permute(0, 2, 3, 1)
    sequence = pictures.reshape(batch, -1, height * width, pictures.shape[3]).permute(0, 3, 1, 2)
    reach = branch.dilation
    sequence = functional.conv2d(sequence, branch.in_time, branch.bias, padding=(reach, 0), dilation=(reach, 1))
    return sequence.permute(0, 2, 3, 1).reshape(len(x), height, width, -1).permute(0, 3, 1, 2)
