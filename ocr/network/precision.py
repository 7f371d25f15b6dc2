"""What the graph computes with: float32, or a shorter format if the hardware gains by it. Weights stay float32."""

import logging
from pathlib import Path

import tensorflow.compat.v1 as tf
from tensorflow.core.protobuf.rewriter_config_pb2 import RewriterConfig

from ocr.errors import InputError

_CPU_FLAGS = Path('/proc/cpuinfo')
_TF32_CAPABILITY = (8, 0)
_FLOAT16_CAPABILITY = (7, 0)  # from which on GPUs have tensor cores
_BFLOAT16_UNITS = {'amx_bf16': 'AMX', 'avx512_bf16': 'AVX512-BF16'}  # what multiplies bfloat16, as Linux names it
_LANES = 16  # channels that AVX512 computes at once
_WIDTH = 32  # every convolution of Inception-v4 has a multiple of it as channels

logger = logging.getLogger(__name__)


def set_precision(wanted, exact=False, trained_width=None):
    """Settle --precision on this machine, log it in one line and switch TF32 on or off for the whole process.

    For a script to call as it starts, before the first session.

    On a GPU TensorFlow computes products in TF32 (8 bits of exponent, 10 of mantissa) from compute capability 8.0 on
    unless float32 is asked for. On a CPU bfloat16 gains if its products are in hardware, AMX or AVX512-BF16; with
    AVX512 alone conversions eat the gain. float16 is for GPUs with tensor cores, and is not chosen by itself, because
    nobody has measured it.

    Args:
        wanted: 'auto', 'float32', 'bfloat16' or 'float16'.
        exact: 'auto' is float32 on any CPU: in bfloat16 what is nearly a tie falls out one way or the other with the
            size of the batch and the machine.
        trained_width: depth_multiplier of a network to be trained, None for reading. 'auto' is float32 if channels
            are no multiples of the 16 that AVX512 computes at once: batch norm of bfloat16 is slow then, and a step
            of the compact preset takes 1.5 times (AMX) to 1.8 times (AVX512-BF16) as long as in float32.

    Returns:
        'float32', 'tf32', 'bfloat16' or 'float16'.

    Raises:
        InputError: bfloat16 or float16 is asked for on hardware without it.
    """
    gpus = tf.config.list_physical_devices('GPU')
    precision, why = _on_gpu(wanted, gpus[0]) if gpus else _on_cpu(wanted, exact, trained_width, cpu_flags())
    tf.config.experimental.enable_tensor_float_32_execution(precision in ('tf32', 'float16'))
    logger.info('precision: %s (%s)', precision, why)
    return precision


def session_config(precision='float32', base=None):
    """Session settings that all scripts share: take GPU memory as it is needed.

    Args:
        precision: what `set_precision` returned.
        base: ConfigProto to add them to, or None.
    """
    config = base or tf.ConfigProto(allow_soft_placement=True)
    config.gpu_options.allow_growth = True
    if precision == 'bfloat16':
        config.graph_options.rewrite_options.auto_mixed_precision_onednn_bfloat16 = RewriterConfig.ON
    if precision == 'float16':
        config.graph_options.rewrite_options.auto_mixed_precision = RewriterConfig.ON
    return config


def cpu_flags():
    """What the CPU can do as Linux names it, such as amx_bf16; an empty set if the system does not say."""
    try:
        lines = _CPU_FLAGS.read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line for line in lines if line.startswith('flags')), '').split()[2:])


def _on_gpu(wanted, gpu):
    """(precision, why) on a GPU."""
    details = tf.config.experimental.get_device_details(gpu)
    capability = details.get('compute_capability', (0, 0))
    name = f'{details.get("device_name", "a GPU")}, compute capability {capability[0]}.{capability[1]}'
    if wanted == 'bfloat16':
        raise InputError(
            f'--precision bfloat16 is for CPUs, and this is {name}; --precision auto uses its tensor cores'
        )
    if wanted == 'float16' and capability < _FLOAT16_CAPABILITY:
        raise InputError(
            f'--precision float16 gains by tensor cores, and {name} has none; --precision auto takes float32'
        )
    if wanted == 'float16':
        return 'float16', name
    if wanted == 'auto' and capability >= _TF32_CAPABILITY:
        return 'tf32', name
    return 'float32', 'as asked' if wanted == 'float32' else f'{name}, has no TF32'


def _on_cpu(wanted, exact, trained_width, flags):
    """(precision, why) on a CPU."""
    if wanted == 'float32':
        return 'float32', 'as asked'
    if wanted == 'float16':
        raise InputError('--precision float16 is for GPUs, and none is visible; --precision auto is for all machines')
    if wanted == 'auto' and exact:
        return 'float32', 'scores are to be the same on every CPU'
    unit = next((name for flag, name in _BFLOAT16_UNITS.items() if flag in flags), None)
    if wanted == 'auto' and unit and trained_width and trained_width * _WIDTH % _LANES:
        return 'float32', f'channels that are not multiples of {_LANES} train faster in it on a CPU'
    if unit:
        return 'bfloat16', f'this CPU has {unit}'
    if wanted == 'auto':
        return 'float32', 'this CPU has neither AMX nor AVX512-BF16' if flags else 'CPU'
    if flags and 'avx512bw' not in flags:
        raise InputError('--precision bfloat16: this CPU has neither AMX nor AVX512; --precision auto takes float32')
    return 'bfloat16', 'as asked; without AMX and AVX512-BF16 it is slower than float32'
