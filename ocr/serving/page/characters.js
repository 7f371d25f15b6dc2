// The characters of one text: how sure the model is of each, and where it read it.

import { percent, say } from './texts.js';

const SPACE = ' ';
const UNKNOWN = '\ufffd';
const LEVELS = [[90, 'high'], [50, 'middle'], [0, 'low']]; // per cent, as they are shown

/** How sure, in a word that the style sheet gives a colour and a line. */
export function level(confidence) {
  return LEVELS.find(([least]) => Math.round(100 * confidence) >= least)[1];
}

/** A row of buttons, a character each, that the arrow keys step through, and what is said below them. */
export class Characters {
  /** @param element an empty element for them. */
  constructor(sheet, element, reading) {
    Object.assign(this, { sheet, reading });
    this.count = [...reading.text].length;
    this.canLook = Boolean(reading.attention);
    this.row = document.createElement('div');
    this.row.className = 'characters';
    this.row.setAttribute('role', 'toolbar');
    this.row.setAttribute('aria-label', say('characters'));
    this.buttons = [...reading.text].map((character, index) => this.#character(character, index));
    if (this.canLook && reading.attention.maps.length > this.count) this.buttons.push(this.#end());
    this.row.append(...this.buttons);
    this.steps = this.#steps();
    element.append(this.row, this.steps);
    element.addEventListener('keydown', (event) => this.#key(event));
    this.show();
  }

  /** After the character that is looked at became another. */
  show() {
    const { look, pinned } = this.sheet;
    this.buttons.forEach((button, index) => {
      button.setAttribute('aria-pressed', index === pinned);
      button.classList.toggle('looked-at', index === look);
      button.tabIndex = index === (pinned ?? 0) ? 0 : -1;
    });
    this.said.textContent = this.#saying(look);
    this.back.disabled = !this.canLook || pinned === 0;
    this.next.disabled = !this.canLook || pinned === this.buttons.length - 1;
  }

  #saying(look) {
    if (!this.canLook) return say('look_hint_none');
    if (look === null) return say('look_hint');
    return look === this.count ? say('looked_at_end') : say('looked_at', { number: look + 1, count: this.count });
  }

  #character(character, index) {
    const confidence = this.reading.char_confidences[index];
    const name = character === SPACE ? say('space') : character === UNKNOWN ? say('unknown') : character;
    const label = { number: index + 1, count: this.count, name, percent: percent(confidence) };
    const button = this.#button(index, say('character', label), `character ${level(confidence)}`);
    button.append(span('glyph', character === SPACE ? '␣' : character), span('share', percent(confidence)));
    return button;
  }

  #end() {
    const button = this.#button(this.count, say('end_of_text'), 'character ending');
    button.append(span('glyph', say('end')), span('share', ''));
    return button;
  }

  #button(index, label, className) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className });
    button.setAttribute('aria-label', label);
    button.dataset.focus = `character ${index}`;
    button.addEventListener('click', () => this.sheet.pin(this.sheet.pinned === index ? null : index));
    button.addEventListener('focus', () => {
      if (button.matches(':focus-visible')) this.sheet.pin(index);
    });
    button.addEventListener('pointerenter', (event) => {
      if (event.pointerType !== 'touch') this.sheet.pointAt(index);
    });
    button.addEventListener('pointerleave', () => this.sheet.pointAt(null));
    return button;
  }

  #steps() {
    const steps = document.createElement('div');
    steps.className = 'steps';
    this.back = stepButton('previous', 'back', () => this.#step(-1));
    this.next = stepButton('next', 'next', () => this.#step(1));
    this.said = span('said', '');
    steps.append(this.back, this.said, this.next);
    return steps;
  }

  #step(by) {
    const { pinned } = this.sheet;
    const last = this.buttons.length - 1;
    const to = pinned === null ? (by > 0 ? 0 : last) : Math.min(Math.max(pinned + by, 0), last);
    this.sheet.pin(to);
    this.buttons[to].scrollIntoView({ block: 'nearest', inline: 'nearest' });
    return to;
  }

  #key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const inRow = this.row.contains(event.target);
    if (by && this.canLook) {
      const to = this.#step(by);
      if (inRow) this.buttons[to].focus();
    } else if (inRow && (event.key === 'Home' || event.key === 'End')) {
      this.buttons.at(event.key === 'Home' ? 0 : -1).focus();
    } else if (event.key === 'Escape' && this.sheet.pinned !== null) {
      this.sheet.pin(null);
    } else {
      return;
    }
    event.preventDefault();
  }
}

function span(className, text) {
  const element = document.createElement('span');
  element.className = className;
  element.textContent = text;
  return element;
}

function stepButton(key, icon, act) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'step', title: say(key) });
  button.setAttribute('aria-label', say(key));
  button.dataset.focus = key;
  button.append(iconOf(icon));
  button.addEventListener('click', act);
  return button;
}

/** One of the icons of index.html. */
export function iconOf(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}
