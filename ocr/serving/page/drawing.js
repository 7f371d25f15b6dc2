// The tools: what a pointer does on the picture. What the keyboard does is in keys.js.

import { boundingBox, distance, edgeMiddle, inside, moved, rectangle } from './geometry.js';
import { Keys } from './keys.js';

const CLICK = 4; // screen pixels that a pointer may move during a click
const NEAR = { mouse: 7, touch: 14 }; // screen pixels around the first point in which a polygon is closed
const GRIP = { mouse: 8, touch: 14 }; // screen pixels around a handle in which it is taken hold of

export class Drawing {
  tool = 'select';
  #gesture = null;

  /** @param announce called with what a screen reader is to say. */
  constructor(sheet, stage, announce) {
    Object.assign(this, { sheet, stage });
    this.keys = new Keys(this, announce);
    const { overlay } = stage;
    overlay.addEventListener('pointerdown', (event) => this.#down(event));
    overlay.addEventListener('pointermove', (event) => this.#gesture?.move?.(event));
    overlay.addEventListener('pointerup', (event) => this.#up(event));
    overlay.addEventListener('pointercancel', () => this.#interrupted());
  }

  /** @param tool 'select', 'rectangle' or 'polygon'. */
  use(tool) {
    this.tool = tool;
    this.keys.leave();
    this.stage.trial = null;
    if (this.sheet.draft) this.sheet.draw([]);
    this.stage.overlay.dataset.using = tool;
    this.sheet.dispatchEvent(new Event('change'));
  }

  #down(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    this.sheet.pin(null);
    this.keys.leave();
    this.#gesture = this.#begin(event);
    this.stage.overlay.setPointerCapture(event.pointerId);
  }

  #begin(event) {
    const at = this.stage.toPicture(event);
    const { region } = event.target.dataset;
    const { point, edge } = this.#grips(event) ? event.target.dataset : {};
    const near = NEAR[event.pointerType] ?? NEAR.mouse;
    if (this.sheet.draft) return this.#polygonPoint(at, near);
    if (point !== undefined || edge !== undefined) {
      const drag = point !== undefined ? this.#dragPoint(Number(point)) : this.#dragEdge(Number(edge));
      return this.tool === 'polygon' ? this.#unlessClicked(drag, event, at) : drag;
    }
    if (this.tool === 'polygon') return this.#polygonPoint(at, near);
    if (this.tool === 'rectangle') return this.#dragRectangle(at, event, region);
    return region ? this.#dragRegion(region, at) : this.#pan(event);
  }

  /** Whether a pointer is near enough to the handle under it: a mouse is precise, a finger is not. */
  #grips({ target, clientX, clientY, pointerType }) {
    const { left, top, width, height } = target.getBoundingClientRect();
    const away = Math.hypot(clientX - left - width / 2, clientY - top - height / 2);
    return away < (GRIP[pointerType] ?? GRIP.mouse);
  }

  /** A handle that is clicked, not dragged, while polygons are drawn: the next one begins there. */
  #unlessClicked(drag, down, at) {
    return {
      ...drag,
      end: (event) => {
        if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) >= CLICK) {
          drag.end();
        } else {
          this.sheet.cancel();
          this.sheet.draw([at]);
        }
      },
    };
  }

  #up(event) {
    const gesture = this.#gesture;
    this.#gesture = null;
    gesture?.end?.(event);
  }

  /** A second finger came, or something else took the pointer: as if this one had not touched. */
  #interrupted() {
    const gesture = this.#gesture;
    this.#gesture = null;
    this.stage.trial = null;
    this.sheet.release();
    gesture?.cancel?.();
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
        if (isClick(event)) this.#click(region);
        else this.addRectangle(from, this.stage.toPicture(event));
      },
    };
  }

  /** On a region, or beside all of them. */
  #click(region = null) {
    if (this.sheet.regions.length) this.sheet.select(region);
  }

  addRectangle(from, to) {
    const polygon = rectangle(from, to);
    const { width, height } = boundingBox(polygon);
    if (width >= 1 && height >= 1) this.sheet.add(polygon);
  }

  /** A point of the polygon, which follows the pointer until it is lifted; at the first point the polygon is closed. */
  #polygonPoint(at, near) {
    const points = this.sheet.draft ?? [];
    if (this.closes(points, at, near)) return { end: () => this.sheet.finish() };
    if (points.length && this.stage.scale * distance(points.at(-1), at) < CLICK) {
      return { end: () => this.sheet.finish() }; // a double click
    }
    this.sheet.draw([...points, at]);
    return {
      move: (event) => this.sheet.draw([...points, this.stage.toPicture(event)]),
      cancel: () => this.sheet.draw(points),
    };
  }

  /** Whether a point of the picture is so near to the first of a polygon that it closes it. */
  closes(points, at, near) {
    return points.length >= 3 && this.stage.scale * distance(points[0], at) < near;
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
        if (Math.hypot(...away(event)) < CLICK) this.#click();
      },
    };
  }
}
