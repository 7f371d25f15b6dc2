// The picture at hand, the regions drawn on it and what was read there.

import { edgeMiddle, longestEdge, wholePicture } from './geometry.js';

export const WHOLE = 'whole'; // the id of the one region that there is while none is drawn
const FEWEST_POINTS = 3;

/**
 * Events: `change` after anything but the character that is looked at, `look` after that.
 *
 * Readings are kept by model and polygon, so that undoing a change brings back what was read there.
 */
export class Sheet extends EventTarget {
  picture = null; // {name, blob, url, width, height}
  regions = []; // {id, polygon}, never changed in place
  selected = null; // the id of a region
  point = null; // the index of a point of the selected region
  draft = null; // the points of a polygon that is not closed yet
  model = ''; // the name of the one that reads
  #timings = new Map(); // name of a model -> those of its last reading
  #readings = new Map();
  #lines = new Map(); // id of a region that was found -> number of its line
  #found = new Map(); // name of a model -> the regions that were found with it
  #asFound = this.regions; // those that were found last, or none before; any change makes others of them
  #past = [];
  #future = [];
  #draftFuture = [];
  #numDrawn = 0;
  #held = null; // the regions before a drag
  #repeated = null; // what the last change was, if changes of its kind count as one
  #pinned = null; // the index of the character chosen
  #pointed = null; // the index of the character under the pointer

  open(picture) {
    Object.assign(this, { picture, regions: [], selected: WHOLE, point: null, draft: null });
    this.#readings.clear();
    this.#timings.clear();
    this.#lines.clear();
    this.#found.clear();
    this.#asFound = this.regions;
    this.#past = [];
    this.#future = [];
    this.#held = null;
    this.#changed();
  }

  /**
   * Show what another model read, and have it read what it has not. Regions that are as the server found them go with
   * their model, since those that it cannot read are left out: another one may find more.
   */
  readWith(model) {
    this.model = model;
    if (this.regions === this.#asFound) this.#showFound(this.#found.get(model));
    this.#forgetLook();
    this.#changed();
  }

  /** Regions that were found before, or, for undefined, none, so that text is looked for. */
  #showFound(regions) {
    if (!regions && !this.regions.length) return;
    if (!regions) this.regions = this.#past.pop();
    else if (!this.regions.length) this.#past.push(this.regions);
    this.regions = regions ?? this.regions;
    this.#asFound = this.regions;
    this.#future = [];
    this.point = null;
    const [first, ...others] = this.regions;
    this.selected = others.length ? null : (first?.id ?? WHOLE);
  }

  get timings() {
    return this.#timings.get(this.model) ?? null;
  }

  /**
   * What there is to read and show, in order: {id, number, polygon, reading, line}; reading is null if none is at
   * hand, line the number of the line that a found region is in, or null.
   */
  get entries() {
    if (!this.picture) return [];
    const regions = this.regions.length ? this.regions : [{ id: WHOLE, polygon: wholePicture(this.picture) }];
    return regions.map((region, index) => ({
      ...region,
      number: index + 1,
      line: this.#lines.get(region.id) ?? null,
      reading: this.#readings.get(this.#keyOf(region)) ?? null,
    }));
  }

  get unread() {
    return this.entries.filter(({ reading }) => !reading);
  }

  get current() {
    return this.entries.find(({ id }) => id === this.selected) ?? null;
  }

  /** The drawn region that is selected. */
  get drawn() {
    return this.regions.find(({ id }) => id === this.selected) ?? null;
  }

  /** Keep what the server read on entries; those that were changed in the meantime stay unread. */
  keep(entries, readings, timings) {
    entries.forEach((entry, index) => {
      this.#readings.set(this.#keyOf(entry), readings[index]);
    });
    this.#timings.set(this.model, timings);
    if (!this.current) this.selected = this.entries[0].id;
    this.#changed();
  }

