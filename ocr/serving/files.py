"""The files that a browser gets: the page, the samples, the page of the API. Only those that are there at start."""

import mimetypes
from pathlib import Path

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
        [{'name', 'url'}] in the order of their names; [] where there is no such folder.
    """
    if not folder or not Path(folder).is_dir():
        return []
    paths = [path for path in sorted(Path(folder).iterdir()) if path.suffix.lower() in _PICTURES and path.is_file()]
    for path in paths:
        _add(app, f'/samples/{path.name}', path, max_age=86_400)
    return [{'name': path.name, 'url': f'/samples/{path.name}'} for path in paths]


def _add(app, url, path, max_age=0):
    """One file at one path; a browser asks again each time unless the file may be kept for `max_age` seconds."""
    kind = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or 'application/octet-stream'
    cache = f'max-age={max_age}' if max_age else 'no-cache'

    async def answer():
        return FileResponse(path, media_type=kind, headers={'Cache-Control': cache})

    app.add_api_route(url, answer, methods=['GET', 'HEAD'], include_in_schema=False)
