// Has the server read what is not read yet.

import { Refusal } from './api.js';
import { WHOLE } from './sheet.js';

/** Event `state` after `busy` or `done` changed. */
export class Reader extends EventTarget {
  busy = false;
  done = null; // {count, ms} of the last reading
  #stop = new AbortController();

  /** @param limits the server's, or null while they are not known. */
  constructor(sheet, api) {
    super();
    Object.assign(this, { sheet, api, limits: null });
  }

  /** Give up what is being read: it is of another picture. */
  stop() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.done = null;
  }

  /** Returns the texts that were read, a line each; raises Refusal. */
  async read() {
    const entries = this.sheet.unread;
    if (!entries.length) return '';
    const most = this.limits?.max_regions ?? Infinity;
    if (entries.length > most) throw new Refusal('too_many_regions', { limit: most });
    const { signal } = this.#stop;
    const { blob, name } = this.sheet.picture;
    const polygons = entries[0].id === WHOLE ? null : entries.map(({ polygon }) => polygon);
    this.#set(true, null);
    try {
      const { regions, timings } = await this.api.recognize(blob, name, polygons, signal);
      if (signal.aborted) throw new Refusal('stopped');
      this.sheet.keep(entries, regions, timings);
      this.#set(false, { count: regions.length, ms: timings.total_ms });
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
