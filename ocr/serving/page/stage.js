// The picture and what is drawn over it: regions, their texts, the handles of the selected one, the heat map.

import { edgeMiddle, inside } from './geometry.js';
import { showHeat } from './heatmap.js';
import { Keyed } from './keyed.js';
import { labelText, placeLabels, shortText } from './labels.js';
import { WHOLE } from './sheet.js';
import { say } from './texts.js';

const MARGIN = 30; // room around the picture for labels and handles; also in picture.css
const LARGEST_FIT = 5; // a small picture is enlarged so far to fit
const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];
const LABEL_HEIGHT = 22;
const SHORTEST_EDGE = 44; // an edge shorter than this on the screen has no handle of its own
const ARM = 9; // of the cross that the keyboard moves

const byId = (id) => document.getElementById(id);
const measure = document.createElement('canvas').getContext('2d');

export class Stage {
  cross = null; // where the keyboard's cross stands, in the picture, or null
  trial = null; // a rectangle while it is dragged
  #fit = 1;
  #zoom = 1;

  constructor(sheet) {
    this.sheet = sheet;
    this.overlay = byId('overlay');
    this.viewport = byId('viewport');
    this.image = byId('picture');
    this.shapes = new Keyed(byId('shapes'));
    this.marks = new Keyed(byId('marks'));
    this.labels = new Keyed(byId('labels'));
    this.handles = new Keyed(byId('handles'));
    sheet.addEventListener('change', () => this.draw());
    sheet.addEventListener('look', () => this.drawLook());
    new ResizeObserver(() => this.fit()).observe(this.viewport.parentElement);
    this.viewport.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
  }

  /** Screen pixels for a pixel of the picture. */
  get scale() {
    return this.#fit * this.#zoom;
  }

  get zoomed() {
    return this.#zoom > 1;
  }

  open() {
    const { url, name } = this.sheet.picture;
    this.image.src = url;
    this.image.alt = say('picture', { name });
    this.#zoom = 1;
    this.cross = null;
    this.fit();
  }

  /** Scale to the room that there is. */
  fit() {
    if (!this.sheet.picture || !this.viewport.clientWidth) return;
    const { width, height } = this.sheet.picture;
    const highest = parseFloat(getComputedStyle(this.viewport).maxHeight) - 2;
    const room = [this.viewport.clientWidth - 2 * MARGIN, highest - 2 * MARGIN];
    this.#fit = Math.min(room[0] / width, room[1] / height, LARGEST_FIT);
    this.draw();
    this.drawLook();
  }

