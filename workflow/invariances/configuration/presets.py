"""Transforms by one word: ``transforms: paper | photographic | imagenet-c | all`` in a config.

A transform of the library is named here, in ``ALL`` or ``OBJECTS``, and in those presets that it belongs
to; a test holds them to the registry, which a config is read without.
"""

from typing import Any, Literal, get_args

Preset = Literal["paper", "photographic", "imagenet-c", "all"]
PRESETS: tuple[Preset, ...] = get_args(Preset)

PAPER = (
    "translate_x", "translate_y", "rotate", "scale_x", "scale_y", "zoom", "brightness", "contrast",
    "grayscale", "blur", "noise",
)  # fmt: skip
"""The eleven of section III.C."""

PHOTOGRAPHIC = (
    # Where the camera stands, and how it is held; prints and slides the wrong way round.
    "translate_x", "translate_y", "rotate", "zoom", "tilt", "swing", "flip_x",
    # Light, film and lens.
    "brightness", "contrast", "grayscale", "blur", "noise",
    "exposure", "gamma", "hue", "saturation", "defocus", "motion_blur", "shot_noise",
    # The file.
    "jpeg",
)  # fmt: skip
"""What happens to a picture when it is taken, developed or sent."""

IMAGENET_C = (
    "c_gaussian_noise", "c_shot_noise", "c_impulse_noise",
    "c_defocus_blur", "c_glass_blur", "c_motion_blur", "c_zoom_blur",
    "c_snow", "c_frost", "c_fog", "c_brightness",
    "c_contrast", "c_elastic_transform", "c_pixelate", "c_jpeg_compression",
)  # fmt: skip
"""The fifteen corruptions of Hendrycks and Dietterich 2019, in their order, by severity."""

ALL = (
    *PAPER,
    "contrast_about_mean", "brightness_hsv",
    "shear_x", "shear_y", "flip_x", "flip_y", "circular_x", "circular_y", "tilt", "swing", "elastic",
    "gamma", "exposure", "solarize", "posterize", "inversion", "hue", "saturation", "mix_channels",
    "defocus", "motion_blur", "zoom_blur", "low_pass", "high_pass",
    "salt_and_pepper", "uniform_noise", "shot_noise", "phase_noise", "occlude", "occlude_around",
    "jpeg", "pixelate",
    *IMAGENET_C,
)  # fmt: skip
"""Every transform of the library for which a picture is enough."""

OBJECTS = (
    "object_translate_x", "object_translate_y", "object_rotate", "object_scale_x", "object_scale_y",
    "object_zoom",
)  # fmt: skip
"""Those that move the object alone, which has to be known: in no preset."""

MEMBERS: dict[Preset, tuple[str, ...]] = {
    "paper": PAPER,
    "photographic": PHOTOGRAPHIC,
    "imagenet-c": IMAGENET_C,
    "all": ALL,
}
"""The transforms of each preset, in the order in which they are screened."""


def spelt_out(value: Any) -> Any:
    """A preset as the transforms that it stands for, each on its default grid; anything else as it is.

    Raises ValueError for a word that is no preset.
    """
    if not isinstance(value, str):
        return value
    if value not in MEMBERS:
        raise ValueError(
            f"is no preset, which are {', '.join(PRESETS)}; or name transforms as keys"
        )
    return dict.fromkeys(MEMBERS[value])
