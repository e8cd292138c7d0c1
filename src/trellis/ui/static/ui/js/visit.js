// The notebook of a visit: each line is kept on this device first, then sent, so that none is lost without a connection.
const page = document.querySelector("[data-visit]");
const { visit, writer, share } = page.dataset;
const asShown = `<!doctype html>${document.documentElement.outerHTML}`;
const part = (name) => document.querySelector(`[data-part=${name}]`);
const token = () => page.querySelector("[name=csrfmiddlewaretoken]").value;

const opened = new Promise((done, fail) => {
  const asked = indexedDB.open("trellis-visits", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "key" });
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});
const outbox = async (mode, act) => {
  const work = (await opened).transaction("outbox", mode);
  const asked = act(work.objectStore("outbox"));
  return new Promise((done, fail) => { work.oncomplete = () => done(asked.result); work.onerror = () => fail(work.error); });
};
const lines = async () => (await outbox("readonly", (box) => box.getAll()))
  .filter((line) => line.visit === visit && line.writer === writer).sort((a, b) => a.at - b.at);

// The time counts from the first tap on Start, or from the first line.
const STARTED = `trellis.visit.${visit}`;
const start = () => { localStorage.setItem(STARTED, localStorage.getItem(STARTED) || Date.now()); tick(); };
const seconds = () => Math.max(0, Math.round((Date.now() - localStorage.getItem(STARTED)) / 1000));
const words = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
const tick = () => {
  const running = localStorage.getItem(STARTED) !== null;
  part("start").hidden = running;
  part("clock").textContent = running ? words(seconds()) : "0:00";
};

const show = async (problem = "") => {
  const all = await lines();
  const waiting = all.filter((line) => !line.sent);
  part("waiting").hidden = waiting.length === 0;
  part("count").textContent = waiting.length;
  part("offline").hidden = waiting.length === 0 && navigator.onLine;
  part("problem").textContent = problem;
  part("problem").hidden = !problem;
  for (const line of all.filter((line) => line.to !== share)) {
    let item = document.getElementById(`note-${line.key}`);
    if (!item) {
      item = part("line").content.firstElementChild.cloneNode(true);
      item.id = `note-${line.key}`;
      part("notes").prepend(item);
    }
    const { kind, text, seconds: at } = line.fields;
    const said = { time: words(+at), text, kind: kind[0].toUpperCase() + kind.slice(1), sent: line.sent ? "sent" : "waiting to send" };
    for (const [name, value] of Object.entries(said)) { const place = item.querySelector(`[data-line=${name}]`); if (place) place.textContent = value; }
  }
};

let sending = false;
const send = async () => {
  if (sending) return;
  sending = true;
  let problem = "";
  try {
    for (const line of (await lines()).filter((line) => !line.sent)) {
      const answer = await fetch(line.to, { method: "POST", body: new URLSearchParams(line.fields), redirect: "manual", headers: { "Idempotency-Key": line.key, "X-CSRFToken": token() } });
      if (answer.status === 422) problem = (await answer.json()).problems.join(" ");
      else if (!answer.ok) problem = "Sign in again on this device, then your lines go out. They are kept here.";
      if (!answer.ok) break;
      await outbox("readwrite", (box) => box.put({ ...line, sent: true }));
      if (line.to === share) await putAway();
    }
  } catch { /* no connection: tried again by itself */ }
  sending = false;
  await show(problem);
};
const putAway = async () => {
  for (const line of await lines()) await outbox("readwrite", (box) => box.delete(line.key));
  localStorage.removeItem(STARTED);
  await (await caches.open("trellis-visits")).delete(location.pathname);
  location.reload();
};
const keep = async (form, extra) => {
  const { csrfmiddlewaretoken, key, ...fields } = Object.fromEntries(new FormData(form));
  const line = { key: crypto.randomUUID(), visit, writer, at: Date.now(), to: form.getAttribute("action"), fields: { ...fields, ...extra } };
  await outbox("readwrite", (box) => box.put(line));
  await show();
  send();
};

page.addEventListener("click", ({ target }) => { if (target.closest("[data-part=start]")) start(); });
page.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  start();
  if (form.getAttribute("action") === share) return keep(form, { minutes: form.elements.minutes.value || Math.max(1, Math.round(seconds() / 60)) });
  if (!form.elements.text.value.trim() && !form.elements.level.value) return form.elements.text.focus();
  await keep(form, { seconds: seconds() });
  form.reset();
  form.elements.text.focus();
});
addEventListener("online", send);
addEventListener("offline", () => show());
setInterval(tick, 1000);
setInterval(send, 8000);
tick();
send();

// The worker opens this page again without a connection; the page hands it what it is drawn with.
if ("serviceWorker" in navigator) {
  await navigator.serviceWorker.register("/visit-worker.js", { scope: "/people/visits/" });
  const shelf = await caches.open("trellis-visits");
  const drawnWith = performance.getEntriesByType("resource").map((r) => r.name).filter((name) => name.includes("/static/"));
  await shelf.addAll([...new Set(drawnWith)]);
  await shelf.put(location.pathname, new Response(asShown, { headers: { "Content-Type": "text/html; charset=utf-8" } }));
  page.dataset.offline = "ready";
}
