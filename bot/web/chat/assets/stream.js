// Reads what the office writes. The browser reconnects by itself; where it gives up, we open a new stream.

import { unsent } from "./memory.js";

const AGAIN = 3000;
const LONGEST_AGAIN = 60000;

export class Stream {
  #memory;
  #reached;
  #source = null;
  #timer = 0;
  #again = AGAIN;

  constructor(memory, reached) {
    this.#memory = memory;
    this.#reached = reached;
    for (const happening of ["online", "pageshow", "focus"]) window.addEventListener(happening, () => this.open());
    document.addEventListener("visibilitychange", () => document.hidden || this.open());
  }

  open() {
    if (this.#source && this.#source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#timer);
    this.#source = new EventSource(`/chat/stream?after=${this.#memory.state.cursor}`);
    this.#source.addEventListener("open", () => {
      this.#again = AGAIN;
      this.#reached(true);
    });
    // Newer pages of this browser took its place. They draw here too, and looking at this page opens it again.
    this.#source.addEventListener("aside", () => this.#source.close());
    this.#source.addEventListener("part", (event) => this.#take(JSON.parse(event.data)));
    this.#source.addEventListener("error", () => {
      this.#reached(false);
      if (this.#source.readyState === EventSource.CLOSED) this.#later();
    });
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  reopen() {
    this.#source?.close();
    this.open();
  }

  #later() {
    const wait = this.#again * (0.75 + Math.random() / 2);
    this.#again = Math.min(LONGEST_AGAIN, this.#again * 2);
    this.#timer = setTimeout(async () => {
      await fetch("/", { cache: "no-store" }).catch(() => undefined); // the cookie may have run out
      this.open();
    }, wait);
  }

  #take(part) {
    if (!this.#memory.state.recent.includes(part.seq)) {
      this.#memory.update((draft) => {
        if (draft.recent.includes(part.seq)) return;
        draft.recent.push(part.seq);
        draft.cursor = Math.max(draft.cursor, part.seq);
        // Who had their data erased wants no trace of it here: the farewell alone stays.
        if (part.about === "privacy.erased") draft.log = unsent(draft);
        draft.log.push({ ...part, key: `s${part.seq}`, from: "office" });
      });
    }
    this.#acknowledge();
  }

  #acknowledge() {
    clearTimeout(this.acknowledging);
    this.acknowledging = setTimeout(() => {
      fetch("/chat/ack", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ seq: this.#memory.state.cursor }),
      }).catch(() => undefined); // the next one covers it
    }, 500);
  }
}
