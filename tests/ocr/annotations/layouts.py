"""Small datasets in the layouts that people have, each written as the format's own tools write it."""

import csv
import io
import json

import lmdb
import numpy as np
from PIL import Image

BOM = '\ufeff'
WORDS = ['Bakery', 'a, b', 'say "hi"', "Joe's", ' two  words ', '中文', '100%', '2021']
QUAD = [[3, 2], [30, 4.5], [29, 14], [2, 12]]
CURVE = [[0, 20], [10, 9], [20, 6], [30, 9], [39, 20], [31, 24], [20, 18], [8, 25]]


def image(path, size=(40, 30), colour='white'):
    """Writes an image, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new('RGB', size, colour).save(path)
    return path


def text_file(path, content):
    """Writes text in UTF-8, line ends as they are, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())
    return path


def gt(folder, words=WORDS, separator='/'):
    for number, _ in enumerate(words):
        image(folder / 'test' / f'word_{number}.png')
    lines = [f'test{separator}word_{number}.png\t{word}\n' for number, word in enumerate(words)]
    text_file(folder / 'gt.txt', ''.join(lines))


def gt_of_windows(folder, words=WORDS):
    gt(folder, words, '\\')


def paddle_recognition(folder, words=WORDS):
    """PaddleOCR's own tree: paths begin at its root, two folders above the labels."""
    labels = folder / 'train_data' / 'rec'
    for number, _ in enumerate(words):
        image(labels / 'train' / f'word_{number}.png')
    lines = [f'train_data/rec/train/word_{number}.png\t{word}\n' for number, word in enumerate(words)]
    text_file(labels / 'rec_gt_train.txt', ''.join(lines))
    return labels


def paddle_detection(folder, words=WORDS):
    """PaddleOCR's labels: paths begin with the name of the folder that they are in."""
    image(folder / 'photo.jpg')
    regions = [{'transcription': word, 'points': QUAD, 'difficult': False} for word in words]
    text_file(folder / 'Label.txt', f'{folder.name}/photo.jpg\t{json.dumps(regions, ensure_ascii=False)}\n')


def own(folder, words=WORDS):
    image(folder / 'a.png')
    text_file(folder / 'labels.tsv', ''.join(f'a.png\t{word}\n' for word in words))


def json_lines(folder, words=WORDS):
    image(folder / 'a.png')
    lines = [json.dumps({'image': 'a.png', 'text': word, 'polygon': CURVE}) for word in words]
    text_file(folder / 'labels.jsonl', '\n'.join(lines))


def database(folder, words=WORDS, images=None):
    """An LMDB of deep-text-recognition-benchmark."""
    folder.mkdir(parents=True, exist_ok=True)
    with lmdb.open(str(folder), map_size=1 << 24) as environment, environment.begin(write=True) as transaction:
        for number, word in enumerate(words, 1):
            stream = io.BytesIO()
            (images[number - 1] if images else Image.new('RGB', (40, 30))).save(stream, 'PNG')
            transaction.put(b'image-%09d' % number, stream.getvalue())
            transaction.put(b'label-%09d' % number, word.encode())
        transaction.put(b'num-samples', str(len(words)).encode())


def databases(folder, words=WORDS):
    """As they are downloaded: databases in folders of folders."""
    database(folder / 'training' / 'MJ' / 'MJ_train', words[:3])
    database(folder / 'training' / 'ST', words[3:])


def doctr(folder, words=WORDS):
    for number, _ in enumerate(words):
        image(folder / 'images' / f'img_{number}.jpg')
    labels = {f'img_{number}.jpg': word for number, word in enumerate(words)}
    text_file(folder / 'labels.json', json.dumps(labels))


def doctr_detection(folder, words=WORDS):
    image(folder / 'images' / 'a.png')
    entry = {'img_dimensions': [40, 30], 'img_hash': '0', 'polygons': [QUAD] * len(words), 'labels': words}
    text_file(folder / 'labels.json', json.dumps({'a.png': entry}, indent=1))


