// Has the server read what is not read yet.

import { Refusal } from './api.js';
import { WHOLE } from './sheet.js';

const NO_ROOM = 'beyond the regions of one request'; // why the server did not read what it found

/** Event `state` after `busy` or `done` changed. */
export class Reader extends EventTarget {
  busy = false;
  done = null; // {count, ms, more} of the last reading; more: regions that were found and not read
  whole = false; // whether the last reading was of the picture as one text
  #stop = new AbortController();

  /** @param limits the server's, or null while they are not known. */
  constructor(sheet, api) {
    super();
    Object.assign(this, { sheet, api, limits: null });
  }

  /** Give up what is being read: it is of another picture, or by another model. */
  stop() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#set(false, null);
  }

  /**
   * Returns the texts that were read, a line each; raises Refusal.
   *
   * @param whole if no region is drawn: read the picture as one text, without looking for text in it.
   */
  async read(whole = false) {
    const entries = this.sheet.unread;
    if (!entries.length) return '';
    const most = this.limits?.max_regions ?? Infinity;
    if (entries.length > most) throw new Refusal('too_many_regions', { limit: most });
    const { signal } = this.#stop;
    const { blob, name } = this.sheet.picture;
    const polygons = entries[0].id === WHOLE ? null : entries.map(({ polygon }) => polygon);
    this.whole = whole;
    this.#set(true, null);
    try {
      const { regions, timings, lines, left_out } = await this.api.recognize(blob, name, polygons, whole, signal);
      if (signal.aborted) throw new Refusal('stopped');
      const found = Boolean(lines) && regions.every((region) => region.found_confidence !== undefined);
      if (found) this.sheet.adopt(regions, lines, timings);
      else this.sheet.keep(entries, regions, timings);
      this.#set(false, { count: regions.length, ms: timings.total_ms, more: left_out?.[NO_ROOM] ?? 0 });
      return regions.map(({ text }) => text).join('\n');
    } finally {
      if (!signal.aborted && this.busy) this.#set(false, null);
    }
  }

  #set(busy, done) {
    Object.assign(this, { busy, done });
    this.dispatchEvent(new Event('state'));
  }
}
