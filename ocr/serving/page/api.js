// The server's answers, and its refusals as errors with a code.

const TRIES = 4; // a busy server is asked so often
const LONGEST_WAIT = 10; // seconds

/** What went wrong: a code, the page's or the server's own, with what its text names, such as a limit. */
export class Refusal extends Error {
  constructor(code, values = {}) {
    super(code);
    Object.assign(this, { code, values });
  }
}

export class Api {
  #token = null; // kept nowhere else
  #models = null;
  #chosen = null; // the card of the model that a person chose

  /**
   * @param askToken async (wasWrong) -> the access key that a person entered, or null.
   * @param onWait called with the seconds until a busy server is asked again.
   */
  constructor(askToken, onWait) {
    this.askToken = askToken;
    this.onWait = onWait;
  }

  /** The cards of all models; asked for once. */
  async models() {
    this.#models ??= (await this.#json('v1/models')).models;
    return this.#models;
  }

  /** The card of the model that reads. */
  async model() {
    const [first] = await this.models();
    return this.#chosen ?? first;
  }

  /** Have the model of a name read from now on; returns its card. */
  choose(name) {
    this.#chosen = this.#models.find((model) => model.name === name);
    return this.#chosen;
  }

  async samples() {
    return (await this.#json('v1/samples')).samples;
  }

  async blob(url) {
    const answer = await this.#fetch(url);
    return unbroken(answer.blob());
  }

  /**
   * Read regions of a picture: polygons, or null for those that the server finds. With attention if the model
   * gives it.
   *
   * @param whole without polygons: read the picture as one text, even if a detector is there.
   */
  async recognize(blob, name, polygons, whole, signal) {
    const form = new FormData();
    const model = await this.model();
    form.append('image', blob, name);
    form.append('model', model.name);
    if (model.has_attention) form.append('attention', 'true');
    if (polygons) form.append('polygons', JSON.stringify(polygons));
    else if (whole && model.detector) form.append('detect', 'false');
    return this.#json('v1/recognize', { method: 'POST', body: form, signal });
  }

  /** Send a video to be read; what the server tells of it, as video() does. */
  async sendVideo(blob, name, signal) {
    const form = new FormData();
    form.append('video', blob, name);
    form.append('model', (await this.model()).name);
    return this.#json('v1/video', { method: 'POST', body: form, signal });
  }

  /** How far a video is read, with its texts from number `after` on. */
  async video(id, after, signal) {
    return this.#json(`v1/video/${id}?after=${after}`, { signal });
  }

  /** The texts of a video that was read, as a file of subtitles. */
  async subtitles(id) {
    const answer = await this.#fetch(`v1/video/${id}/subtitles`);
    return unbroken(answer.text());
  }

  /** Have the server stop reading a video; that it may be gone already is no matter. */
  forgetVideo(id) {
    this.#ask(`v1/video/${id}`, { method: 'DELETE', keepalive: true }).catch(() => {});
  }

  async #json(url, options) {
    const answer = await this.#fetch(url, options);
    return unbroken(answer.json());
  }

  async #fetch(url, options = {}) {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#ask(url, options);
      if (answer.ok) return answer;
      if (answer.status === 401) {
        await this.#unlock();
      } else if (answer.status === 429 && tries < TRIES) {
        const seconds = Math.min(Number(answer.headers.get('Retry-After')) || 1, LONGEST_WAIT);
        this.onWait(seconds);
        await pause(seconds, options.signal);
      } else {
        throw await refusal(answer);
      }
    }
  }

  async #ask(url, options) {
    const headers = this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
    return unbroken(fetch(url, { ...options, headers }));
  }

  async #unlock() {
    this.#token = await this.askToken(this.#token !== null);
    if (this.#token === null) throw new Refusal('locked');
  }
}

/** What a promise of the network gives; raises Refusal if the line is broken or the request was given up. */
async function unbroken(promise) {
  try {
    return await promise;
  } catch (error) {
    throw new Refusal(error.name === 'AbortError' ? 'stopped' : 'unreachable');
  }
}

async function refusal(answer) {
  try {
    const { code, message } = (await answer.json()).error;
    return new Refusal(code, { message });
  } catch {
    return new Refusal('server');
  }
}

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Refusal('stopped'));
    });
  });
}
