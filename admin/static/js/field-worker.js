// The service worker of the desk. It keeps one page, 现场核查, and what that page is made of, once somebody takes a
// visit along; nothing of anybody else's is ever kept. KEPT (version, page, kept) is written in front by the server:
// another version of anything makes another version of this file, and the phone renews what it keeps by itself.
const PREFIX = "zhunyu-field-";
const CACHE = PREFIX + KEPT.version;
const SLOW = 3000; // ms after which the kept page is shown although the network may still answer

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([KEPT.page, ...KEPT.kept].map((url) => new Request(url, { credentials: "omit", cache: "no-cache" })));
}

async function taken() { return (await caches.keys()).some((name) => name.startsWith(PREFIX)); }

self.addEventListener("install", (event) => {
  event.waitUntil(taken().then((was) => (was ? keep() : undefined)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data !== "keep") return;
  const answer = (told) => event.ports[0] && event.ports[0].postMessage(told);
  event.waitUntil(keep().then(() => answer("kept"), (error) => answer("failed " + error)));
});

async function page(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(KEPT.page);
  if (!kept) return fetch(request);
  const fresh = fetch(request).then((answer) => (answer.ok ? answer : kept));
  const late = new Promise((done) => setTimeout(() => done(kept), SLOW));
  return Promise.race([fresh, late]).catch(() => kept);
}

async function part(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request)) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (url.pathname === KEPT.page) event.respondWith(taken().then((was) => (was ? page(event.request) : fetch(event.request))));
    return;
  }
  if (KEPT.kept.includes(url.pathname)) event.respondWith(taken().then((was) => (was ? part(event.request) : fetch(event.request))));
});
