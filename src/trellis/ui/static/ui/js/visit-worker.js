// Opens the notebook of a visit from this device where there is no connection; online everything comes from the server.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || event.request.headers.get("Accept") === "text/event-stream") return;
  const kept = async () => (await caches.match(event.request, { ignoreVary: true, ignoreSearch: true })) ?? Response.error();
  event.respondWith(fetch(event.request).catch(kept));
});