  /** Take over regions that the server found and read, like drawn ones; those drawn in the meantime follow them. */
  adopt(readings, lines, timings) {
    const found = readings.map(({ polygon }) => ({ id: this.#newId(), polygon }));
    readings.forEach((reading, index) => this.#readings.set(this.#keyOf(found[index]), reading));
    lines.forEach(({ regions }, line) => regions.forEach((index) => this.#lines.set(found[index].id, line)));
    this.#timings.set(this.model, timings);
    if (found.length && !this.drawn) this.selected = found.length === 1 ? found[0].id : null;
    if (!found.length) return this.#changed();
    const alone = this.regions.length === 0;
    this.#edit([...found, ...this.regions]);
    if (!alone) return undefined;
    this.#asFound = this.regions;
    this.#found.set(this.model, this.regions);
    return undefined;
  }

  /** The texts of the entries, those of one line joined. */
  get texts() {
    const lines = [];
    let before = null;
    for (const { line, reading } of this.entries) {
      const text = reading?.text ?? '';
      if (line !== null && line === before) lines[lines.length - 1] += ` ${text}`;
      else lines.push(text);
      before = line;
    }
    return lines;
  }

  select(id, point = null) {
    if (this.selected === id && this.point === point) return;
    if (this.selected !== id) this.#forgetLook();
    this.selected = id;
    this.point = point;
    this.#repeated = null;
    this.#changed();
  }

  add(polygon) {
    const id = this.#newId();
    this.#edit([...this.regions, { id, polygon }]);
    this.select(id);
  }

  remove(id) {
    const at = this.regions.findIndex((region) => region.id === id);
    this.#edit(this.regions.filter((region) => region.id !== id));
    this.select((this.regions[at] ?? this.regions[at - 1])?.id ?? WHOLE);
  }

  /** Change a region's outline. Changes in a row with the same `repeated` are undone as one. */
  reshape(id, polygon, repeated = null) {
    if (repeated && repeated === this.#repeated) {
      this.#replace(id, polygon);
    } else {
      this.#edit(this.regions.map((region) => (region.id === id ? { id, polygon } : region)));
      this.#repeated = repeated;
    }
  }

  /** A new point on the edge behind the selected point, or on the longest edge. */
  addPoint() {
    const { id, polygon } = this.drawn;
    const edge = this.point ?? longestEdge(polygon);
    this.reshape(id, polygon.toSpliced(edge + 1, 0, edgeMiddle(polygon, edge)));
    this.select(id, edge + 1);
  }

  get canRemovePoint() {
    return this.point !== null && this.drawn !== null && this.drawn.polygon.length > FEWEST_POINTS;
  }

  removePoint() {
    if (!this.canRemovePoint) return;
    const { id, polygon } = this.drawn;
    const point = this.point;
    this.reshape(id, polygon.toSpliced(point, 1));
    this.select(id, Math.min(point, polygon.length - 2));
  }

  /** Begin a change whose way is shown but not kept: drag, then drop or release. */
  hold() {
    this.#held = this.regions;
  }

  drag(id, polygon) {
    this.#replace(id, polygon);
  }

  drop() {
    const [before, after] = [this.#held, this.regions];
    this.#held = null;
    if (!before || JSON.stringify(before) === JSON.stringify(after)) return;
    this.regions = before;
    this.#edit(after);
  }

  /** Leave a drag off: all is as it was before. */
  release() {
    if (this.#held) this.regions = this.#held;
    this.#held = null;
    this.point = null;
    this.#changed();
  }

  /** Cancel what was begun. */
  cancel() {
    this.draft = null;
    this.release();
  }

  draw(points) {
    this.draft = points.length ? points : null;
    this.#draftFuture = [];
    this.#changed();
  }

  get canFinish() {
    return this.draft !== null && this.draft.length >= FEWEST_POINTS;
  }

  /** Close the polygon that is being drawn. */
  finish() {
    if (!this.canFinish) return;
    const polygon = this.draft;
    this.draft = null;
    this.add(polygon);
  }

  get canUndo() {
    return this.draft !== null || this.#past.length > 0;
  }

  get canRedo() {
    return this.#draftFuture.length > 0 || (this.draft === null && this.#future.length > 0);
  }

  undo() {
    if (this.draft) {
      this.#draftFuture.push(this.draft);
      this.draft = this.draft.length > 1 ? this.draft.slice(0, -1) : null;
      this.#changed();
    } else {
      this.#travel(this.#past, this.#future);
    }
  }

  redo() {
    if (this.#draftFuture.length) {
      this.draft = this.#draftFuture.pop();
      this.#changed();
    } else if (!this.draft) {
      this.#travel(this.#future, this.#past);
    }
  }

  /** The index of the character whose place is shown, the number of all for the end of the text, or null. */
  get look() {
    return this.#pointed ?? this.#pinned;
  }

  get pinned() {
    return this.#pinned;
  }

  pin(index) {
    this.#pinned = index;
    this.dispatchEvent(new Event('look'));
  }

  pointAt(index) {
    this.#pointed = index;
    this.dispatchEvent(new Event('look'));
  }

  #keyOf({ id, polygon }) {
    return `${this.model} ${id === WHOLE ? WHOLE : JSON.stringify(polygon)}`;
  }

  #newId() {
    return `region-${(this.#numDrawn += 1)}`;
  }

  #edit(regions) {
    this.#past.push(this.regions);
    this.#future = [];
    this.#draftFuture = [];
    this.#repeated = null;
    this.regions = regions;
    this.#forgetLook();
    this.#changed();
  }

  #replace(id, polygon) {
    this.regions = this.regions.map((region) => (region.id === id ? { id, polygon } : region));
    this.#forgetLook();
    this.#changed();
  }

  #travel(from, to) {
    if (!from.length) return;
    to.push(this.regions);
    this.regions = from.pop();
    this.#repeated = null;
    this.point = null;
    if (!this.current) this.selected = this.regions.at(-1)?.id ?? WHOLE;
    this.#forgetLook();
    this.#changed();
  }

  #forgetLook() {
    this.#pinned = null;
    this.#pointed = null;
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
    this.dispatchEvent(new Event('look'));
  }
}
