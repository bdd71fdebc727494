// Photos and files waiting to be sent. They are too large for localStorage, so they lie in IndexedDB until they arrive.

const LONGEST_SIDE = 2048;
const fallback = new Map();

function store(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("motcua", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("blobs");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const doing = database.transaction("blobs", mode);
      const request = work(doing.objectStore("blobs"));
      doing.oncomplete = () => { database.close(); resolve(request.result); };
      doing.onerror = doing.onabort = () => { database.close(); reject(doing.error); };
    };
  });
}

export async function keep(id, blob) {
  fallback.set(id, blob);
  await store("readwrite", (blobs) => blobs.put(blob, id)).catch(() => undefined);
}

export async function find(id) {
  return fallback.get(id) ?? (await store("readonly", (blobs) => blobs.get(id)).catch(() => undefined));
}

export async function drop(id) {
  fallback.delete(id);
  await store("readwrite", (blobs) => blobs.delete(id)).catch(() => undefined);
}

export async function dropAll() {
  fallback.clear();
  await store("readwrite", (blobs) => blobs.clear()).catch(() => undefined);
}

// A phone's photo is made smaller here: it arrives sooner on a weak line, and without the place it was taken.
export async function lighter(file) {
  if (!["image/jpeg", "image/webp"].includes(file.type)) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    return small && small.size < file.size ? new File([small], file.name, { type: small.type }) : file;
  } catch {
    return file; // the server says in words what is wrong with it
  }
}
