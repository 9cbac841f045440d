"""Measurements of frames: one file an operator, each taking a ``FrameBatch`` and working on its device."""

# Not lazy, unlike other rooms: an operator is named as its file, and Python would hand out the file, once loaded, where
# the function is meant. Nothing but NumPy and the native module is loaded.
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
