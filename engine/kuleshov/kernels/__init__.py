"""Measurements of frames: one file an operator, which takes a ``FrameBatch`` and works on its device."""

# Not lazy, unlike other rooms: an operator has the name of its file, and after the file is loaded Python would return
# the module instead of the function. Only NumPy and the native module are loaded.
from kuleshov.kernels.color_histogram import color_histogram
from kuleshov.kernels.frame_difference import FrameDifference, frame_difference
from kuleshov.kernels.frame_stats import FrameStats, frame_stats
from kuleshov.kernels.global_motion import GlobalMotion, global_motion
from kuleshov.kernels.model_input import model_input, surface_model_input
from kuleshov.kernels.optical_flow import Flow, optical_flow
from kuleshov.kernels.rgb_frames import rgb_frames
from kuleshov.kernels.shrink import shrink
from kuleshov.kernels.tone_map import tone_map
from kuleshov.kernels.transition_scores import transition_scores

__all__ = [
    "Flow",
    "FrameDifference",
    "FrameStats",
    "GlobalMotion",
    "color_histogram",
    "frame_difference",
    "frame_stats",
    "global_motion",
    "model_input",
    "optical_flow",
    "rgb_frames",
    "shrink",
    "surface_model_input",
    "tone_map",
    "transition_scores",
]
