"""The files that a browser gets: the page, the samples, the page of the API. Only those that are there at start."""

import mimetypes
import urllib.parse
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse

PAGE = Path(__file__).parent / 'page'
DOCS = Path(__file__).parent / 'docs'
SWAGGER_FILES = ('swagger-ui-bundle.js', 'swagger-ui.css')
_TYPES = {  # what the system's own table may have differently
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.json': 'application/json',
    '.svg': 'image/svg+xml',
    '.png': 'image/png',
    '.jpg': 'image/jpeg',
    '.webp': 'image/webp',
    '.ico': 'image/x-icon',
    '.woff2': 'font/woff2',
    '.webmanifest': 'application/manifest+json',
}
_PICTURES = ('.jpg', '.jpeg', '.png', '.webp', '.gif', '.bmp')


def add_page(app, folder=PAGE):
    """Serve each file of a folder at /, index.html also as / itself."""
    for path in sorted(folder.rglob('*')):
        if path.is_file() and not path.name.startswith('.'):
            name = path.relative_to(folder).as_posix()
            _add(app, f'/{name}', path)
            if name == 'index.html':
                _add(app, '/', path)


def add_docs(app):
    """Serve the page of the API at /docs, with Swagger UI out of its package: the browser needs no network."""
    import fastapi_offline

    packaged = Path(fastapi_offline.__file__).parent / 'static'
    _add(app, '/docs', DOCS / 'docs.html')
    _add(app, '/docs/docs.js', DOCS / 'docs.js')
    for name in SWAGGER_FILES:
        _add(app, f'/docs/{name}', packaged / name, max_age=86_400)


def add_samples(app, folder):
    """Serve the pictures of a folder below /samples.

    Returns:
        [{'name', 'url'}] in the order of their names; [] if there is no such folder.
    """
    if not folder or not Path(folder).is_dir():
        return []
    paths = [path for path in sorted(Path(folder).iterdir()) if path.suffix.lower() in _PICTURES and path.is_file()]
    by_name = {path.name: path for path in paths}

    async def sample(name: str):
        if name not in by_name:
            raise HTTPException(404)
        return _answer(by_name[name], 86_400)

    app.add_api_route('/samples/{name}', sample, methods=['GET', 'HEAD'], include_in_schema=False)
    return [{'name': name, 'url': f'/samples/{urllib.parse.quote(name)}'} for name in by_name]


def _add(app, url, path, max_age=0):
    async def answer():
        return _answer(path, max_age)

    app.add_api_route(url, answer, methods=['GET', 'HEAD'], include_in_schema=False)


def _answer(path, max_age):
    """A file; a browser asks for it again each time unless it may be kept for `max_age` seconds."""
    kind = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or 'application/octet-stream'
    cache = f'max-age={max_age}' if max_age else 'no-cache'
    return FileResponse(path, media_type=kind, headers={'Cache-Control': cache})
