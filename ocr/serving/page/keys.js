// The keyboard on the picture: a cross that draws, points and regions that are moved, added and deleted.

import { distance, inside, moved, rectangle } from './geometry.js';
import { number, say } from './texts.js';

const STEP = 2; // screen pixels that an arrow key moves
const SHIFT_STEPS = 10; // with Shift as many steps at once
const NEAR = 7; // screen pixels around the first point in which a polygon is closed
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Keys {
  #corner = null; // the first corner of a rectangle

  /** @param drawing Drawing; @param announce called with what a screen reader is to say. */
  constructor(drawing, announce) {
    Object.assign(this, { drawing, announce });
    const { overlay } = drawing.stage;
    overlay.addEventListener('keydown', (event) => this.#key(event));
    overlay.addEventListener('keyup', (event) => this.#released(event));
    overlay.addEventListener('focusin', (event) => this.#focused(event));
    overlay.addEventListener('focusout', () => this.leave());
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { point, region } = event.target.dataset;
    const onRegion = region !== undefined && !this.drawing.sheet.draft;
    const act = point !== undefined ? this.#pointKey : onRegion ? this.#regionKey : this.#crossKey;
    if (act.call(this, event, region)) event.preventDefault();
  }

  #pointKey(event) {
    const { sheet, stage } = this.drawing;
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
    const { sheet, stage } = this.drawing;
    if (event.key === 'Enter' || event.key === ' ') {
      sheet.select(id);
    } else if (event.key in ARROWS && sheet.selected === id) {
      const { polygon } = sheet.drawn;
      sheet.reshape(id, moved(polygon, ...this.#step(event), sheet.picture), id);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      sheet.remove(id);
      stage.overlay.focus();
    } else {
      return false;
    }
    return true;
  }

  /** The cross that draws if there is no pointer. */
  #crossKey(event) {
    const { sheet, stage } = this.drawing;
    if (this.drawing.tool === 'select') return false;
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
      stage.trial = null;
      sheet.cancel();
    } else {
      return false;
    }
    return true;
  }

  #moveCross(point) {
    const { sheet, stage } = this.drawing;
    stage.cross = inside(point, sheet.picture);
    if (this.#corner) stage.trial = rectangle(this.#corner, stage.cross);
    stage.reveal(stage.cross);
    stage.drawHandles();
  }

  #setCross() {
    const { sheet, stage } = this.drawing;
    const at = stage.cross ?? stage.middle();
    if (this.drawing.tool === 'polygon') {
      const points = sheet.draft ?? [];
      if (this.drawing.closes(points, at, NEAR) || (points.length && distance(points.at(-1), at) === 0)) {
        sheet.finish();
      } else {
        sheet.draw([...points, at]);
        this.#announcePoint(sheet.draft.length, at);
      }
    } else if (this.#corner) {
      const from = this.#corner;
      this.#corner = null;
      stage.trial = null;
      this.drawing.addRectangle(from, at);
    } else {
      this.#corner = at;
      this.#announcePoint(1, at);
    }
  }

  #announcePoint(count, [x, y]) {
    this.announce(say('point_set', { number: count, x: number(x), y: number(y) }));
  }

  /** How far an arrow key moves, in pixels of the picture. */
  #step(event) {
    const step = ((event.shiftKey ? SHIFT_STEPS : 1) * STEP) / this.drawing.stage.scale;
    return ARROWS[event.key].map((value) => value * step);
  }

  #released(event) {
    if (!(event.key in ARROWS)) return;
    const { sheet, stage } = this.drawing;
    const at = event.target.dataset.point !== undefined ? sheet.drawn?.polygon[sheet.point] : stage.cross;
    if (at) this.announce(say('point_at', { x: number(at[0]), y: number(at[1]) }));
  }

  #focused({ target }) {
    const { sheet, stage, tool } = this.drawing;
    const { point } = target.dataset;
    const byKeyboard = target.matches(':focus-visible');
    if (point !== undefined) sheet.select(sheet.selected, Number(point));
    if (target === stage.overlay && tool !== 'select' && byKeyboard) this.#moveCross(stage.cross ?? stage.middle());
    if (byKeyboard) sheet.pin(null);
    sheet.dispatchEvent(new Event('change'));
  }

  /** Put the cross away. */
  leave() {
    const { stage } = this.drawing;
    if (!stage.cross && !this.#corner) return;
    stage.cross = null;
    this.#corner = null;
    stage.trial = null;
    stage.drawHandles();
  }
}
