"""Reading from Python: `from ocr import Reader`. Loads nothing heavy before a Reader is made."""

from ocr.config import SETTINGS, config_of, shown
from ocr.errors import InputError

# Settings of test.py but for where it reads from and writes to, which here are arguments and results.
TAKEN = tuple(
    name
    for name, field in SETTINGS.items()
    if 'test' in field.metadata['scripts']
    and field.metadata['section'] in ('run', 'shown', 'search', 'machine')
    and name != 'pb_path'
)


class Reader:
    """Reads text in pictures with a model that it loads once; may be used in several threads.

        from ocr import Reader

        reader = Reader()
        print(reader.read('imgs/words/11.jpg').text)

    Pictures are paths, bytes of image files, Pillow images, or arrays uint8 (H, W, 3) in RGB order (OpenCV's BGR is
    array[..., ::-1]); grey (H, W) and RGBA arrays are read too. They are turned upright as their EXIF data say.
    """

    def __init__(self, model=None, *, detector=None, **settings):
        """
        Args:
            model: path of a frozen graph (.pb), an .onnx file, or a folder for OpenVINO; None for the shipped one.
            detector: for whole photographs, path of a detector, or True for the shipped one.
            settings: of test.py, by their names: tta, rotate, canvas, charset_path, batch_size, num_workers,
                precision, gpus, beam_width, n_best, allow, lexicon, long_text ... (`python test.py --help`).

        Raises:
            InputError: no such model, or a setting that it does not take.
        """
        if unknown := sorted(settings.keys() - set(TAKEN)):
            raise InputError(f'{unknown[0]}: not a setting of Reader; it takes {", ".join(TAKEN)}')
        if '' in (model, detector):
            raise InputError('Reader: an empty path; leave the argument out, or give the path of a model')
        from ocr.reading.open_model import choose_model, open_model, read_model

        cfg = config_of('test', {**settings, 'pb_path': str(model)} if model else settings)
        stored = read_model(choose_model(**cfg.model_choice), cfg.gpus, cfg.trust_model)
        self._predictor = open_model(stored, **cfg.over(shown(stored.settings)).reading)
        self._detector = _open_detector(None if detector is True else str(detector), cfg) if detector else None
        self._cfg = cfg

    def read(self, images, polygons=None):
        """Read a picture, or a list of them in batches.

        Args:
            images: a picture, or a list or tuple of pictures.
            polygons: regions to read in the picture, a list of polygons [[x, y], ...] in pixels of the upright
                picture; for several pictures a list with such a list, or None, for each. None is the whole picture,
                or what the detector finds where there is one.

        Returns:
            ImageText; a list of them for a list. In a list the `error` of a picture says why it could not be read.

        Raises:
            InputError: a single picture cannot be read; what is given is no picture or no polygon; there are more or
                fewer lists of polygons than pictures.
        """
        if isinstance(images, list | tuple):
            if hasattr(polygons, '__len__') and len(polygons) != len(images):
                counted = f'{len(polygons)} lists of polygons for {len(images)} pictures'
                raise InputError(f'{counted}; give a list, or None, for each picture')
            return list(self.stream(images, polygons))
        (result,) = self.stream([images], [polygons])
        if result.error is not None:
            raise InputError(result.error)
        return result

    def stream(self, images, polygons=None):
        """Read pictures as they come, each result once it is there: for more of them than memory holds.

        Args:
            images: iterable of pictures.
            polygons: iterable with a list of polygons, or None, for each; None for none at all.

        Yields:
            ImageText, in the order of the pictures.

        Raises:
            InputError: what is given is no picture or no polygon, or a single picture.
        """
        from ocr.reading.read_images import read_images

        cfg = self._cfg
        return read_images(
            self._predictor,
            images,
            polygons,
            detector=self._detector,
            **cfg.reading_regions,
        )


def _open_detector(named, cfg):
    from ocr.reading.open_detector import choose_detector, open_detector

    path = choose_detector(named, gpus=cfg.gpus, precision=cfg.precision)
    return open_detector(path, flag='detector', gpus=cfg.gpus, precision=cfg.precision, trusted=cfg.trust_model)
