// A video that the server reads: what is known of its texts, and where they are at a time.

import { Refusal } from './api.js';

const PAUSE = 700; // ms between two questions how far it is

/** Events: `change` after anything. */
export class Film extends EventTarget {
  file = null; // {name, blob, url}
  job = null; // what the server told last, or null while the file is on its way
  texts = []; // those that have ended, in order of their beginnings
  queued = false; // whether it waits for another video: its first answer always says so
  #stop = new AbortController();

  constructor(api) {
    super();
    this.api = api;
  }

  /** Whether it is on its way to the server, waits there or is read. */
  get busy() {
    return this.file !== null && !this.#stop.signal.aborted && !['done', 'failed'].includes(this.job?.state);
  }

  /** Whether the reading was given up by the person. */
  get stopped() {
    return this.#stop.signal.aborted;
  }

  /** Whether all that can be read was read, by this model. */
  isReadBy(model) {
    return this.job?.state === 'done' && this.job.model === model;
  }

  /** Show another video; the one before is stopped. */
  open(file) {
    this.stop();
    this.#stop = new AbortController();
    if (this.file) URL.revokeObjectURL(this.file.url);
    Object.assign(this, { file, job: null, texts: [] });
    this.#changed();
  }

  /** Have it read, from its beginning; returns at the end. Raises Refusal. */
  async read() {
    if (this.stopped) this.#stop = new AbortController();
    const { signal } = this.#stop;
    const { blob, name } = this.file;
    this.job = null;
    this.texts = [];
    this.queued = false;
    this.#changed();
    try {
      this.#tell(await this.api.sendVideo(blob, name, signal));
      while (this.busy) {
        await pause(PAUSE, signal);
        this.queued = this.job.state === 'waiting';
        this.#tell(await this.api.video(this.job.id, this.texts.length, signal));
      }
      if (this.job.error) throw failed(this.job.error);
    } catch (error) {
      if (!signal.aborted && this.job?.state !== 'failed') this.job = { ...this.job, state: 'failed' };
      if (!signal.aborted) this.#changed();
      throw error;
    }
  }

  /** Give up reading it; what was read stays. */
  stop() {
    if (!this.busy) return;
    this.#stop.abort();
    if (this.job?.id) this.api.forgetVideo(this.job.id);
    this.#changed();
  }

  /** All that is known, in order: those that have ended and those to be seen in the last frame. */
  get all() {
    const showing = (this.job?.showing ?? []).map((text) => ({ ...text, end: this.job.read_seconds }));
    return [...this.texts, ...showing].sort((one, other) => one.start - other.start || one.end - other.end);
  }

  /** The texts at a time: {text, polygon} each. */
  at(time) {
    const { fps } = this.job ?? {};
    const shown = this.all.filter(({ start, end }) => start <= time + 1e-3 && time < end);
    return shown.map((text) => ({ text, polygon: outlineAt(text.outlines, time, 1 / fps) }));
  }

  /** What test.py --video writes of it. */
  toJson() {
    const { width, height, read_seconds: seconds, fps, frames, complete, left_out: left } = this.job;
    const more = Object.keys(left).length ? { left_out: left } : {};
    const record = { video: this.file.name, width, height, seconds, fps, frames, complete, texts: this.all, ...more };
    return JSON.stringify(record, null, 1);
  }

  #tell(job) {
    this.job = job;
    this.texts = [...this.texts, ...job.texts];
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

/** The polygon at a time: an outline holds until the frame before the next one, and moves there in between. */
export function outlineAt(outlines, time, step) {
  const index = Math.max(outlines.findLastIndex((one) => one.time <= time), 0);
  const [here, next] = [outlines[index], outlines[index + 1]];
  if (!next || next.polygon.length !== here.polygon.length) return here.polygon;
  const share = Math.min(Math.max(1 - (next.time - time) / Math.min(step, next.time - here.time), 0), 1);
  return here.polygon.map((point, number) => point.map((value, axis) => value + share * (next.polygon[number][axis] - value)));
}

/** What the server says of a video that it could not read; 'stopped' is what a person does here. */
function failed({ code, message }) {
  return new Refusal(code === 'stopped' ? 'video_stopped' : code, { message });
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Refusal('stopped'));
    });
  });
}
