// Keeps what is typed into form[data-keep] on this device until it was saved, so that nothing typed is lost.
// data-keep names the draft. It is kept apart by person, for a device may be shared.
const PREFIX = `trellis.draft.${document.body.dataset.person || "nobody"}.`;
const kept = (form) => PREFIX + form.dataset.keep;
const fields = (form) => [...form.elements].filter((f) =>
  f.name && f.matches("textarea, input[type=text], input:not([type]), input[type=date], input[type=time], input[type=number], input[type=radio], input[type=checkbox], select"));
const valueOf = (f) => (f.matches("[type=radio], [type=checkbox]") ? f.checked : f.value);
const slot = (f) => (f.matches("[type=radio], [type=checkbox]") ? `${f.name}=${f.value}` : f.name);

const tell = (form, words) => {
  let line = form.querySelector(".t-kept");
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "t-kept" });
    line.setAttribute("role", "status");
    form.append(line);
  }
  line.textContent = words;
};

const save = (form) => {
  try {
    localStorage.setItem(kept(form), JSON.stringify(Object.fromEntries(fields(form).map((f) => [slot(f), valueOf(f)]))));
    tell(form, "Kept on this device until you save it.");
  } catch { tell(form, "This device cannot keep a draft. Save before you leave the page."); }
};

const restore = (form) => {
  let draft;
  try { draft = JSON.parse(localStorage.getItem(kept(form)) || "null"); } catch { draft = null; }
  if (!draft) return;
  // What the server sent back with problems is newer than the draft.
  if (form.querySelector('[aria-invalid="true"], [role="alert"]')) return;
  fields(form).forEach((f) => {
    if (!(slot(f) in draft)) return;
    if (f.matches("[type=radio], [type=checkbox]")) f.checked = draft[slot(f)];
    else f.value = draft[slot(f)];
  });
  tell(form, "This is what you typed here before. It is not saved yet.");
};

const forget = (form) => { try { localStorage.removeItem(kept(form)); } catch { /* nothing was kept */ } };

const watched = new WeakSet();
const watch = (form) => {
  if (watched.has(form)) return;
  watched.add(form);
  restore(form);
  let timer;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => save(form), 300); });
  form.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.successful) { clearTimeout(timer); forget(form); } });
  form.addEventListener("submit", () => { clearTimeout(timer); save(form); sessionStorage.setItem("trellis.sent", kept(form)); });
};

// A form that was sent and is not on the next page again was saved; one that came back with problems is still there.
const sent = sessionStorage.getItem("trellis.sent");
sessionStorage.removeItem("trellis.sent");
if (sent) {
  const back = [...document.querySelectorAll("form[data-keep]")].find((form) => kept(form) === sent);
  if (!back || !back.querySelector('[aria-invalid="true"], [role="alert"]')) localStorage.removeItem(sent);
}
document.querySelectorAll("form[data-keep]").forEach(watch);
document.addEventListener("htmx:load", ({ target }) => {
  if (target.matches?.("form[data-keep]")) watch(target);
  target.querySelectorAll?.("form[data-keep]").forEach(watch);
});
