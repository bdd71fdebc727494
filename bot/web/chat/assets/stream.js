// Reads what the office writes. The browser reconnects by itself; where it gives up, we open a new stream.

const AGAIN = 3000;

export class Stream {
  #memory;
  #reached;
  #source = null;
  #timer = 0;

  constructor(memory, reached) {
    this.#memory = memory;
    this.#reached = reached;
    for (const happening of ["online", "pageshow"]) window.addEventListener(happening, () => this.open());
    document.addEventListener("visibilitychange", () => document.hidden || this.open());
  }

  open() {
    if (this.#source && this.#source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#timer);
    this.#source = new EventSource(`/chat/stream?after=${this.#memory.state.cursor}`);
    this.#source.addEventListener("open", () => this.#reached(true));
    this.#source.addEventListener("part", (event) => this.#take(JSON.parse(event.data)));
    this.#source.addEventListener("error", () => {
      this.#reached(false);
      if (this.#source.readyState === EventSource.CLOSED) this.#later();
    });
  }

  reopen() {
    this.#source?.close();
    this.open();
  }

  #later() {
    this.#timer = setTimeout(async () => {
      await fetch("/", { cache: "no-store" }).catch(() => undefined); // the cookie may have run out
      this.open();
    }, AGAIN);
  }

  #take(part) {
    if (!this.#memory.state.recent.includes(part.seq)) {
      this.#memory.update((draft) => {
        if (draft.recent.includes(part.seq)) return;
        draft.recent.push(part.seq);
        draft.cursor = Math.max(draft.cursor, part.seq);
        draft.log.push({ key: `s${part.seq}`, from: "office", ...part });
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
