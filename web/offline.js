// Makes the page work without a network after the first visit. What is named by its content never changes and is taken from the cache
// first; the index and the labs are asked for anew, and taken from the cache when nobody answers.
const CACHE = "podscape";
const NAMED_BY_CONTENT = /-[0-9a-f]{8,}(_bg|_later)?\.(wasm|js|css)$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(bare(request), answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(bare(request));
    if (kept) return kept;
    throw error;
  }
}

// What follows `?` only tells the page what to open.
function bare(request) {
  return request.url.split("?")[0].split("#")[0];
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(bare(request))) ?? fresh(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith(NAMED_BY_CONTENT.test(new URL(request.url).pathname) ? kept(request) : fresh(request));
});
