// The list of what was read: a line per region, and the characters of the selected one.

import { Characters, iconOf } from './characters.js';
import { WHOLE } from './sheet.js';
import { percent, say } from './texts.js';

const DOUBTFUL = 0.1; // a whole picture read with less confidence has perhaps more than one text

const byId = (id) => document.getElementById(id);

export class Results {
  #shown = ''; // what the list was made of, so that it is not rebuilt for nothing
  #characters = null;

  /** @param copy called with a text; @param reveal called with a polygon that is to be seen. */
  constructor(sheet, copy, reveal) {
    Object.assign(this, { sheet, copy, reveal });
    this.list = byId('results');
    sheet.addEventListener('change', () => this.draw());
    sheet.addEventListener('look', () => this.#characters?.show());
  }

  draw() {
    if (!this.sheet.picture) return;
    const { entries, selected } = this.sheet;
    const read = entries.filter(({ reading }) => reading);
    byId('actions').hidden = !read.length;
    byId('copy-all').hidden = read.length < 2;
    const shown = JSON.stringify([say('lang'), this.sheet.model, selected, entries.map(({ id, polygon, reading }) => [id, polygon, !reading])]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    this.#characters = null;
    this.list.replaceChildren(...entries.filter(({ id, reading }) => reading || id !== WHOLE).map((one) => this.#item(one)));
    if (focused) [...this.list.querySelectorAll('[data-focus]')].find((one) => one.dataset.focus === focused)?.focus();
  }

  #item(entry) {
    const item = document.createElement('li');
    const open = entry.id === this.sheet.selected;
    item.className = open ? 'result open' : 'result';
    item.append(this.#head(entry, open));
    if (open && entry.reading) item.append(this.#body(entry.reading));
    if (entry.id === WHOLE && entry.reading.confidence < DOUBTFUL) item.append(part('note', say('whole_doubtful')));
    return item;
  }

  #head({ id, number, polygon, reading }, open) {
    const head = document.createElement('button');
    Object.assign(head, { type: 'button', className: 'head' });
    head.dataset.focus = `head ${id}`;
    head.setAttribute('aria-expanded', open && Boolean(reading));
    const name = id === WHOLE ? say('whole') : say('region', { number });
    const badge = part('badge', id === WHOLE ? '' : number);
    badge.hidden = id === WHOLE;
    const text = reading ? reading.text || say('no_text') : say('unread');
    const share = part('sure', reading ? say('sure', { percent: percent(reading.confidence) }) : '');
    share.title = reading ? say('sure_why') : '';
    head.append(part('unseen', `${name}: `), badge, part(reading?.text ? 'text' : 'text none', text), share);
    head.addEventListener('click', () => {
      this.sheet.select(id);
      this.reveal(polygon);
    });
    return head;
  }

  #body(reading) {
    const body = document.createElement('div');
    body.className = 'body';
    if (reading.text) {
      this.#characters = new Characters(this.sheet, body, reading);
      body.append(legend());
      body.append(this.#copyButton(reading.text));
    }
    return body;
  }

  #copyButton(text) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.dataset.focus = 'copy';
    button.append(iconOf('copy'), part('', say('copy')));
    button.addEventListener('click', () => this.copy(text));
    return button;
  }
}

/** What the lines under the characters mean. */
function legend() {
  const element = document.createElement('p');
  element.className = 'legend';
  for (const one of ['high', 'middle', 'low']) {
    const entry = part('', say(`legend_${one}`));
    entry.prepend(part(`line ${one}`, ''));
    element.append(entry);
  }
  return element;
}

function part(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}
