// What the page does with scripts of their own, once it is up.
// After the start, so that it takes nothing from it.
setTimeout(() => navigator.serviceWorker?.register("offline.js").catch(() => {}), 2500);
// A picture of the stage.
addEventListener("click", ({ target }) => {
  const form = target.closest?.("[data-picture]")?.dataset.picture;
  if (form) import("./picture.js").then(({ take }) => take(form));
});
