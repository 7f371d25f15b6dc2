// The tools: what a pointer or the keyboard does on the picture.

import { boundingBox, distance, edgeMiddle, inside, moved, rectangle } from './geometry.js';
import { number, say } from './texts.js';

const CLICK = 4; // screen pixels that a pointer may move during a click
const NEAR = 12; // screen pixels around the first point in which a polygon is closed
const KEY_STEP = 2; // screen pixels that an arrow key moves
const SHIFT_STEPS = 10; // with Shift as many steps at once
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Drawing {
  tool = 'select';
  #gesture = null;
  #corner = null; // the first corner of a rectangle that the keyboard draws

  /** @param announce called with what a screen reader is to say. */
  constructor(sheet, stage, announce) {
    Object.assign(this, { sheet, stage, announce });
    const { overlay } = stage;
    overlay.addEventListener('pointerdown', (event) => this.#down(event));
    overlay.addEventListener('pointermove', (event) => this.#gesture?.move?.(event));
    overlay.addEventListener('pointerup', (event) => this.#up(event));
    overlay.addEventListener('pointercancel', () => this.#cancel());
    overlay.addEventListener('keydown', (event) => this.#key(event));
    overlay.addEventListener('keyup', (event) => this.#released(event));
    overlay.addEventListener('focusin', (event) => this.#focused(event));
    overlay.addEventListener('focusout', () => this.#leaveCross());
  }

  /** @param tool 'select', 'rectangle' or 'polygon'. */
  use(tool) {
    this.tool = tool;
    this.#leaveCross();
    this.stage.trial = null;
    if (this.sheet.draft) this.sheet.draw([]);
    this.stage.overlay.dataset.using = tool;
    this.sheet.dispatchEvent(new Event('change'));
  }

  #down(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    this.sheet.pin(null);
    this.#leaveCross();
    this.#gesture = this.#begin(event);
    this.stage.overlay.setPointerCapture(event.pointerId);
  }

  #begin(event) {
    const at = this.stage.toPicture(event);
    const { point, edge, region } = event.target.dataset;
    if (this.sheet.draft) return this.#polygonPoint(at);
    if (point !== undefined) return this.#dragPoint(Number(point));
    if (edge !== undefined) return this.#dragEdge(Number(edge));
    if (this.tool === 'polygon') return this.#polygonPoint(at);
    if (this.tool === 'rectangle') return this.#dragRectangle(at, event, region);
    return region ? this.#dragRegion(region, at) : this.#pan(event);
  }

  #up(event) {
    const gesture = this.#gesture;
    this.#gesture = null;
    gesture?.end?.(event);
  }

  #cancel() {
    this.#gesture = null;
    this.stage.trial = null;
    this.sheet.cancel();
  }

  #dragPoint(index) {
    const { id, polygon } = this.sheet.drawn;
    this.sheet.select(id, index);
    this.sheet.hold();
    return {
      move: (event) => this.sheet.drag(id, polygon.with(index, this.stage.toPicture(event))),
      end: () => this.sheet.drop(),
    };
  }

  #dragEdge(index) {
    const { id, polygon } = this.sheet.drawn;
    const grown = polygon.toSpliced(index + 1, 0, inside(edgeMiddle(polygon, index), this.sheet.picture));
    this.sheet.hold();
    this.sheet.drag(id, grown);
    this.sheet.select(id, index + 1);
    return {
      move: (event) => this.sheet.drag(id, grown.with(index + 1, this.stage.toPicture(event))),
      end: () => this.sheet.drop(),
    };
  }

  #dragRegion(id, from) {
    this.sheet.select(id);
    const { polygon } = this.sheet.drawn;
    this.sheet.hold();
    return {
      move: (event) => {
        const [x, y] = this.stage.toPicture(event);
        if (this.stage.scale * distance([x, y], from) < CLICK) return;
        this.sheet.drag(id, moved(polygon, x - from[0], y - from[1], this.sheet.picture));
      },
      end: () => this.sheet.drop(),
    };
  }

  #dragRectangle(from, down, region) {
    const isClick = (event) => Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < CLICK;
    const draw = (trial) => {
      this.stage.trial = trial;
      this.stage.drawHandles();
    };
    return {
      move: (event) => draw(isClick(event) ? null : rectangle(from, this.stage.toPicture(event))),
      end: (event) => {
        draw(null);
        if (isClick(event)) this.sheet.select(region ?? null);
        else this.#addRectangle(from, this.stage.toPicture(event));
      },
    };
  }

  #addRectangle(from, to) {
    const polygon = rectangle(from, to);
    const { width, height } = boundingBox(polygon);
    if (width >= 1 && height >= 1) this.sheet.add(polygon);
  }

  /** A point of the polygon, which follows the pointer until it is lifted; at the first point the polygon is closed. */
  #polygonPoint(at) {
    const points = this.sheet.draft ?? [];
    if (this.#closes(points, at)) return { end: () => this.sheet.finish() };
    if (points.length && this.stage.scale * distance(points.at(-1), at) < CLICK) {
      return { end: () => this.sheet.finish() }; // a double click
    }
    this.sheet.draw([...points, at]);
    return { move: (event) => this.sheet.draw([...points, this.stage.toPicture(event)]) };
  }

  #closes(points, at) {
    return points.length >= 3 && this.stage.scale * distance(points[0], at) < NEAR;
  }

  #pan(down) {
    const { viewport } = this.stage;
    const [left, top] = [viewport.scrollLeft, viewport.scrollTop];
    const away = (event) => [event.clientX - down.clientX, event.clientY - down.clientY];
    return {
      move: (event) => {
        if (event.pointerType === 'touch') return; // the browser scrolls
        const [x, y] = away(event);
        viewport.scrollTo(left - x, top - y);
      },
      end: (event) => {
        if (Math.hypot(...away(event)) < CLICK && this.sheet.regions.length) this.sheet.select(null);
      },
    };
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { point, region } = event.target.dataset;
    const act =
      point !== undefined ? this.#pointKey : region !== undefined && !this.sheet.draft ? this.#regionKey : this.#crossKey;
    if (act.call(this, event, region)) event.preventDefault();
  }

  #pointKey(event) {
    const { sheet, stage } = this;
    const { id, polygon } = sheet.drawn;
    const index = sheet.point;
    if (event.key in ARROWS) {
      const [x, y] = this.#step(event);
      const to = inside([polygon[index][0] + x, polygon[index][1] + y], sheet.picture);
      sheet.reshape(id, polygon.with(index, to), `point ${index} of ${id}`);
      stage.reveal(to);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      sheet.removePoint();
      stage.focusPoint();
    } else if (event.key === 'Insert' || event.key === '+') {
      sheet.addPoint();
      stage.focusPoint();
    } else if (event.key === 'Escape') {
      sheet.select(id);
      stage.shapes.get(id).focus();
    } else {
      return false;
    }
    return true;
  }

  #regionKey(event, id) {
    const { sheet } = this;
    if (event.key === 'Enter' || event.key === ' ') {
      sheet.select(id);
    } else if (event.key in ARROWS && sheet.selected === id) {
      const { polygon } = sheet.drawn;
      sheet.reshape(id, moved(polygon, ...this.#step(event), sheet.picture), id);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      sheet.remove(id);
      this.stage.overlay.focus();
    } else {
      return false;
    }
    return true;
  }

  /** The cross that draws where there is no pointer. */
  #crossKey(event) {
    const { sheet, stage } = this;
    if (this.tool === 'select') return false;
    if (event.key in ARROWS) {
      const [x, y] = this.#step(event);
      const [left, top] = stage.cross ?? stage.middle();
      this.#moveCross([left + x, top + y]);
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.#setCross();
    } else if (event.key === 'Backspace' && sheet.draft) {
      sheet.undo();
    } else if (event.key === 'Escape' && (sheet.draft || stage.trial)) {
      this.#corner = null;
      this.#cancel();
    } else {
      return false;
    }
    return true;
  }

  #moveCross(point) {
    const { sheet, stage } = this;
    stage.cross = inside(point, sheet.picture);
    if (this.#corner) stage.trial = rectangle(this.#corner, stage.cross);
    stage.reveal(stage.cross);
    stage.drawHandles();
  }

  #setCross() {
    const { sheet, stage } = this;
    const at = stage.cross ?? stage.middle();
    if (this.tool === 'polygon') {
      const points = sheet.draft ?? [];
      if (this.#closes(points, at) || (points.length && distance(points.at(-1), at) === 0)) {
        sheet.finish();
      } else {
        sheet.draw([...points, at]);
        this.#announcePoint(sheet.draft.length, at);
      }
    } else if (this.#corner) {
      const from = this.#corner;
      this.#corner = null;
      stage.trial = null;
      this.#addRectangle(from, at);
    } else {
      this.#corner = at;
      this.#announcePoint(1, at);
    }
  }

  #announcePoint(count, [x, y]) {
    this.announce(say('point_set', { number: count, x: number(x), y: number(y) }));
  }

  #step(event) {
    const step = ((event.shiftKey ? SHIFT_STEPS : 1) * KEY_STEP) / this.stage.scale;
    return ARROWS[event.key].map((value) => value * step);
  }

  #released(event) {
    if (!(event.key in ARROWS)) return;
    const { drawn, point } = this.sheet;
    const at = event.target.dataset.point !== undefined ? drawn?.polygon[point] : this.stage.cross;
    if (at) this.announce(say('point_at', { x: number(at[0]), y: number(at[1]) }));
  }

  #focused(event) {
    const { point } = event.target.dataset;
    if (point !== undefined) this.sheet.select(this.sheet.selected, Number(point));
    if (event.target === this.stage.overlay && this.tool !== 'select' && event.target.matches(':focus-visible')) {
      this.#moveCross(this.stage.cross ?? this.stage.middle());
    }
    if (event.target.matches(':focus-visible')) this.sheet.pin(null);
    this.sheet.dispatchEvent(new Event('change'));
  }

  #leaveCross() {
    if (!this.stage.cross && !this.#corner) return;
    this.stage.cross = null;
    this.#corner = null;
    this.stage.trial = null;
    this.stage.drawHandles();
  }
}
