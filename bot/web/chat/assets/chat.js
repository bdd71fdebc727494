// The chat page: joins what is remembered, sent, read and drawn.

import * as blobs from "./blobs.js";
import { Memory, unsent } from "./memory.js";
import { Sender } from "./sender.js";
import { Stream } from "./stream.js";
import { View } from "./view.js";

const OFFLINE_AFTER = 2500;
const NOTE_STAYS = 8000;

const words = JSON.parse(document.getElementById("words").textContent);
const limits = document.body.dataset;
const box = document.getElementById("text");
const picker = document.getElementById("file");
const canHover = matchMedia("(hover: hover)").matches;

const memory = new Memory();
const view = new View(words, { pick, retry });
const sender = new Sender(memory, {
  heard: note,
  reached: (ok) => line("sender", ok),
  renewed: () => stream.reopen(),
  tooOften: words.file_given_up,
});
const stream = new Stream(memory, (ok) => line("stream", ok));

// Not every browser has randomUUID on a plain http page.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

// `shown` is what the person sees of it in the log; without it, as for /start, only the answer is seen.
function post(item, shown, change = () => undefined) {
  const id = item.id ?? newId();
  memory.update((draft) => {
    draft.queue.push({ ...item, id });
    const seen = shown ?? { hidden: true };
    draft.log.push({ key: id, from: "me", at: new Date().toISOString(), state: "sending", ...seen });
    change(draft);
  });
  sender.nudge();
}

function say() {
  const text = box.value.trim();
  if (!text || measure()) return;
  box.value = "";
  grow();
  post({ text }, { text });
}

// Whether the text is too long to be taken. It stays in the box, and the page says by how much.
function measure() {
  const length = [...box.value.trim()].length;
  const over = length > Number(limits.textLimit);
  const place = document.getElementById("long");
  place.hidden = !over;
  place.textContent = over ? words.text_long.replace("{limit}", limits.textLimit).replace("{length}", length) : "";
  return over;
}

function command(text) {
  closeHelp();
  post({ text });
}

function pick(entry, button) {
  post({ choice: button.payload }, { text: button.label }, (draft) => {
    const asked = draft.log.find((other) => other.key === entry.key);
    if (asked && button.question) asked.picked = button.payload;
  });
  // The pressed button is disabled now: the keyboard goes on where the answer will be.
  if (!document.activeElement || document.activeElement === document.body || document.activeElement.disabled) {
    document.getElementById(canHover ? "text" : "log").focus({ preventScroll: true });
  }
}

function retry(entry) {
  memory.update((draft) => {
    draft.log = draft.log.filter((other) => other.key !== entry.key);
  });
  post({ text: entry.text }, { text: entry.text });
}

async function sendFile(file) {
  const lighter = await blobs.lighter(file);
  if (lighter.size > Number(limits.fileLimit)) {
    note(words.file_big);
    return;
  }
  const id = newId();
  await blobs.keep(id, lighter);
  const kind = lighter.type.startsWith("image/") ? "photo" : "document";
  post({ id, file: true, name: file.name }, { file: { kind, name: file.name } });
  view.preview(id, URL.createObjectURL(lighter));
}

async function previewWaiting() {
  for (const item of memory.state.queue.filter((waiting) => waiting.file)) {
    const blob = await blobs.find(item.id);
    if (blob) view.preview(item.id, URL.createObjectURL(blob));
  }
}

const broken = new Set();
let darkening = 0;

function line(which, ok) {
  if (ok) broken.delete(which);
  else broken.add(which);
  clearTimeout(darkening);
  const banner = document.getElementById("offline");
  if (broken.size) {
    darkening = setTimeout(() => { banner.hidden = false; }, navigator.onLine ? OFFLINE_AFTER : 0);
  } else if (!banner.hidden) {
    banner.hidden = true;
    note(words.online);
  }
}

let noting = 0;

function note(sentence) {
  const place = document.getElementById("note");
  place.textContent = sentence;
  place.hidden = false;
  clearTimeout(noting);
  noting = setTimeout(() => { place.hidden = true; }, NOTE_STAYS);
}

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 4, 168)}px`;
}

function closeHelp() {
  document.getElementById("help").close();
}

function ask(id) {
  closeHelp();
  const dialog = document.getElementById(id);
  dialog.returnValue = "no";
  dialog.showModal();
}

function clearHistory() {
  // What was read stays read: only the words go.
  memory.update((draft) => { draft.log = unsent(draft); });
  note(words.cleared);
}

// On a computer that others use: the next one to sit here is somebody else to the server too.
async function leave() {
  const response = await fetch("/chat/leave", { method: "POST" }).catch(() => null);
  if (!response?.ok) {
    note(words.not_left);
    return;
  }
  stream.close();
  memory.forget();
  await blobs.dropAll();
  location.replace("/");
}

document.getElementById("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  say();
});
box.addEventListener("input", () => {
  grow();
  measure();
});
box.addEventListener("keydown", (event) => {
  // Enter may belong to the input method that is putting Vietnamese letters together.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  say();
});
document.getElementById("pick").addEventListener("click", () => picker.click());
picker.addEventListener("change", async () => {
  const files = [...picker.files];
  picker.value = "";
  for (const file of files) await sendFile(file);
});
document.getElementById("open-help").addEventListener("click", () => document.getElementById("help").showModal());
for (const [id, done] of [["sure", clearHistory], ["leave", leave]]) {
  document.getElementById(id).addEventListener("close", (event) => event.target.returnValue === "yes" && done());
}
for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => command(button.dataset.command));
}
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => ask(button.dataset.ask));
}

memory.watch((state) => view.draw(state));
view.draw(memory.state);
view.follow();
document.getElementById("log").setAttribute("aria-live", "polite");
previewWaiting();
stream.open();

const lang = document.documentElement.lang;
if (memory.state.told !== lang) {
  post({ choice: limits.languageChoice }, null, (draft) => Object.assign(draft, { told: lang, started: true }));
} else if (!memory.state.started) {
  post({ text: "/start" }, null, (draft) => { draft.started = true; });
} else {
  sender.nudge();
}
if (!memory.durable) note(words.storage_off);
