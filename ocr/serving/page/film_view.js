// The view of a video: the player, outlines over it, the list of texts with their times, and what can be saved.

import { Keyed } from './keyed.js';
import { placeLabels } from './labels.js';
import { save } from './saving.js';
import { clock, number, percent, say } from './texts.js';

const LABEL_HEIGHT = 22;
const LONGEST = 28; // characters of a label

const byId = (id) => document.getElementById(id);
const measure = document.createElement('canvas').getContext('2d');

export class FilmView {
  model = ''; // the name of the one that reads
  #items = new Map(); // key of a text -> its button
  #drawing = 0;

  /** @param actions {again, fetchSubtitles} called for the buttons; the second gives a text. */
  constructor(film, actions) {
    Object.assign(this, { film, actions });
    this.player = byId('player');
    this.overlay = byId('film-overlay');
    this.shapes = new Keyed(this.overlay);
    film.addEventListener('change', () => this.draw());
    for (const kind of ['timeupdate', 'seeked', 'loadeddata', 'resize']) {
      this.player.addEventListener(kind, () => this.drawFrame());
    }
    this.player.addEventListener('play', () => this.#follow());
    this.player.addEventListener('error', () => this.#showPlayable());
    this.player.addEventListener('loadedmetadata', () => this.#showPlayable());
    new ResizeObserver(() => this.drawFrame()).observe(this.player);
    byId('film-stop').addEventListener('click', () => film.stop());
    byId('film-again').addEventListener('click', () => actions.again());
    byId('film-json').addEventListener('click', () => this.#saveJson());
    byId('film-srt').addEventListener('click', () => actions.subtitles((text) => this.#saveSubtitles(text)));
    byId('film-texts').addEventListener('keydown', (event) => this.#key(event));
  }

  open() {
    const { url, name } = this.film.file;
    byId('film-name').textContent = name;
    this.#items.clear();
    byId('film-texts').replaceChildren();
    byId('film-playable').hidden = true;
    this.player.hidden = false;
    this.player.src = url;
    this.draw();
  }

  close() {
    this.player.pause();
  }

  draw() {
    const { film } = this;
    if (!film.file) return;
    const { job, busy } = film;
    byId('film').setAttribute('aria-busy', busy);
    byId('film-stop').hidden = !busy;
    byId('film-again').hidden = busy || film.isReadBy(this.model);
    const bar = byId('film-progress');
    bar.hidden = !busy;
    if (job?.seconds && job.state === 'reading') Object.assign(bar, { max: job.seconds, value: job.read_seconds });
    else bar.removeAttribute('value');
    byId('film-status').textContent = this.#status();
    byId('film-size').textContent = job?.width
      ? say('film_size', { width: number(job.width), height: number(job.height), seconds: clock(job.seconds ?? job.read_seconds) })
      : '';
    byId('film-actions').hidden = busy || !job?.fps;
    byId('film-srt').hidden = job?.state !== 'done' || film.stopped;
    this.#drawList();
    this.drawFrame();
  }

  /** The outlines and texts of the frame that is shown. */
  drawFrame() {
    const { film, player } = this;
    const { width, height } = film.job ?? {};
    const box = player.getBoundingClientRect();
    if (!width || !box.width) return this.shapes.show([]);
    const scale = Math.min(box.width / width, box.height / height);
    this.overlay.setAttribute('width', box.width);
    this.overlay.setAttribute('height', box.height);
    const [left, top] = [(box.width - scale * width) / 2, (box.height - scale * height) / 2];
    const shown = film.at(player.currentTime);
    const polygons = shown.map(({ polygon }) => polygon.map(([x, y]) => [left + x * scale, top + y * scale]));
    this.#drawShapes(shown, polygons, { left: 2, top: 2, right: box.width - 2, bottom: box.height - 2 });
    const keys = new Set(shown.map(({ text }) => keyOf(text)));
    for (const [key, button] of this.#items) {
      if (keys.has(key)) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
    return undefined;
  }

  #drawShapes(shown, polygons, bounds) {
    measure.font = getComputedStyle(this.overlay).font;
    const texts = shown.map(({ text }) => shortened(text.text));
    const widths = texts.map((text) => Math.ceil(measure.measureText(text).width) + 14);
    const places = placeLabels(polygons, widths, widths, LABEL_HEIGHT, bounds, 4);
    const outlines = polygons.flatMap((polygon, index) => {
      const points = polygon.map((point) => point.join(',')).join(' ');
      const key = keyOf(shown[index].text);
      return [[`${key} halo`, 'polygon', { class: 'halo', points }], [key, 'polygon', { class: 'region', points }]];
    });
    const labels = places.flatMap(({ left: x, top: y, width, height }, index) => {
      const key = keyOf(shown[index].text);
      return [
        [`${key} plate`, 'rect', { class: 'label', x, y, width, height, rx: 5 }],
        [`${key} text`, 'text', { class: 'label', x: x + 7, y: y + 16 }, texts[index]],
      ];
    });
    this.shapes.show([...outlines, ...labels]);
  }

  /** Draw every frame while it plays. */
  #follow() {
    cancelAnimationFrame(this.#drawing);
    const next = () => {
      this.drawFrame();
      if (!this.player.paused && !this.player.ended) this.#drawing = requestAnimationFrame(next);
    };
    next();
  }

  #status() {
    const { film } = this;
    const { job, busy } = film;
    const count = film.all.length;
    if (film.stopped) return job?.fps ? say('film_stopped', { count, seconds: clock(job.read_seconds) }) : '';
    if (!job) return say('film_sending');
    if (busy && job.state === 'waiting') return say(film.queued ? 'film_waiting' : 'reading');
    if (busy) return say('film_reading', { count, seconds: clock(job.read_seconds) });
    if (job.state === 'failed') return '';
    if (!job.complete) return say('film_cut', { count, seconds: clock(job.read_seconds) });
    return count ? say('film_done', { count }) : say('film_none');
  }

  #drawList() {
    const list = byId('film-texts');
    const texts = this.film.all;
    const wanted = new Set(texts.map(keyOf));
    for (const [key, button] of this.#items) {
      if (wanted.has(key)) continue;
      button.parentElement.remove();
      this.#items.delete(key);
    }
    texts.forEach((text, index) => {
      const button = this.#items.get(keyOf(text)) ?? this.#item(text);
      write(button, text);
      if (list.children[index] !== button.parentElement) list.insertBefore(button.parentElement, list.children[index] ?? null);
    });
  }

  #item(text) {
    const [item, button] = [document.createElement('li'), document.createElement('button')];
    Object.assign(button, { type: 'button', className: 'moment' });
    for (const part of ['time', 'text', 'sure']) {
      const element = document.createElement('span');
      element.className = part;
      button.append(element);
    }
    button.addEventListener('click', () => this.#jump(text.start));
    item.append(button);
    this.#items.set(keyOf(text), button);
    return button;
  }

  #jump(seconds) {
    if (this.player.hidden) return;
    this.player.currentTime = seconds + 0.01; // in the frame, not at its edge
    this.player.scrollIntoView({ block: 'nearest' });
  }

  #key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...byId('film-texts').querySelectorAll('button')];
    const to = buttons[buttons.indexOf(document.activeElement) + by];
    if (!by || !to) return;
    to.focus();
    event.preventDefault();
  }

  #showPlayable() {
    const plays = !this.player.error && this.player.videoWidth > 0;
    this.player.hidden = !plays;
    byId('film-playable').hidden = plays;
    this.drawFrame();
  }

  #saveJson() {
    save(new Blob([this.film.toJson()], { type: 'application/json' }), this.#named('.json'));
  }

  #saveSubtitles(text) {
    save(new Blob([text], { type: 'application/x-subrip' }), this.#named('.srt'));
  }

  #named(ending) {
    return `${this.film.file.name.replace(/\.\w{1,5}$/, '')}${ending}`;
  }
}

/** A text is known by where and when it begins: what it says may still change. */
function keyOf({ start, outlines: [{ polygon }] }) {
  return `${start} ${polygon[0].join(' ')}`;
}

function write(button, { start, end, text, confidence }) {
  const [time, words, sure] = button.children;
  time.textContent = clock(start);
  words.textContent = text;
  sure.textContent = percent(confidence);
  button.setAttribute('aria-label', say('film_moment', { text, start: clock(start), end: clock(end), percent: percent(confidence) }));
}

function shortened(text) {
  const characters = [...text];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : text;
}
