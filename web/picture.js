// The stage as a picture that can be taken away: its elements with all their styles in one SVG, or that drawn as PNG. Fetched when somebody
// wants one. Where pods are drawn on a canvas, which is as large as its window, the picture is of the window.

function styles() {
  return [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\n");
}

// The ground as it is now, without what belongs to the hand: the menu, the marks of the focus.
function ground(field) {
  const copy = field.cloneNode(true);
  copy.querySelectorAll("[data-testid=menu]").forEach((menu) => menu.remove());
  const drawn = [...field.querySelectorAll("canvas")];
  copy.querySelectorAll("canvas").forEach((canvas, n) => {
    const image = document.createElement("img");
    for (const { name, value } of canvas.attributes) image.setAttribute(name, value);
    image.src = drawn[n].toDataURL();
    canvas.replaceWith(image);
  });
  return copy;
}

function scene() {
  const field = document.querySelector(".field") ?? document.querySelector(".stage table");
  const scroller = document.querySelector(".scroller");
  const whole = !field.querySelector("canvas");
  const [left, top] = whole ? [0, 0] : [scroller.scrollLeft, scroller.scrollTop];
  const [width, height] = whole ? [field.offsetWidth, field.offsetHeight] : [scroller.clientWidth, scroller.clientHeight];
  const body = document.createElement("body");
  body.className = document.querySelector(".page").className;
  body.style.cssText = `position:relative;display:block;width:${width}px;height:${height}px;overflow:hidden;`;
  const centre = document.createElement("main");
  centre.className = "centre";
  centre.style.cssText = `display:block;position:absolute;left:${-left}px;top:${-top}px;width:${field.offsetWidth}px;height:${field.offsetHeight}px;`;
  const stage = document.createElement("section");
  stage.className = document.querySelector(".stage").className;
  stage.style.cssText = "display:block;";
  stage.append(ground(field));
  centre.append(stage);
  body.append(document.querySelector(".definitions").cloneNode(true), centre);
  return { body, width, height };
}

function svg() {
  const { body, width, height } = scene();
  const root = document.documentElement;
  const scheme = getComputedStyle(root).colorScheme;
  const dark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const words = new XMLSerializer().serializeToString(body);
  const sheet = styles().replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const theme = `lang="${root.lang}" data-theme="${root.dataset.theme}" style="color-scheme: ${dark ? "dark" : "light"}"`;
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${theme}>` +
    `<style>${sheet} *, *::before, *::after { animation: none !important; transition: none !important; }</style>` +
    `<foreignObject width="100%" height="100%">${words}</foreignObject></svg>`;
  return { text, width, height };
}

// A picture as a file: "svg", or "png" with two dots a pixel.
export async function picture(form) {
  const { text, width, height } = svg();
  if (form === "svg") return new Blob([text], { type: "image/svg+xml" });
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * 2, height * 2];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

// Makes it and hands it to the browser's downloads.
export async function take(form) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await picture(form));
  link.download = `podscape.${form}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
