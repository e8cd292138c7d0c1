// Small manners of every page: the menu closes by itself, dialogs open, problems get the focus.
const menus = () => document.querySelectorAll("details.t-menu[open]");

document.addEventListener("click", ({ target }) => {
  menus().forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
  const opener = target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  if (target.closest("[data-closes]")) target.closest("dialog")?.close();
  if (target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

// After a page or a part of it comes back with problems, start where the first one is.
const showProblem = (part) => part.querySelector('[aria-invalid="true"]')?.focus();
showProblem(document);
document.addEventListener("htmx:afterSwap", ({ target }) => showProblem(target));

// Who signs out leaves no notebook of a visit open on this device; lines that wait to be sent stay, for her alone.
document.addEventListener("submit", ({ target }) => {
  if (target.getAttribute("action")?.endsWith("/sign-out/") && "caches" in window) caches.delete("trellis-visits");
});
