// What this browser remembers: the log, the messages not yet sent, how far it has read. Shared by all its tabs.

const KEY = "motcua.chat";
const KEPT = 200;
const BLANK = { log: [], queue: [], cursor: 0, recent: [], told: "vi", started: false };

// What is shown of messages still to be sent: all that stays when the log is cleared.
export function unsent({ log, queue }) {
  return log.filter((entry) => queue.some((item) => item.id === entry.key));
}

export class Memory {
  #state = BLANK;
  #listeners = [];
  durable = true;

  constructor() {
    this.#read();
    window.addEventListener("storage", (event) => {
      if (event.key !== KEY && event.key !== null) return;
      this.#read();
      this.#tell();
    });
  }

  get state() {
    return this.#state;
  }

  watch(listener) {
    this.#listeners.push(listener);
  }

  // `change` gets a draft to alter; another tab may have written since, so it starts from what is stored.
  update(change) {
    this.#read();
    const draft = structuredClone(this.#state);
    change(draft);
    draft.log = draft.log.slice(-KEPT);
    draft.recent = draft.recent.slice(-KEPT);
    this.#state = draft;
    try {
      localStorage.setItem(KEY, JSON.stringify(draft));
    } catch {
      this.durable = false;
    }
    this.#tell();
  }

  // As if nobody had ever been here.
  forget() {
    this.#state = BLANK;
    try {
      localStorage.removeItem(KEY);
    } catch {
      this.durable = false;
    }
    this.#tell();
  }

  #read() {
    if (!this.durable) return;
    try {
      this.#state = { ...BLANK, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
    } catch {
      this.durable = false;
    }
  }

  #tell() {
    for (const listener of this.#listeners) listener(this.#state);
  }
}
