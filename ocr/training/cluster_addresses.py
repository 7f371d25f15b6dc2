"""The addresses of the workers that train together, from the command line or from TF_CONFIG."""

import json
import os

from ocr.errors import InputError

_CHIEFS = ('chief', 'master')  # tasks of TF_CONFIG that are the first worker; the second is an older name


def find_cluster(addresses, index, environment=None):
    """Addresses of the workers and the number of this one.

    Args:
        addresses: of --cluster; empty: those of the variable TF_CONFIG, if it is set.
        index: of --task_index; negative if it was not given.
        environment: mapping with TF_CONFIG, os.environ by default.

    Returns:
        (addresses, index); ((), 0) if it trains alone.

    Raises:
        InputError: they are not addresses of workers, or this worker is not one of them.
    """
    if addresses:
        _check(addresses, index, '--cluster', '--task_index')
        return tuple(addresses), index
    if index >= 0:
        raise InputError(f'--task_index {index}: give the addresses of all workers with --cluster')
    text = (os.environ if environment is None else environment).get('TF_CONFIG', '')
    if not text.strip():
        return (), 0
    try:
        found = json.loads(text)
        jobs, task = found.get('cluster') or {}, found.get('task') or {}
        chiefs = [address for kind in _CHIEFS for address in jobs.get(kind, ())]
        workers = list(jobs.get('worker', ()))
        kind, index = task.get('type', 'worker'), int(task.get('index', 0))
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(f'TF_CONFIG: not as expected ({error}); unset it to train on this machine only') from None
    if kind not in (*_CHIEFS, 'worker'):
        raise InputError(
            f'TF_CONFIG: a task {kind} has nothing to do here: workers average their gradients among themselves, and '
            'the first one validates; leave it out of the job'
        )
    addresses = (*chiefs, *workers)
    if len(addresses) < 2:
        return (), 0
    index += len(chiefs) if kind == 'worker' else 0
    _check(addresses, index, 'TF_CONFIG', 'index')
    return addresses, index


def _check(addresses, index, where, where_index):
    for address in addresses:
        host, colon, port = str(address).rpartition(':')
        if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise InputError(f'{where} {address}: give host:port for each worker, as node1:2222,node2:2222')
    if len(set(addresses)) < len(addresses):
        raise InputError(f'{where} {",".join(addresses)}: give each worker an address of its own')
    if not 0 <= index < len(addresses):
        raise InputError(f'{where}: give this worker its number with {where_index}, 0 to {len(addresses) - 1}')
