// Draws the log. Entries keep their nodes, so that a screen reader hears each message once.

const LONG_LABEL = 24; // on a phone, two columns would break such a label into pieces
const clock = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });

function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

export class View {
  #words;
  #log;
  #scroll;
  #newer;
  #nodes = new Map();
  #following = true;
  #touched = -Infinity; // when a hand was last at the log: only then is it a person who scrolls

  // `pick(entry, button)` and `retry(entry)` are what a person can do to an entry.
  constructor(words, { pick, retry }) {
    this.#words = words;
    this.pick = pick;
    this.retry = retry;
    this.#log = document.getElementById("log");
    this.#scroll = document.getElementById("scroll");
    this.#newer = document.getElementById("newer");
    for (const hand of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      this.#scroll.addEventListener(hand, () => { this.#touched = performance.now(); }, { passive: true });
    }
    this.#scroll.addEventListener("scroll", () => {
      if (this.#gap() < 80) {
        this.#following = true;
        this.#newer.hidden = true;
      } else if (performance.now() - this.#touched < 1000) {
        this.#following = false;
      }
    });
    this.#newer.addEventListener("click", () => this.follow());
    const sizes = new ResizeObserver(() => this.#following && this.#toNewest());
    sizes.observe(this.#scroll);
    sizes.observe(this.#log);
  }

  draw({ log, queue }) {
    const keys = new Set(log.map((entry) => entry.key));
    for (const [key, node] of this.#nodes) {
      if (keys.has(key)) continue;
      node.remove();
      this.#nodes.delete(key);
    }
    let added = false;
    for (const [number, entry] of log.entries()) {
      if (!this.#nodes.has(entry.key)) {
        const node = entry.from === "me" ? this.#mine(entry) : this.#theirs(entry, log[number - 1]);
        this.#nodes.set(entry.key, node);
        this.#log.append(node);
        added = true;
      }
      if (entry.from === "me") this.#status(entry);
    }
    this.#buttons(log, queue);
    document.getElementById("thinking").hidden = log.at(-1)?.state !== "sent" || log.at(-1)?.quiet === true;
    if (added || this.#following) this.#settle(log);
  }

  follow() {
    this.#following = true;
    this.#newer.hidden = true;
    this.#toNewest();
  }

  // A blob's own address, for a photo that the server does not have yet.
  preview(key, url) {
    const image = this.#nodes.get(key)?.querySelector("img");
    if (image && !image.src) image.src = url;
  }

  #settle(log) {
    if (this.#following || log.at(-1)?.from === "me") this.follow();
    else this.#newer.hidden = false;
  }

  #gap() {
    return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight;
  }

  // To the end; but a reply taller than the window is read from its beginning.
  #toNewest() {
    const end = this.#scroll.scrollHeight - this.#scroll.clientHeight;
    const first = this.#firstOfReply();
    this.#scroll.scrollTop = Math.min(end, first ? first.offsetTop - 8 : end);
  }

  // The reply begins at what was asked, unless that is long itself.
  #firstOfReply() {
    const nodes = [...this.#log.children];
    const own = nodes.findLastIndex((node) => node.classList.contains("me"));
    const answer = nodes[own + 1];
    return own >= 0 && !nodes[own].hidden && (!answer || nodes[own].offsetHeight < 120) ? nodes[own] : answer;
  }

  #mine(entry) {
    const node = make("article", { className: "entry me", hidden: Boolean(entry.hidden) });
    node.append(make("span", { className: "sr-only", textContent: `${this.#words.me}: ` }));
    const bubble = make("div", { className: "bubble" });
    if (entry.text) bubble.append(entry.text);
    if (entry.file) bubble.append(this.#file(entry.file, this.#words.photo_sent, this.#words.file_sent));
    node.append(bubble, make("p", { className: "meta" }));
    return node;
  }

  #status(entry) {
    const node = this.#nodes.get(entry.key);
    const told = `${entry.state}|${entry.fault ?? ""}|${entry.file?.url ?? ""}`;
    if (node.dataset.told === told) return;
    node.dataset.told = told;
    node.classList.toggle("failed", entry.state === "failed");
    const words = { sending: "sending", sent: "sent", later: "will_retry", failed: "failed" };
    const meta = node.querySelector(".meta");
    meta.replaceChildren(`${clock.format(new Date(entry.at))} · ${this.#words[words[entry.state]]}`);
    if (entry.fault) meta.append(` – ${entry.fault}`);
    if (entry.state === "failed" && entry.text) {
      const again = make("button", { type: "button", className: "button", textContent: this.#words.try_again });
      again.addEventListener("click", () => this.retry(entry));
      meta.append(again);
    }
    if (entry.file?.url) {
      const image = node.querySelector("img");
      if (image) image.src = entry.file.url;
      const link = node.querySelector("a.file");
      if (link) link.href = entry.file.url;
    }
  }

  #theirs(entry, before) {
    const node = make("article", { className: entry.human ? "entry office human" : "entry office" });
    const goesOn = before?.from === "office" && before.human === entry.human;
    const label = entry.human ? this.#words.officer : this.#words.office;
    node.append(
      make("p", { className: goesOn ? "meta sr-only" : "meta" }, make("span", { className: "who", textContent: label }),
        ` · ${clock.format(new Date(entry.at))}`),
    );
    const bubble = make("div", { className: "bubble" });
    for (const span of entry.spans) bubble.append(this.#span(span));
    for (const file of entry.files) bubble.append(this.#file(file, this.#words.photo_received, this.#words.file_open));
    if (bubble.hasChildNodes()) node.append(bubble);
    if (entry.buttons.length) {
      const long = entry.buttons.some((button) => button.label.length > LONG_LABEL);
      const group = make("div", { className: long ? "options long" : "options" });
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", this.#words.options);
      for (const button of entry.buttons) group.append(this.#button(entry, button));
      node.append(group);
    }
    return node;
  }

  #span({ text, bold, url }) {
    let node = document.createTextNode(text);
    if (url && /^(https?:|tel:|\/)/.test(url)) node = this.#link(url, text);
    return bold ? make("strong", {}, node) : node;
  }

  #link(url, label) {
    const link = make("a", { href: url }, label);
    if (!url.startsWith("tel:")) {
      Object.assign(link, { target: "_blank", rel: "noopener" });
      link.append(make("span", { className: "sr-only", textContent: ` (${this.#words.new_page})` }));
    }
    return link;
  }

  #file(file, photoWords, fileWords) {
    if (file.kind === "photo") {
      const image = make("img", { className: "photo", alt: photoWords });
      if (file.url) image.src = file.url;
      return image;
    }
    const link = make("a", { className: "file", target: "_blank", rel: "noopener", textContent: file.name ?? fileWords });
    if (file.url) link.href = file.url;
    return link;
  }

  #button(entry, button) {
    if (button.url) {
      const link = this.#link(button.url, button.label);
      link.className = "button";
      return link;
    }
    const node = make("button", { type: "button", className: "button", textContent: button.label });
    node.dataset.payload = button.payload;
    node.addEventListener("click", () => this.pick(entry, button));
    return node;
  }

  // Only the newest message that asks something takes an answer; a link's button stays good.
  #buttons(log, queue) {
    const asks = (entry) => entry.buttons?.some((button) => button.question);
    const newest = log.findLast((entry) => asks(entry));
    const sending = new Set(queue.map((item) => item.choice));
    for (const entry of log) {
      if (!entry.buttons?.length) continue;
      for (const node of this.#nodes.get(entry.key).querySelectorAll("button[data-payload]")) {
        const button = entry.buttons.find((one) => one.payload === node.dataset.payload);
        node.disabled = sending.has(button.payload) || Boolean(button.question && (entry !== newest || entry.picked));
        node.classList.toggle("picked", entry.picked === button.payload);
      }
    }
  }
}
