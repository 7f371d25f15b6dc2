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
  #model = null;

  /**
   * @param askToken async (wasWrong) -> the access key that a person entered, or null.
   * @param onWait called with the seconds until a busy server is asked again.
   */
  constructor(askToken, onWait) {
    this.askToken = askToken;
    this.onWait = onWait;
  }

  /** The model's card; asked for once. */
  async model() {
    this.#model ??= await (await this.#fetch('v1/model')).json();
    return this.#model;
  }

  async samples() {
    return (await (await this.#fetch('v1/samples')).json()).samples;
  }

  async blob(url) {
    return (await this.#fetch(url)).blob();
  }

  /** Read regions of a picture: polygons, or null for all of it. With attention where the model gives it. */
  async recognize(blob, name, polygons, signal) {
    const form = new FormData();
    form.append('image', blob, name);
    if ((await this.model()).has_attention) form.append('attention', 'true');
    if (polygons) form.append('polygons', JSON.stringify(polygons));
    return (await this.#fetch('v1/recognize', { method: 'POST', body: form, signal })).json();
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
    try {
      return await fetch(url, { ...options, headers });
    } catch (error) {
      throw new Refusal(error.name === 'AbortError' ? 'stopped' : 'unreachable');
    }
  }

  async #unlock() {
    this.#token = await this.askToken(this.#token !== null);
    if (this.#token === null) throw new Refusal('locked');
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
