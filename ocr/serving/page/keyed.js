// SVG elements that stay the same while what they show changes: a drag or the keyboard's focus outlives a redraw.

const SVG = 'http://www.w3.org/2000/svg';

export class Keyed {
  #elements = new Map();

  constructor(parent) {
    this.parent = parent;
  }

  /** Show exactly these: [key, tag, attributes, text]; an attribute of null is left out. */
  show(items) {
    const wanted = new Set(items.map(([key]) => key));
    for (const [key, element] of this.#elements) {
      if (wanted.has(key)) continue;
      element.remove();
      this.#elements.delete(key);
    }
    for (const [key, tag, attributes, text] of items) {
      const element = this.#elements.get(key) ?? this.#create(key, tag);
      for (const [name, value] of Object.entries(attributes)) set(element, name, value);
      if (text !== undefined && element.textContent !== text) element.textContent = text;
    }
  }

  get(key) {
    return this.#elements.get(key) ?? null;
  }

  #create(key, tag) {
    const element = document.createElementNS(SVG, tag);
    this.#elements.set(key, element);
    this.parent.append(element);
    return element;
  }
}

function set(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}
