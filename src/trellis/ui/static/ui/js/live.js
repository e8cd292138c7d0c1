// Listens to the server for what is new: <div data-live="/stream/" data-live-get="/part/"> asks for its part again
// when an event arrives. One stream a page; the browser connects again by itself.
const parts = [...document.querySelectorAll("[data-live]")];
const streams = new Map();

for (const part of parts) {
  const address = part.dataset.live;
  if (!streams.has(address)) streams.set(address, new EventSource(address));
  const refresh = () => {
    if (window.htmx) window.htmx.ajax("GET", part.dataset.liveGet || location.pathname, { target: part, swap: "innerHTML" });
  };
  for (const name of (part.dataset.liveOn || "message").split(" ")) {
    streams.get(address).addEventListener(name, refresh);
  }
}
addEventListener("pagehide", () => streams.forEach((stream) => stream.close()));
// A page that comes back from the browser's memory has missed what happened meanwhile.
addEventListener("pageshow", ({ persisted }) => { if (persisted && streams.size) location.reload(); });
