// Sends the queue, oldest first, one at a time. A message keeps its id through every try, so it is taken once.

import * as blobs from "./blobs.js";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const FILE_TRIES = 4; // a file the server stumbles over must not stop the words behind it

export class Sender {
  #memory;
  #heard;
  #reached;
  #renewed;
  #tooOften;
  #running = false;
  #wake = () => undefined;

  // `heard(message)` shows a sentence of the server; `reached(ok)` says whether the line works; `renewed()` that
  // the server has given this browser a new cookie, so that it now is another visitor. `tooOften` is what a person
  // is told of a file that was given up.
  constructor(memory, { heard, reached, renewed, tooOften }) {
    this.#memory = memory;
    this.#heard = heard;
    this.#reached = reached;
    this.#renewed = renewed;
    this.#tooOften = tooOften;
    window.addEventListener("online", () => this.nudge());
  }

  nudge() {
    this.#wake();
    if (!this.#running) this.#run();
  }

  async #run() {
    this.#running = true;
    try {
      // One tab sends for all, where the browser has locks (a secure page); ids keep it right without them.
      if (navigator.locks) await navigator.locks.request("motcua-send", () => this.#drain());
      else await this.#drain();
    } finally {
      this.#running = false;
    }
    if (this.#memory.state.queue.length) this.nudge();
  }

  async #drain() {
    let tries = 0;
    let stumbles = 0;
    for (let item; (item = this.#memory.state.queue[0]); ) {
      const outcome = await this.#post(item);
      this.#reached(outcome.reached);
      if (outcome.stumbled) stumbles += 1;
      if (item.file && stumbles >= FILE_TRIES) {
        this.#heard(this.#tooOften);
        Object.assign(outcome, { done: true, message: this.#tooOften });
      }
      if (outcome.done) {
        tries = 0;
        stumbles = 0;
        this.#settle(item, outcome);
        continue;
      }
      tries += 1;
      this.#mark(item.id, "later");
      if (outcome.message && tries === 1) this.#heard(outcome.message);
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)) * (0.75 + Math.random() / 2);
      await this.#pause(Math.max(wait, outcome.retryAfter * 1000), outcome.retryAfter === 0);
    }
  }

  async #post(item) {
    try {
      const response = await this.#request(item);
      const body = await response.json().catch(() => ({}));
      if (response.ok) return { done: true, reached: true, ok: true, body };
      if (response.status === 401) {
        await fetch("/", { cache: "no-store" });
        this.#renewed();
      }
      const later = response.status === 401 || response.status === 429 || response.status >= 500;
      const retryAfter = Number(response.headers.get("retry-after")) || 0;
      return { done: !later, reached: true, ok: false, stumbled: response.status >= 500, message: body.message, retryAfter };
    } catch {
      return { done: false, reached: false, retryAfter: 0 };
    }
  }

  async #request(item) {
    if (!item.file) {
      const { id, text, choice } = item;
      return fetch("/chat/messages", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ id, text, choice }),
      });
    }
    const blob = await blobs.find(item.id);
    if (!blob) return new Response("{}", { status: 410 });
    const form = new FormData();
    form.set("id", item.id);
    form.set("file", blob, "file"); // its own name may hold a person's: it stays here
    return fetch("/chat/files", { method: "POST", body: form });
  }

  #settle(item, { ok, body, message }) {
    this.#memory.update((draft) => {
      draft.queue = draft.queue.filter((other) => other.id !== item.id);
      const entry = draft.log.find((other) => other.key === item.id);
      if (!entry) return;
      entry.state = ok ? "sent" : "failed";
      entry.fault = message ?? null;
      if (ok && body.file) Object.assign(entry.file, body.file);
    });
    if (item.file) blobs.drop(item.id);
  }

  #mark(id, state) {
    this.#memory.update((draft) => {
      const entry = draft.log.find((other) => other.key === id);
      if (entry) entry.state = state;
    });
  }

  // A nudge ends the wait, unless the server asked for it.
  #pause(milliseconds, wakeable) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        if (!wakeable) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
