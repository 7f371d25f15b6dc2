"""What is computed with on which hardware."""

import logging

import pytest
import tensorflow.compat.v1 as tf

from ocr.errors import InputError
from ocr.network import precision
from ocr.network.precision import cpu_flags, session_config, set_precision

AMX = {'avx512bw', 'avx512_bf16', 'amx_bf16'}
AVX512_BF16 = {'avx512bw', 'avx512_bf16'}
AVX512 = {'avx512bw'}
H100 = {'device_name': 'NVIDIA H100', 'compute_capability': (9, 0)}
T4 = {'device_name': 'Tesla T4', 'compute_capability': (7, 5)}


@pytest.fixture(autouse=True)
def tf32_as_before():
    before = tf.config.experimental.tensor_float_32_execution_enabled()
    yield
    tf.config.experimental.enable_tensor_float_32_execution(before)


def on(monkeypatch, cpu=(), gpu=None):
    monkeypatch.setattr(precision, 'cpu_flags', lambda: frozenset(cpu))
    monkeypatch.setattr(tf.config, 'list_physical_devices', lambda kind: [] if gpu is None else ['gpu'])
    monkeypatch.setattr(tf.config.experimental, 'get_device_details', lambda device: gpu)


@pytest.mark.parametrize(
    ('wanted', 'cpu', 'gpu', 'chosen', 'said'),
    [
        ('auto', AMX, None, 'bfloat16', 'this CPU has AMX'),
        ('auto', AVX512_BF16, None, 'bfloat16', 'this CPU has AVX512-BF16'),
        ('auto', AVX512, None, 'float32', 'this CPU has neither AMX nor AVX512-BF16'),
        ('auto', (), None, 'float32', 'CPU'),
        ('float32', AMX, None, 'float32', 'as asked'),
        ('bfloat16', AMX, None, 'bfloat16', 'AMX'),
        ('bfloat16', AVX512, None, 'bfloat16', 'without AMX and AVX512-BF16 it is slower'),
        ('bfloat16', (), None, 'bfloat16', 'without AMX and AVX512-BF16 it is slower'),
        ('auto', AMX, H100, 'tf32', 'NVIDIA H100, compute capability 9.0'),
        ('auto', AMX, T4, 'float32', 'Tesla T4, compute capability 7.5'),
        ('auto', AMX, {}, 'float32', 'a GPU'),
        ('float32', AMX, H100, 'float32', 'as asked'),
        ('float16', AMX, H100, 'float16', 'NVIDIA H100, compute capability 9.0'),
        ('float16', AMX, T4, 'float16', 'Tesla T4, compute capability 7.5'),
    ],
)
def test_the_hardware_decides_and_one_line_says_so(monkeypatch, caplog, wanted, cpu, gpu, chosen, said):
    on(monkeypatch, cpu, gpu)
    with caplog.at_level(logging.INFO, 'ocr.network.precision'):
        assert set_precision(wanted) == chosen
    (line,) = caplog.messages
    assert line.startswith(f'precision: {chosen} (') and said in line
    assert tf.config.experimental.tensor_float_32_execution_enabled() == (chosen in ('tf32', 'float16'))


@pytest.mark.parametrize(
    ('wanted', 'cpu', 'gpu', 'chosen'),
    [
        ('auto', AMX, None, 'float32'),
        ('auto', AVX512_BF16, None, 'float32'),
        ('bfloat16', AMX, None, 'bfloat16'),
        ('auto', AMX, H100, 'tf32'),
    ],
)
def test_scores_are_exact_unless_asked_otherwise(monkeypatch, wanted, cpu, gpu, chosen):
    on(monkeypatch, cpu, gpu)
    assert set_precision(wanted, exact=True) == chosen


@pytest.mark.parametrize(
    ('wanted', 'cpu', 'gpu', 'width', 'chosen'),
    [
        ('auto', AVX512_BF16, None, 0.375, 'float32'),
        ('auto', AVX512_BF16, None, 0.5, 'bfloat16'),
        ('auto', AVX512_BF16, None, 1.0, 'bfloat16'),
        ('auto', AVX512_BF16, None, None, 'bfloat16'),
        ('bfloat16', AVX512_BF16, None, 0.375, 'bfloat16'),
        ('auto', AMX, None, 0.375, 'float32'),
        ('auto', AMX, None, 0.5, 'bfloat16'),
        ('auto', AMX, H100, 0.375, 'tf32'),
    ],
)
def test_uneven_channels_are_trained_in_float32_where_bfloat16_is_slower(monkeypatch, wanted, cpu, gpu, width, chosen):
    on(monkeypatch, cpu, gpu)
    assert set_precision(wanted, trained_width=width) == chosen


@pytest.mark.parametrize(('cpu', 'gpu'), [({'avx2', 'sse4_2'}, None), (AMX, H100)])
def test_bfloat16_is_refused_where_it_is_not(monkeypatch, cpu, gpu):
    on(monkeypatch, cpu, gpu)
    with pytest.raises(InputError, match=r'--precision bfloat16.*--precision auto'):
        set_precision('bfloat16')


@pytest.mark.parametrize('gpu', [None, {'device_name': 'Tesla P100', 'compute_capability': (6, 0)}])
def test_float16_is_refused_without_tensor_cores(monkeypatch, gpu):
    on(monkeypatch, AMX, gpu)
    with pytest.raises(InputError, match=r'--precision float16 .*--precision auto'):
        set_precision('float16')


def test_flags_of_the_cpu(monkeypatch, tmp_path):
    (tmp_path / 'cpuinfo').write_text('processor : 0\nflags\t\t: fpu avx2 amx_bf16\nbugs : x\nflags : other\n')
    monkeypatch.setattr(precision, '_CPU_FLAGS', tmp_path / 'cpuinfo')
    assert cpu_flags() == {'fpu', 'avx2', 'amx_bf16'}
    (tmp_path / 'cpuinfo').write_text('Features : fp asimd\n')
    assert cpu_flags() == frozenset()
    monkeypatch.setattr(precision, '_CPU_FLAGS', tmp_path / 'none')
    assert cpu_flags() == frozenset()


def test_settings_of_a_session_are_added_to_those_given():
    base = tf.ConfigProto(intra_op_parallelism_threads=3)
    config = session_config('bfloat16', base)
    assert config.intra_op_parallelism_threads == 3 and config.gpu_options.allow_growth
    rewrites = [session_config(one).graph_options.rewrite_options for one in ('tf32', 'bfloat16', 'float16')]
    assert [one.auto_mixed_precision_onednn_bfloat16 for one in rewrites] == [0, 1, 0]
    assert [one.auto_mixed_precision for one in rewrites] == [0, 0, 1]