def easyocr(folder, words=WORDS):
    """As pandas and the csv module write it."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(['filename', 'words'])
    for number, word in enumerate(words):
        image(folder / f'{number}.jpg')
        writer.writerow([f'{number}.jpg', word])
    text_file(folder / 'labels.csv', stream.getvalue())


def easyocr_unquoted(folder, words=WORDS):
    for number, _ in enumerate(words):
        image(folder / f'{number}.jpg')
    lines = [f'{number}.jpg,{word}' for number, word in enumerate(words)]
    text_file(folder / 'labels.csv', '\n'.join(['filename,words', *lines]))


def trdg_listed(folder, words=WORDS):
    for number, _ in enumerate(words):
        image(folder / f'{number}.jpg')
    text_file(folder / 'labels.txt', ''.join(f'{number}.jpg {word}\n' for number, word in enumerate(words)))


def trdg_text_first(folder, words=WORDS):
    for number, word in enumerate(words):
        image(folder / f'{word}_{number}.jpg')
        image(folder / f'{word}_{number}_mask.png')
        text_file(folder / f'{word}_{number}_boxes.txt', '1 2 3 4\n')


def trdg_number_first(folder, words=WORDS):
    for number, word in enumerate(words):
        image(folder / f'{number}_{word}.jpg')


def icdar_words(folder, words=WORDS):
    for number, _ in enumerate(words, 1):
        image(folder / f'word_{number}.png')
    lines = [f'word_{number}.png, "{escaped(word)}"' for number, word in enumerate(words, 1)]
    text_file(folder / 'gt.txt', BOM + '\r\n'.join(lines))


def icdar2013(folder, words=WORDS, separator=', '):
    for number in (100, 101):
        image(folder / 'images' / f'img_{number}.jpg')
    lines = [separator.join(['3', '2', '30', '14', f'"{escaped(word)}"']) for word in words]
    text_file(folder / 'gt' / 'gt_img_100.txt', '\r\n'.join(lines[:3]))
    text_file(folder / 'gt' / 'gt_img_101.txt', '\r\n'.join(lines[3:]))


def icdar2013_training(folder, words=WORDS):
    icdar2013(folder, words, ' ')


def icdar2015(folder, words=WORDS, script=''):
    for number in (1, 2):
        image(folder / f'img_{number}.jpg')
    lines = [f'{flat(QUAD)},{script}{word}' for word in words]
    text_file(folder / 'gt_img_1.txt', BOM + '\r\n'.join(lines[:3]) + '\r\n')
    text_file(folder / 'gt_img_2.txt', BOM + '\r\n'.join(lines[3:]) + '\r\n')
    text_file(folder / 'readme.txt', 'Incidental scene text.\n')


def icdar_mlt(folder, words=WORDS):
    icdar2015(folder, words, 'Latin,')


def totaltext(folder, words=WORDS):
    for number in (11, 12):
        image(folder / 'Images' / 'Train' / f'img{number}.JPG')
    image(folder / 'Images' / 'Test' / 'img13.jpg')
    x, y = ('[[' + ' '.join(f'{value:3g}' for value in values) + ']]' for values in zip(*CURVE, strict=True))
    y = y.replace(' ', '\n  ', 3)  # numbers may go on in further lines
    lines = [f"x: {x}, y: {y}, ornt: [u'c'], transcriptions: [u{word!r}]\n" for word in words]
    labels = folder / 'txt_format' / 'Train'
    text_file(labels / 'poly_gt_img11.txt', ''.join(lines[:3]))
    text_file(labels / 'poly_gt_img12.txt', ''.join(lines[3:]))
    return labels


def totaltext_polygons(folder, words=WORDS):
    for number in (11, 12):
        image(folder / 'train_images' / f'img{number}.jpg')
    lines = [f'{flat(CURVE)},{word}\n' for word in words]
    text_file(folder / 'train_gts' / 'img11.jpg.txt', ''.join(lines[:3]))
    text_file(folder / 'train_gts' / 'img12.jpg.txt', ''.join(lines[3:]))


def ctw1500_training(folder, words=WORDS):
    image(folder / 'train_images' / '0200.jpg')
    boxes = ''.join(
        f'<box height="20" left="0" top="5" width="39"><label>{markup(word)}</label><segs>{flat(FOURTEEN)}</segs>'
        '<pts x="3" y="9" /></box>'
        for word in words
    )
    labels = f'<Annotations>\n <image file="0200.jpg">\n{boxes}</image>\n</Annotations>\n'
    text_file(folder / 'ctw1500_train_labels' / '0200.xml', labels)


def ctw1500_test(folder, words=WORDS):
    image(folder / 'test_images' / '1001.jpg')
    text_file(folder / 'gt_ctw1500' / '0001001.txt', ''.join(f'{flat(FOURTEEN)},####{word}\n' for word in words))


def cocotext(folder, words=WORDS):
    image(folder / 'train2014' / 'COCO_train2014_000000000007.jpg')
    annotations = {
        str(number): {
            'mask': [value for point in QUAD for value in point],
            'class': 'machine printed',
            'bbox': [2, 2, 28, 12],
            'image_id': 7,
            'id': number,
            'language': 'english',
            'utf8_string': word,
            'legibility': 'legible',
        }
        for number, word in enumerate(words, 45346)
    }
    images = {'7': {'id': 7, 'file_name': 'COCO_train2014_000000000007.jpg', 'set': 'train'}}
    labels = {'cats': {}, 'anns': annotations, 'imgs': images, 'imgToAnns': {'7': [*map(int, annotations)]}, 'info': {}}
    text_file(folder / 'cocotext.v2.json', json.dumps(labels))


def coco(folder, words=WORDS):
    """What CVAT exports: the categories first, the text in an attribute."""
    image(folder / 'images' / 'photo.jpg')
    annotations = [
        {
            'id': number,
            'image_id': 1,
            'category_id': 1,
            'segmentation': [[value for point in QUAD for value in point]],
            'area': 270.0,
            'bbox': [2, 2, 28, 12],
            'iscrowd': 0,
            'attributes': {'text': word, 'occluded': False},
        }
        for number, word in enumerate(words, 1)
    ]
    labels = {
        'licenses': [{'name': '', 'id': 0, 'url': ''}],
        'info': {'year': ''},
        'categories': [{'id': 1, 'name': 'text', 'supercategory': ''}],
        'images': [{'id': 1, 'width': 40, 'height': 30, 'file_name': 'photo.jpg'}],
        'annotations': annotations,
    }
    text_file(folder / 'annotations' / 'instances_default.json', json.dumps(labels))
    return folder / 'annotations' / 'instances_default.json'


FOURTEEN = [[3 * i, 10 - abs(i - 3)] for i in range(7)] + [[18 - 3 * i, 25] for i in range(7)]


def svt(folder, words=WORDS):
    image(folder / 'img' / '14_03.jpg')
    rectangles = ''.join(
        f'<taggedRectangle height="12" width="27" x="3" y="2"><tag>{markup(word)}</tag></taggedRectangle>'
        for word in words
    )
    name = '<imageName>img/14_03.jpg</imageName><address>1 Street</address><lex>A,B</lex>'
    content = f'<tagset><image>{name}<taggedRectangles>{rectangles}</taggedRectangles></image></tagset>'
    text_file(folder / 'test.xml', f'<?xml version="1.0" encoding="utf-8"?>\n{content}')
    text_file(folder / 'train.xml', '<tagset/>')


def iiit5k(folder, words=WORDS, compressed=True):
    from scipy.io import savemat

    fields = [('ImgName', object), ('GroundTruth', object), ('smallLexi', object)]
    rows = np.empty((1, len(words)), fields)
    for number, word in enumerate(words):
        image(folder / 'test' / f'{number}_1.png')
        rows[0, number] = f'test/{number}_1.png', word, np.array(['A', 'B'], object)
    savemat(folder / 'testdata.mat', {'other': [1.5], 'testdata': rows}, do_compression=compressed)


def iiit5k_uncompressed(folder, words=WORDS):
    iiit5k(folder, words, compressed=False)


def numbered(folder, words=WORDS):
    for number, word in enumerate(words, 1):
        image(folder / 'IMG' / f'{number}.png')
        text_file(folder / 'label' / f'{number}.txt', word)


def mmocr(folder, words=WORDS):
    """Union14M's: both files, of which the first is read."""
    entries = []
    for number, word in enumerate(words):
        image(folder / 'imgs' / f'{number}.jpg')
        entries.append({'img_path': f'imgs/{number}.jpg', 'instances': [{'text': word}]})
    content = {'metainfo': {'dataset_type': 'TextRecogDataset'}, 'data_list': entries}
    text_file(folder / 'annotation.json', json.dumps(content, ensure_ascii=False))
    text_file(folder / 'annotation.jsonl', '{"filename": "imgs/0.jpg", "text": "other"}\n')


