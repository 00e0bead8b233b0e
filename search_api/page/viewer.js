// A page of a document, with the places of the matches drawn over it. `at` is where to look: a document, a page of it, matches.

import { ask, askJson, button, drawn, element, say, tell } from "./asking.js";

export function letPicturesGo(within) {
  for (const image of within.querySelectorAll("image")) URL.revokeObjectURL(image.getAttribute("href"));
}

export async function toggleViewer(at, viewer, opener) {
  const opens = viewer.hidden;
  viewer.hidden = !opens;
  opener.setAttribute("aria-expanded", String(opens));
  opener.textContent = opens ? say("hide_page") : say("show_page", { page: at.page_number });
  if (opens && !viewer.hasChildNodes()) await fillViewer(at, viewer);
}

async function fillViewer(at, viewer) {
  const state = element("p", { role: "status", textContent: say("loading") });
  viewer.append(state);
  try {
    const { pages } = await askJson(`/api/documents/${at.document}/pages`);
    const sheet = element("div");
    const turnTo = (page) => showPage(at, pages, page, sheet, state, bar);
    const bar = pageBar(turnTo);
    bar.element.hidden = pages.length < 2;
    viewer.append(bar.element, sheet);
    await turnTo(at.page_number);
  } catch (error) {
    tell(state, error.message, true);
  }
}

function pageBar(turnTo) {
  const back = button(say("previous_page"), () => turnTo(bar.page - 1));
  const forth = button(say("next_page"), () => turnTo(bar.page + 1));
  const bar = { element: element("p", { className: "actions" }, back, forth), page: 1, back, forth };
  return bar;
}

async function showPage(at, pages, page, sheet, state, bar) {
  bar.page = page;
  bar.back.disabled = page <= 1;
  bar.forth.disabled = page >= pages.length;
  tell(state, say("loading"));
  letPicturesGo(sheet);
  sheet.replaceChildren();
  try {
    const reply = await ask(`/api/documents/${at.document}/pages/${page}/image`);
    const picture = await pictureOf(await reply.blob());
    if (bar.page !== page) return URL.revokeObjectURL(picture.src);
    sheet.append(pageDrawing(at, page, picture, pages[page - 1]?.rotation ?? 0));
    state.textContent = say("page_of", { page, pages: pages.length });
  } catch (error) {
    if (bar.page === page) tell(state, `${say("no_picture", { page })} ${error.message}`, true);
  }
}

async function pictureOf(blob) {
  const picture = new Image();
  picture.src = URL.createObjectURL(blob);
  await picture.decode();
  return picture;
}

function pageDrawing(at, page, picture, rotation) {
  const [width, height] = [picture.naturalWidth, picture.naturalHeight];
  const isTurned = rotation % 180 !== 0;
  const [across, down] = isTurned ? [height, width] : [width, height];
  const drawing = drawn("svg", { viewBox: `0 0 ${across} ${down}`, role: "img" });
  drawing.setAttribute("aria-label", say("page_alt", { page, document: at.document }));
  // Boxes are in the pixels of the page as it was scanned; picture and boxes are turned upright together.
  const upright = drawn("g", {
    transform: `translate(${across / 2} ${down / 2}) rotate(${rotation}) translate(${-width / 2} ${-height / 2})`,
  });
  upright.append(drawn("image", { href: picture.src, width, height }));
  for (const match of at.matches.filter((each) => each.box && each.page_number === page)) {
    upright.append(drawn("polygon", { points: match.box.map((corner) => corner.join(",")).join(" ") }));
  }
  drawing.append(upright);
  return drawing;
}

// The PDF comes with the token, so it is fetched here and opened from memory.

export async function openPdf(documentId, note) {
  const tab = window.open("", "_blank"); // now, while the browser knows that somebody has clicked
  if (!tab) return tell(note, say("popup"), true);
  tell(note, say("loading"));
  try {
    const reply = await ask(`/api/documents/${documentId}/pdf`);
    const address = URL.createObjectURL(await reply.blob());
    tab.location = address;
    tab.opener = null;
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    tell(note, "");
  } catch (error) {
    tab.close();
    tell(note, error.message, true);
  }
}
