// Makes the page work without a network after the first visit. What is named by its content never changes and is taken from the cache
// first; the index and the labs are asked for anew, and taken from the cache when nobody answers.
const CACHE = "podscape";
const NAMED_BY_CONTENT = /-[0-9a-f]{8,}(_bg|_later)?\.(wasm|js|css)$/;

// What the index names is kept at once: the first visit may be the only one with a network.
async function keepNamed() {
  const scope = self.registration.scope;
  const index = await (await fresh(new Request(scope))).text();
  const named = index.match(/[\w./-]+-[0-9a-f]{8,}(_bg|_later)?\.(wasm|js|css)/g) ?? [];
  // The later part's style sheet and script lie beside it.
  const later = named.filter((name) => name.endsWith("_later.wasm"));
  const beside = ["css", "js"].flatMap((ending) => later.map((name) => name.replace(/wasm$/, ending)));
  const all = [...new Set([...named, ...beside])].map((name) => kept(new Request(new URL(name, scope))));
  await Promise.all([...all, fresh(new Request(new URL("picture.js", scope)))]);
  // The page works without the editor.
  await fresh(new Request(new URL("editor/codemirror.js", scope))).catch(() => {});
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepNamed());
});
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