def mmocr_lines(folder, words=WORDS):
    """Paths begin with the name of the folder that they are in."""
    lines = []
    for number, word in enumerate(words):
        image(folder / 'imgs' / f'{number}.jpg')
        lines.append({'filename': f'{folder.name}/imgs/{number}.jpg', 'text': word})
    text_file(folder / 'annotation.jsonl', ''.join(f'{json.dumps(one, ensure_ascii=False)}\n' for one in lines))


LAYOUTS = {  # how it is written: the format that it is, the polygon of its regions
    own: ('own', None),
    json_lines: ('own', CURVE),
    gt: ('gt', None),
    gt_of_windows: ('gt', None),
    paddle_recognition: ('gt', None),
    paddle_detection: ('gt', QUAD),
    database: ('lmdb', None),
    databases: ('lmdb', None),
    doctr: ('doctr', None),
    doctr_detection: ('doctr', QUAD),
    easyocr: ('easyocr', None),
    easyocr_unquoted: ('easyocr', None),
    trdg_listed: ('trdg', None),
    trdg_text_first: ('trdg', None),
    trdg_number_first: ('trdg', None),
    icdar_words: ('icdar_words', None),
    icdar2013: ('icdar', [[3, 2], [30, 2], [30, 14], [3, 14]]),
    icdar2013_training: ('icdar', [[3, 2], [30, 2], [30, 14], [3, 14]]),
    icdar2015: ('icdar', QUAD),
    icdar_mlt: ('icdar', QUAD),
    totaltext: ('totaltext', CURVE),
    totaltext_polygons: ('totaltext', CURVE),
    ctw1500_training: ('ctw1500', FOURTEEN),
    ctw1500_test: ('ctw1500', FOURTEEN),
    cocotext: ('cocotext', QUAD),
    coco: ('coco', QUAD),
    svt: ('svt', [[3, 2], [30, 2], [30, 14], [3, 14]]),
    iiit5k: ('iiit5k', None),
    iiit5k_uncompressed: ('iiit5k', None),
    numbered: ('numbered', None),
    mmocr: ('mmocr', None),
    mmocr_lines: ('mmocr', None),
}


def flat(polygon):
    """'x1,y1,x2,y2,...'."""
    return ','.join(f'{value:g}' for point in polygon for value in point)


def escaped(text):
    """A text as it stands between the double quotes of ICDAR 2013."""
    return text.replace('\\', '\\\\').replace('"', '\\"')


def markup(text):
    """A text as it stands in XML."""
    return text.replace('&', '&amp;').replace('<', '&lt;')
