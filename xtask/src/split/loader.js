// The program's first part runs by itself. Its later part, named by this script, is fetched once the page is up,
// or at once, while everything waits, if one of its functions is called before it is there. Where a service worker keeps the page, both
// parts are at hand: then they start together, for what waits for an answer does not ask the worker.
// What a person does before it is there is held, said to be, and done once it has come: nothing stands still meanwhile.
{
  const address = new URL(document.currentScript.dataset.later, document.baseURI);
  const plain = {};
  let first;

  const korean = () => document.documentElement.lang.startsWith("ko");
  const deeds = ["click", "dblclick", "keydown", "input", "change", "submit"];
  const held = [];
  let note;
  const hold = (event) => {
    if (!event.isTrusted || first?.arrived.value) return;
    event.stopImmediatePropagation();
    if (["click", "submit"].includes(event.type)) event.preventDefault();
    held.push(event);
    if (note) return;
    note = document.createElement("p");
    note.setAttribute("role", "status");
    note.dataset.testid = "part-awaited";
    note.style.cssText =
      "position:fixed;inset:auto 0 40%;z-index:99;margin:auto;width:fit-content;padding:8px 18px;border-radius:99px;background:#16202a;color:#fff;opacity:.92";
    note.textContent = korean() ? "불러오는 중…" : "Loading…";
    document.body.append(note);
  };
  // Who leaves before it is there has done nothing that would have to be kept; and a page that is left may not wait for it.
  // A window calls its listeners in the order in which they came: these come before the program's.
  for (const end of ["pagehide", "beforeunload"]) {
    addEventListener(end, (event) => first?.arrived.value || event.stopImmediatePropagation());
  }
  // Held deeds are done, in their order; where the part did not come, doing tells why.
  const release = () => {
    deeds.forEach((deed) => removeEventListener(deed, hold, true));
    note?.remove();
    for (const event of held.splice(0)) event.target.dispatchEvent(new event.constructor(event.type, event));
  };

  const link = (module) => {
    if (first.arrived.value) return;
    const later = {};
    for (const { name } of WebAssembly.Module.imports(module)) {
      later[name] = first[name] ?? first.slots.get(Number(name));
    }
    new WebAssembly.Instance(module, { later });
    first.arrived.value = 1;
  };

  const say = () => {
    const words = document.createElement("p");
    words.setAttribute("role", "alert");
    words.dataset.testid = "part-missing";
    words.style.cssText =
      "position:fixed;inset:0 0 auto;z-index:99;margin:0;padding:12px;background:#8a1c1c;color:#fff;text-align:center";
    words.textContent = korean()
      ? "Podscape의 일부를 불러오지 못했습니다. 연결을 확인하고 페이지를 새로 고치세요."
      : "A part of Podscape could not be loaded. Check the connection and reload the page.";
    document.body.append(words);
  };

  const bring = () => {
    try {
      const request = new XMLHttpRequest();
      request.open("GET", address, false);
      request.overrideMimeType("text/plain; charset=x-user-defined");
      request.send();
      if (!request.status || request.status > 299) throw new Error(`${address}: ${request.status}`);
      link(new WebAssembly.Module(Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0))));
    } catch (error) {
      document.querySelector("[data-testid=part-missing]") ?? say();
      throw error;
    }
  };

  const fetchLater = async () => {
    try {
      const answer = await fetch(address);
      if (answer.ok) return await WebAssembly.compile(await answer.arrayBuffer());
    } catch (error) {
      // It is tried again, and a failure is told, when something of it is needed.
      console.info(`later: ${error}`);
    }
  };
  const linkIfThere = (module) => module && link(module);

  for (const how of ["instantiate", "instantiateStreaming"]) {
    plain[how] = WebAssembly[how];
    if (!plain[how]) continue;
    WebAssembly[how] = async (source, imports) => {
      const early = navigator.serviceWorker?.controller && fetchLater();
      const result = await plain[how].call(WebAssembly, source, { ...imports, later: { bring } });
      first = (result.instance ?? result).exports;
      linkIfThere(await early);
      return result;
    };
  }
  addEventListener("TrunkApplicationStarted", () => {
    Object.assign(WebAssembly, plain);
    // The style sheet and the script of what opens later lie beside the later part. The sheet follows the page's first one.
    const beside = (ending) => address.href.replace(/wasm$/, ending);
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = beside("css");
    document.querySelector("link[rel=stylesheet]").after(sheet);
    import(beside("js"));
    if (first.arrived.value) return;
    deeds.forEach((deed) => addEventListener(deed, hold, true));
    setTimeout(async () => {
      linkIfThere(await fetchLater());
      release();
    }, 100);
  });
}