  /** One step larger (1) or smaller (-1), or back to the whole picture (0); `at` in the viewport stays where it is. */
  zoom(direction, at = [this.viewport.clientWidth / 2, this.viewport.clientHeight / 2]) {
    const step = Math.min(Math.max(ZOOMS.indexOf(this.#zoom) + direction, 0), ZOOMS.length - 1);
    const before = this.scale;
    const held = [this.viewport.scrollLeft + at[0] - MARGIN, this.viewport.scrollTop + at[1] - MARGIN];
    this.#zoom = direction ? ZOOMS[step] : 1;
    this.draw();
    this.drawLook();
    const grown = this.scale / before;
    this.viewport.scrollTo(held[0] * grown + MARGIN - at[0], held[1] * grown + MARGIN - at[1]);
    byId('zoom-out').disabled = !this.zoomed;
    byId('zoom-in').disabled = this.#zoom === ZOOMS.at(-1);
  }

  /** The point of the picture under a pointer. */
  toPicture({ clientX, clientY }) {
    const { left, top } = this.overlay.getBoundingClientRect();
    return inside([(clientX - left) / this.scale, (clientY - top) / this.scale], this.sheet.picture);
  }

  /** The middle of what is seen of the picture. */
  middle() {
    const seen = this.viewport.getBoundingClientRect();
    return this.toPicture({ clientX: seen.left + seen.width / 2, clientY: seen.top + seen.height / 2 });
  }

  /** Scroll so that a point of the picture is seen, if it is enlarged. */
  reveal(point) {
    const { viewport } = this;
    point.forEach((value, axis) => {
      const [at, size] = [MARGIN + value * this.scale, axis ? viewport.clientHeight : viewport.clientWidth];
      const name = axis ? 'scrollTop' : 'scrollLeft';
      viewport[name] = Math.min(Math.max(viewport[name], at - size + MARGIN), at - MARGIN);
    });
  }

  focusPoint() {
    this.handles.get(`point ${this.sheet.point}`)?.focus();
  }

  draw() {
    if (!this.sheet.picture) return;
    const { width, height } = this.sheet.picture;
    const [across, down] = [width * this.scale, height * this.scale];
    const style = byId('sheet').style;
    style.width = `${across}px`;
    style.height = `${down}px`;
    this.overlay.setAttribute('width', across);
    this.overlay.setAttribute('height', down);
    this.shapes.show(this.sheet.regions.length ? this.sheet.entries.flatMap((entry) => this.#shape(entry)) : []);
    this.labels.show(this.#labels(across, down));
    this.#drawHandles();
  }

  /** The heat map, and where the character's peak and box are. */
  drawLook() {
    const { look, current, picture } = this.sheet;
    const reading = look === null ? null : current?.reading;
    const map = reading?.attention?.maps[look] ?? null;
    this.overlay.classList.toggle('looking', map !== null);
    showHeat(byId('heat'), picture, map, reading?.attention?.to_image, this.scale);
    const position = reading?.char_positions?.[look];
    this.marks.show(position ? this.#mark(position) : []);
    if (position) this.reveal(position.peak);
  }

  drawHandles() {
    this.#drawHandles();
  }

  #points(polygon) {
    return polygon.map(([x, y]) => `${x * this.scale},${y * this.scale}`).join(' ');
  }

  #shape({ id, number, polygon, reading }) {
    const selected = id === this.sheet.selected;
    const points = this.#points(polygon);
    const state = `${selected ? ' selected' : ''}${reading ? '' : ' unread'}`;
    const label = say('region_label', { number, points: polygon.length, text: reading && reading.text });
    return [
      [`${id} halo`, 'polygon', { class: 'halo', points, 'aria-hidden': 'true' }],
      [
        id,
        'polygon',
        { class: `region${state}`, points, 'data-region': id, role: 'button', tabindex: 0, 'aria-label': label, 'aria-pressed': selected },
      ],
    ];
  }

  #labels(across, down) {
    const entries = this.sheet.regions.length ? this.sheet.entries : this.sheet.entries.filter((one) => one.reading?.text);
    if (!entries.length) return [];
    measure.font = getComputedStyle(byId('labels')).font;
    const texts = entries.map((entry) => (entry.id === WHOLE ? entry.reading.text : labelText(entry)));
    const [widths, shorts] = [texts, entries.map(shortText)].map((written) =>
      written.map((text) => Math.ceil(measure.measureText(text).width) + 14));
    const polygons = entries.map(({ polygon }) => polygon.map(([x, y]) => [x * this.scale, y * this.scale]));
    const edge = MARGIN - 3;
    const bounds = { left: -edge, top: -edge, right: across + edge, bottom: down + edge };
    return placeLabels(polygons, widths, shorts, LABEL_HEIGHT, bounds, 4).flatMap((place, index) => {
      const { left, top, width, height, short } = place;
      const { id } = entries[index];
      const chosen = id === this.sheet.selected ? 'label selected' : 'label';
      return [
        [`${id} plate`, 'rect', { class: chosen, x: left, y: top, width, height, rx: 5 }],
        [`${id} text`, 'text', { class: chosen, x: left + 7, y: top + 16 }, short ? shortText(entries[index]) : texts[index]],
      ];
    });
  }

  #drawHandles() {
    const { drawn, draft } = this.sheet;
    const cross = this.cross ? this.#cross(this.cross) : [];
    if (draft) this.handles.show([...this.#draft(draft), ...cross]);
    else this.handles.show([...this.#trial(), ...(drawn && !this.trial ? this.#pointHandles(drawn.polygon) : []), ...cross]);
  }

  #trial() {
    if (!this.trial) return [];
    const points = this.#points(this.trial);
    return [
      ['trial halo', 'polygon', { class: 'halo', points }],
      ['trial', 'polygon', { class: 'region trial', points }],
    ];
  }

  #pointHandles(polygon) {
    const { scale } = this;
    const edges = polygon.flatMap((_, index) => {
      const [x, y] = edgeMiddle(polygon, index);
      const [ax, ay] = polygon[index];
      if (2 * scale * Math.hypot(x - ax, y - ay) < SHORTEST_EDGE) return [];
      return [[`edge ${index}`, 'circle', { class: 'edge', cx: x * scale, cy: y * scale, r: 4.5, 'data-edge': index }]];
    });
    const points = polygon.flatMap(([x, y], index) => {
      const at = { cx: x * scale, cy: y * scale };
      const label = say('point_label', { number: index + 1, count: polygon.length, x, y });
      const chosen = index === this.sheet.point ? ' chosen' : '';
      return [
        [`dot ${index}`, 'circle', { ...at, class: `dot${chosen}`, r: chosen ? 8 : 6 }],
        [
          `point ${index}`,
          'circle',
          { ...at, class: 'point', r: 13, 'data-point': index, role: 'button', tabindex: 0, 'aria-label': label },
        ],
      ];
    });
    return [...edges, ...points];
  }

  #draft(draft) {
    const { scale } = this;
    const line = this.cross ? [...draft, this.cross] : draft;
    const dots = draft.map(([x, y], index) => [
      `draft ${index}`,
      'circle',
      { class: index ? 'dot' : 'dot first', cx: x * scale, cy: y * scale, r: index ? 5 : 8 },
    ]);
    return [
      ['draft halo', 'polyline', { class: 'halo', points: this.#points(line) }],
      ['draft line', 'polyline', { class: 'region trial', points: this.#points(line) }],
      ...dots,
    ];
  }

  #cross(point) {
    const [x, y] = point.map((value) => value * this.scale);
    const path = `M${x - ARM} ${y}h${2 * ARM}M${x} ${y - ARM}v${2 * ARM}`;
    return [
      ['cross halo', 'path', { class: 'halo', d: path }],
      ['cross', 'path', { class: 'cross', d: path }],
    ];
  }

  #mark({ peak, box }) {
    const [x, y] = peak.map((value) => value * this.scale);
    const points = this.#points(box);
    return [
      ['box halo', 'polygon', { class: 'halo', points }],
      ['box', 'polygon', { class: 'place', points }],
      ['peak', 'circle', { class: 'peak', cx: x, cy: y, r: 4 }],
    ];
  }

  #wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const { left, top } = this.viewport.getBoundingClientRect();
    this.zoom(event.deltaY < 0 ? 1 : -1, [event.clientX - left, event.clientY - top]);
  }
}
