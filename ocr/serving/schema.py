"""The API's answers and requests as the OpenAPI document shows them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Probability = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]
Milliseconds = Annotated[float, Field(ge=0)]
Point = Annotated[list[float], Field(min_length=2, max_length=2)]
Row = Annotated[list[float], Field(min_length=3, max_length=3)]


_MODEL = 'Name of the model that reads, one of /v1/models; the first where left out'


class _Closed(BaseModel):
    model_config = ConfigDict(extra='forbid')


class Size(_Closed):
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]


class PictureSize(Size):
    """Of the picture, or of the first page that is read."""

    pages: Annotated[int, Field(ge=2)] | None = Field(None, description='of a TIFF that has several')


class CharPosition(_Closed):
    """Where a character was read, in pixels of the upright picture."""

    peak: Point
    box: Annotated[list[Point], Field(min_length=4, max_length=4)]


class Attention(_Closed):
    """Where each character was looked for."""

    maps: list[str] = Field(description='data URLs of grey PNGs, one per character and one for the end of the text')
    to_image: Annotated[list[Row], Field(min_length=2, max_length=2)] = Field(
        description='affine: (x, y) in cells of a map, cell i covering [i, i + 1), to pixels of the upright picture'
    )


class Region(_Closed):
    """What was read in one region."""

    text: str
    confidence: Probability = Field(description="product of all characters' probabilities and that of the end")
    char_confidences: list[Probability]
    char_positions: list[CharPosition] | None = Field(None, description='absent if the model gives no attention')
    in_lexicon: Literal['exactly', 'nearly', 'no'] | None = Field(
        None, description='how the text was found in the lexicon of the server; absent if it has none'
    )
    read: str | None = Field(None, description='what was read before a word of the lexicon replaced it')
    page: Annotated[int, Field(ge=1)] | None = Field(None, description='of a TIFF that has several')
    polygon: list[Point]
    found_confidence: Probability | None = Field(None, description='of the detector; only if it found the region')
    attention: Attention | None = Field(None, description='only if it was asked for')


class Line(_Closed):
    """Regions that are read one after the other."""

    text: str
    regions: list[Annotated[int, Field(ge=0)]] = Field(description='positions in `regions`')
    polygon: list[Point]
    page: Annotated[int, Field(ge=1)] | None = Field(None, description='of a TIFF that has several')


class Timings(_Closed):
    decode_ms: Milliseconds = Field(description='decoding the picture and cutting the regions out')
    detect_ms: Milliseconds | None = Field(None, description='finding the text; only if it was looked for')
    queue_ms: Milliseconds = Field(description='waiting for the batch')
    read_ms: Milliseconds = Field(description="the batch's own time")
    total_ms: Milliseconds = Field(description='from the first byte of the request to the answer')


class ModelName(_Closed):
    name: str
    precision: str


class Answer(_Closed):
    """What was read in a picture, region by region in the order of the request, or in reading order if found."""

    image: PictureSize
    regions: list[Region]
    lines: list[Line] | None = Field(None, description='only if text was looked for')
    left_out: dict[str, int] | None = Field(
        None, description='what looked like text and was not read, counted by reason; only if there is some'
    )
    timings: Timings
    model: ModelName


class CharsetCard(_Closed):
    name: str
    num_characters: int
    characters: str = Field(description='all of them in the order of their classes')


class LimitsCard(_Closed):
    max_bytes: int
    max_pixels: int
    max_regions: int
    max_points: int
    queue_size: int
    timeout: float
    max_video_bytes: int
    max_video_seconds: float
    max_videos: int


class DetectorCard(_Closed):
    name: str
    size_bytes: int


class ModelCard(_Closed):
    """A model, the detector beside it, and how much one request may ask for."""

    name: str = Field(description='as requests call it')
    file: str = Field(description='name of its file')
    charset: CharsetCard
    canvas: str
    canvas_side: int
    num_steps: int | None
    precision: str
    size_bytes: int
    has_attention: bool
    identity: dict[str, str | int | bool] = Field(description='of all that decides what is read: equal ones read alike')
    limits: LimitsCard
    detector: DetectorCard | None = Field(None, description='what finds text in pictures; absent if nothing does')


class Models(_Closed):
    """The models that read here; the first reads for requests that name none."""

    models: Annotated[list[ModelCard], Field(min_length=1)]


class ErrorDetail(_Closed):
    code: Annotated[str, Field(pattern='^[a-z0-9_]+$')]
    message: str


class Outline(_Closed):
    """Where a text is from a time on, until its next outline or its end."""

    time: Seconds
    polygon: list[Point]


class VideoText(_Closed):
    """A text of a video."""

    text: str
    confidence: Probability = Field(description='mean of the readings that agree with it')
    start: Seconds
    end: Seconds | None = Field(description='null while it is to be seen')
    num_seen: Annotated[int, Field(ge=1)] = Field(description='frames that show it')
    outlines: list[Outline]


class VideoJob(_Closed):
    """A video that is being read."""

    id: str
    state: Literal['waiting', 'reading', 'done', 'failed']
    model: str = Field(description='name of the model that reads')
    width: int
    height: int
    seconds: Seconds | None = Field(description='of the whole video; null if its file does not say')
    read_seconds: Seconds = Field(description='of the video, so far')
    fps: float = Field(description='frames that are looked at for each second')
    frames: Annotated[int, Field(ge=0)] = Field(description='that were looked at so far')
    complete: bool = Field(description='the whole video was read')
    num_texts: Annotated[int, Field(ge=0)] = Field(description='that have ended, so far')
    texts: list[VideoText] = Field(description='those of them from `after` on')
    showing: list[VideoText] = Field(description='texts to be seen in the last frame, which may change')
    left_out: dict[str, int] = Field(description='what was not read, counted by reason')
    error: ErrorDetail | None = Field(None, description='why it failed')


class Sample(_Closed):
    name: str
    url: str


class Samples(_Closed):
    """Pictures to try the model on."""

    samples: list[Sample]


class Health(_Closed):
    status: Annotated[str, Field(pattern='^(ready|stopping)$')]
    model: str


class ErrorAnswer(_Closed):
    """What is wrong and what to do."""

    error: ErrorDetail


def request_body(limits):
    """OpenAPI request body of POST /v1/recognize."""
    polygons = {
        'type': 'array',
        'maxItems': limits.max_regions,
        'items': {
            'type': 'array',
            'minItems': 3,
            'maxItems': limits.max_points,
            'items': {
                'type': 'array',
                'minItems': 2,
                'maxItems': 2,
                'items': {'type': 'number', 'minimum': -1_000_000, 'maximum': 1_000_000},
            },
        },
        'description': 'Regions to read, [[x, y], ...] each, in pixels of the upright picture, in reading order, '
        'enclosing an area and touching the picture. None: what the detector finds, or the whole picture.',
        'examples': [[[[0, 0], [100, 0], [100, 30], [0, 30]]]],
    }
    image = {'description': "The picture's file: JPEG, PNG, WebP, BMP, GIF, TIFF, PPM, JPEG 2000, AVIF, perhaps HEIC."}
    page = {'description': 'Page of a TIFF, from 1. None: with polygons the first, without them each page is a region.'}
    attention = {'description': 'Also give the attention of each character.'}
    detect = {
        'description': 'Find the text first, true only without polygons. Left out: if there are none and the server '
        'has a detector. false without polygons: the whole picture is one region.'
    }
    model = {'type': 'string', 'description': f'{_MODEL}.'}
    form = {
        'image': {**image, 'type': 'string', 'format': 'binary'},
        'polygons': {
            'type': 'string',
            'contentMediaType': 'application/json',
            'contentSchema': polygons,
            'description': f'As JSON text. {polygons["description"]}',
        },
        'attention': {**attention, 'type': 'string', 'enum': ['true', 'false']},
        'page': {**page, 'type': 'string', 'pattern': '^[1-9][0-9]{0,5}$'},
        'detect': {**detect, 'type': 'string', 'enum': ['true', 'false']},
        'model': model,
    }
    of_json = {
        'image': {**image, 'type': 'string', 'contentEncoding': 'base64', 'format': 'base64-image'},
        'polygons': {**polygons, 'type': ['array', 'null']},
        'attention': {**attention, 'type': 'boolean', 'default': False},
        'page': {**page, 'type': ['integer', 'null'], 'minimum': 1, 'maximum': 1_000_000},
        'detect': {**detect, 'type': ['boolean', 'null']},
        'model': {**model, 'type': ['string', 'null']},
    }
    return {
        'required': True,
        'content': {
            kind: {
                'schema': {
                    'type': 'object',
                    'required': ['image'],
                    'properties': properties,
                    'additionalProperties': False,
                }
            }
            for kind, properties in (('multipart/form-data', form), ('application/json', of_json))
        },
    }


def video_body():
    """OpenAPI request body of POST /v1/video."""
    properties = {
        'video': {'type': 'string', 'format': 'binary', 'description': 'The file: MP4, MOV, WebM, MKV or AVI.'},
        'fps': {
            'type': 'string',
            'pattern': r'^[0-9]{1,3}(\.[0-9]{1,3})?$',
            'description': 'Frames to look at for each second, more than 0 and at most 30; 2 if left out.',
        },
        'model': {'type': 'string', 'description': f'{_MODEL}.'},
    }
    form = {'type': 'object', 'required': ['video'], 'properties': properties, 'additionalProperties': False}
    return {'required': True, 'content': {'multipart/form-data': {'schema': form}}}
