"""Labels and found regions of scored photographs as COCO annotations and COCO results, for COCOeval of pycocotools.

    truth, found = COCO('coco_labels.json'), truth.loadRes('coco_results.json')
    COCOeval(truth, found, 'segm')

Photographs are numbered from 1 in the order in which they were scored. There is one category; `iscrowd` marks text that
does not count. A region has its mask, run-length encoded, its box, and its text beside.
"""

import json
import os

import numpy as np
from pycocotools import mask as masks

from ocr.files.atomic import replacing
from ocr.geometry import clip_box, polygon_box
from ocr.preprocessing.image_header import upright_size

LABELS_FILE, RESULTS_FILE = 'coco_labels.json', 'coco_results.json'
CATEGORY = {'id': 1, 'name': 'text'}


def write_coco(folder, judged):
    """Write LABELS_FILE and RESULTS_FILE of [ScoredPhotograph] to a folder; InputError if that is not possible."""
    images, annotations, results = [], [], []
    for number, one in enumerate(judged, 1):
        width, height = upright_size(one.image)
        images.append({'id': number, 'file_name': one.image, 'width': width, 'height': height})
        for truth in one.truths:
            record = {'id': len(annotations) + 1, **_region(truth, number, width, height)}
            annotations.append({**record, 'iscrowd': int(not truth.counts)})
        for found in one.found:
            results.append({**_region(found, number, width, height), 'score': float(found.confidence)})
    for record in annotations:
        record['area'] = float(masks.area(record['segmentation']))
    labels = {'images': images, 'annotations': annotations, 'categories': [CATEGORY]}
    for name, content in ((LABELS_FILE, labels), (RESULTS_FILE, results)):
        with replacing(os.path.join(folder, name)) as file:
            json.dump(content, file, ensure_ascii=False)
            file.write('\n')


def _region(region, image_id, width, height):
    """The object of a Truth or Found in a photograph of width x height pixels."""
    x0, y0, x1, y1 = (float(edge) for edge in clip_box(polygon_box(region.polygon), width, height))
    points = np.asarray(region.polygon, np.float64).ravel().tolist()
    mask = masks.merge(masks.frPyObjects([points], height, width))
    return {
        'image_id': image_id,
        'category_id': CATEGORY['id'],
        'segmentation': {'size': [height, width], 'counts': mask['counts'].decode('ascii')},
        'bbox': [x0, y0, max(x1 - x0, 0.0), max(y1 - y0, 0.0)],
        **({'text': region.text} if region.text else {}),
    }
