"""Random changes of a region's light, colours and sharpness: drawn once, then applied to its pixels on the canvas.

Hue, contrast, brightness, gamma, blur, noise and JPEG work as in tensorpack's imgaug. They are written out here because
its import brings TensorFlow into every worker process, which would start seconds later.
"""

from dataclasses import dataclass

import cv2
import numpy as np

_LIGHTNESS = 0.299, 0.587, 0.114  # weights of red, green and blue
_BEST_QUALITY = 95  # of JPEG


@dataclass(frozen=True)
class PhotometricSettings:
    """How often and how far; by default never, as in the reference."""

    hue_prob: float = 0.0
    hue: float = 180.0  # degrees on the colour circle either way, at most
    contrast_prob: float = 0.0
    contrast: float = 0.5  # differences from the mean grow or shrink by so much of them, at most
    brightness_prob: float = 0.0
    brightness: float = 0.15  # of white, more or less, at most
    gamma_prob: float = 0.0
    gamma: float = 1.6  # exponent from 1 / gamma to gamma
    invert_prob: float = 0.0
    blur_prob: float = 0.0
    blur: float = 0.06  # standard deviation in text heights, at most
    low_resolution_prob: float = 0.0
    low_resolution: float = 12.0  # text height in pixels, from so many to twice as many
    noise_prob: float = 0.0
    noise: float = 0.1  # standard deviation as a fraction of white, at most
    jpeg_prob: float = 0.0
    jpeg_quality: int = 20  # at least


@dataclass(frozen=True)
class Photometric:
    """One draw; the defaults change nothing.

    Attributes:
        hue: degrees on the colour circle.
        contrast: factor on the differences from the mean lightness.
        brightness: what is added, as a fraction of white.
        gamma: exponent of values in 0..1.
        invert: whether the values are taken from white.
        blur: standard deviation in text heights.
        low_resolution: text height in pixels at which noise and JPEG come in; text that is lower stays as it is.
        noise: standard deviation as a fraction of white.
        noise_seed: int.
        jpeg_quality: 1..100, or None for no JPEG.
    """

    hue: float = 0.0
    contrast: float = 1.0
    brightness: float = 0.0
    gamma: float = 1.0
    invert: bool = False
    blur: float = 0.0
    low_resolution: float = np.inf
    noise: float = 0.0
    noise_seed: int = 0
    jpeg_quality: int | None = None


def draw_photometric(rng, settings):
    """Draw one Photometric; the number of draws from `rng` does not depend on the outcome.

    Args:
        rng: np.random.Generator.
        settings: PhotometricSettings.
    """
    hues, contrasts, brightens, bends, inverts, blurs, shrinks, noises, compresses = rng.random(9) < (
        settings.hue_prob,
        settings.contrast_prob,
        settings.brightness_prob,
        settings.gamma_prob,
        settings.invert_prob,
        settings.blur_prob,
        settings.low_resolution_prob,
        settings.noise_prob,
        settings.jpeg_prob,
    )
    hue, contrast, brightness, gamma = rng.uniform(-1, 1, 4)
    blur, low_resolution, noise, jpeg = rng.random(4)
    return Photometric(
        hue=hue * settings.hue * hues,
        contrast=1 + contrast * settings.contrast * contrasts,
        brightness=brightness * settings.brightness * brightens,
        gamma=settings.gamma ** (gamma * bends),
        invert=bool(inverts),
        blur=blur * settings.blur * blurs,
        low_resolution=settings.low_resolution * (1 + low_resolution) if shrinks else np.inf,
        noise=noise * settings.noise * noises,
        noise_seed=int(rng.integers(2**32)),
        jpeg_quality=round(_BEST_QUALITY - jpeg * (_BEST_QUALITY - settings.jpeg_quality)) if compresses else None,
    )


def apply_photometric(pixels, inside, text_height, photometric):
    """The pixels as another light and another camera would have given them.

    Args:
        pixels: uint8 (h, w, 3), RGB, the text's box on the canvas, not yet black outside the region.
        inside: uint8 (h, w), not 0 where the region is.
        text_height: pixels.
        photometric: Photometric.

    Returns:
        uint8 (h, w, 3), RGB; the same pixels where nothing was drawn.
    """
    if photometric.hue:
        pixels = turn_hue(pixels, photometric.hue)
    if photometric.invert or (photometric.contrast, photometric.brightness, photometric.gamma) != (1, 0, 1):
        mean = np.dot(cv2.mean(pixels, inside)[:3], _LIGHTNESS) / 255
        pixels = cv2.LUT(pixels, tone_curve(mean, photometric))
    if photometric.blur:
        deviation = max(photometric.blur * text_height, 1e-3)
        pixels = cv2.GaussianBlur(pixels, (0, 0), deviation, borderType=cv2.BORDER_REPLICATE)
    height, width = pixels.shape[:2]
    scale = photometric.low_resolution / max(text_height, 1)
    if scale < 1:
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    if photometric.noise:
        pixels = add_noise(pixels, photometric.noise, photometric.noise_seed)
    if photometric.jpeg_quality is not None:
        pixels = through_jpeg(pixels, photometric.jpeg_quality)
    if scale < 1:
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR)
    return pixels


def turn_hue(pixels, degrees):
    """RGB uint8 (h, w, 3) with every hue turned on the colour circle; greys stay."""
    hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0] + degrees / 2) % 180  # 8-bit hues are counted in steps of two degrees
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


def tone_curve(mean, photometric):
    """uint8 (256,), what becomes of each value where `mean`, in 0..1, is the mean lightness."""
    values = mean + photometric.contrast * (np.arange(256) / 255 - mean) + photometric.brightness
    values = np.clip(values, 0, 1) ** photometric.gamma
    return np.rint(255 * (1 - values if photometric.invert else values)).astype(np.uint8)


def add_noise(pixels, deviation, seed):
    """Pixels uint8 (h, w, 3) with Gaussian noise of a standard deviation that is a fraction of white."""
    noise = np.random.default_rng(seed).standard_normal(pixels.shape, np.float32)
    return np.rint(np.clip(pixels + 255 * deviation * noise, 0, 255)).astype(np.uint8)


def through_jpeg(pixels, quality):
    """RGB uint8 (h, w, 3) after JPEG compression at a quality of 1..100."""
    compressed = cv2.imencode('.jpg', cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.cvtColor(cv2.imdecode(compressed, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
