"""Which names a server answers to, and whose pages may make it work.

A page of another site can send requests to the local server, and by a name of its own that it lets point here (DNS
rebinding) read the answers too. So the Host header must name this server, and a POST from a page must be of its own.
"""

import ipaddress
import socket
import urllib.parse

from ocr.serving.problem import Problem

_SAFE = ('GET', 'HEAD', 'OPTIONS')
ANY = '*'


class Hosts:
    """The names of a server.

    Args:
        bound: address that it listens on.
        further: names that people reach it by besides its own; '*' is any.
        has_token: whether requests bring a token, which no foreign page knows.
    """

    def __init__(self, bound, further=(), has_token=False):
        self._is_local = _is_loopback(bound)
        self._further = {_name_in(name) for name in further}
        self._takes_any = ANY in further or (has_token and not self._is_local and not further)
        self._own = {'localhost'} if self._is_local else {'localhost', socket.gethostname().lower()}

    def check(self, method, headers):
        """Refuse a request to another name, or from a page of another site.

        Args:
            method: of the request.
            headers: mapping of lower-case names.

        Raises:
            Problem: 421 or 403.
        """
        host = headers.get('host', '')
        if host and not self._is_own(_name_in(host)):
            raise Problem(
                421,
                'unknown_host',
                f'This server does not answer to the name {host[:100]!r}; '
                'start it with that name in --allowed_hosts if people are to reach it so.',
            )
        if method not in _SAFE and not self._is_own_page(host, headers):
            raise Problem(
                403,
                'cross_site',
                'The request comes from a page of another site, which may not make this server work; '
                'start it with the name of that site in --allowed_hosts if it may.',
            )

    def _is_own(self, name):
        if self._takes_any or name in self._own or name in self._further or name.endswith('.localhost'):
            return True
        return _is_loopback(name) if self._is_local else _is_address(name)

    def _is_own_page(self, host, headers):
        origin = headers.get('origin')
        if origin is None:  # no browser sends a POST without it but within a site
            return headers.get('sec-fetch-site', 'none') in ('none', 'same-origin')
        parsed = _split(origin)
        if parsed.hostname in self._further:
            return True
        return bool(parsed.hostname) and _with_port(parsed.netloc, parsed.scheme) == _with_port(host, parsed.scheme)


def _split(origin):
    try:
        parsed = urllib.parse.urlsplit(origin.lower())
        _ = parsed.port
        return parsed
    except ValueError:
        return urllib.parse.urlsplit('')


def _name_in(host):
    """Name or address of a Host header, without port and brackets, in lower case."""
    return (_split(f'//{host}').hostname or '').rstrip('.')


def _with_port(host, scheme):
    parsed = _split(f'//{host}')
    return parsed.hostname, parsed.port or {'http': 80, 'https': 443}.get(scheme)


def _is_address(name):
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _is_loopback(name):
    return name == 'localhost' or (_is_address(name) and ipaddress.ip_address(name).is_loopback)
