"use strict";
// The search page. Everything shown is put in as text; the token is kept in this tab only; what is typed travels in bodies.

const SVG = "http://www.w3.org/2000/svg";
const TOKEN = "claimkeep-token";
const HITS = 20;
const SHOWN_FIRST = ["insured", "policy_number", "claim_number", "loss_date", "report_date", "amount", "status"];
const words = JSON.parse(document.getElementById("words").textContent);
const byId = (id) => document.getElementById(id);

let question = null;
let turn = 0; // a slow answer to a former question must not replace a newer one

function say(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key] ?? key);
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Asking the API. An error carries the sentence that the page shows.

async function ask(path, options = {}) {
  const headers = {
    ...options.headers,
    Authorization: `Bearer ${sessionStorage.getItem(TOKEN) ?? ""}`,
    "Accept-Language": document.documentElement.lang,
  };
  let reply;
  try {
    reply = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch {
    throw new Error(say("no_answer"));
  }
  if (reply.ok) return reply;
  const problem = await reply.json().catch(() => ({}));
  throw new Error(problem.detail ?? `${reply.status}`);
}

async function askJson(path, options) {
  return (await ask(path, options)).json();
}

// The token.

function showTokenState() {
  byId("token-state").textContent = sessionStorage.getItem(TOKEN) ? say("token_kept") : "";
}

byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  if (byId("token").value) sessionStorage.setItem(TOKEN, byId("token").value.trim());
  byId("token").value = "";
  showTokenState();
});

byId("forget").addEventListener("click", () => {
  sessionStorage.removeItem(TOKEN);
  clearResults();
  showTokenState();
});

// The question.

byId("question").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = new FormData(event.target);
  question = { offset: 0, limit: HITS, wide: typed.has("wide") };
  for (const key of ["name", "number", "date", "from", "to", "text"]) {
    if (typed.get(key).trim()) question[key] = typed.get(key);
  }
  search();
});

byId("question").addEventListener("reset", clearResults);
byId("previous").addEventListener("click", () => goTo(question.offset - HITS));
byId("next").addEventListener("click", () => goTo(question.offset + HITS));

async function goTo(offset) {
  question.offset = Math.max(0, offset);
  await search();
  byId("results").focus();
}

async function search() {
  const mine = ++turn;
  clearHits();
  outcome(say("searching"));
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await askJson("/api/search", { method: "POST", headers, body: JSON.stringify(question) });
    if (mine === turn) show(answer);
  } catch (error) {
    if (mine === turn) outcome(error.message, true);
  }
}

// The answer.

function outcome(text, isAlarm = false) {
  byId("outcome").textContent = text;
  byId("outcome").classList.toggle("alarm", isAlarm);
}

function clearResults() {
  turn += 1;
  clearHits();
  outcome("");
}

function clearHits() {
  for (const image of document.querySelectorAll("image")) URL.revokeObjectURL(image.getAttribute("href"));
  byId("hits").replaceChildren();
  byId("pager").hidden = true;
}

function show(answer) {
  const first = question.offset + 1;
  const last = question.offset + answer.hits.length;
  const part = answer.hits.length < answer.total ? ` ${say("shown", { first, last })}` : "";
  outcome(answer.total ? say("found", { count: answer.total }) + part : say("nothing"));
  byId("hits").append(...answer.hits.map(hitItem));
  byId("pager").hidden = answer.total <= HITS;
  byId("previous").disabled = question.offset === 0;
  byId("next").disabled = last >= answer.total;
}

function hitItem(hit) {
  const item = element("li", { className: "hit" });
  const viewer = element("div", { className: "viewer", hidden: true });
  const note = element("span", { role: "status" });
  item.append(heading(hit), fieldList(hit.fields), reasons(hit), actions(hit, viewer, note), viewer);
  return item;
}

function heading(hit) {
  return element(
    "h3",
    {},
    element("span", { className: `tier ${hit.tier}`, textContent: say(`tier.${hit.tier}`) }),
    element("span", { textContent: say(`class.${hit.document_class}`) }),
    element("span", { className: "id", textContent: hit.document }),
  );
}

function fieldList(fields) {
  const rank = (name) => (SHOWN_FIRST.includes(name) ? SHOWN_FIRST.indexOf(name) : SHOWN_FIRST.length);
  const names = Object.keys(fields).sort((one, other) => rank(one) - rank(other));
  const list = element("dl");
  for (const name of names) {
    list.append(element("dt", { textContent: say(`field.${name}`) }), element("dd", { textContent: fields[name].value }));
  }
  return list;
}

function reasons(hit) {
  const list = element("ul", { className: "reasons" });
  for (const match of hit.matches) {
    const tier = element("span", { className: `tier ${match.tier}`, textContent: say(`tier.${match.tier}`) });
    list.append(element("li", {}, tier, ` ${match.words} · ${say("page", { page: match.page_number })}`));
  }
  return element("div", {}, element("strong", { textContent: say("why") }), list);
}

function actions(hit, viewer, note) {
  const pageButton = element("button", { type: "button", textContent: say("show_page", { page: hit.page_number }) });
  pageButton.setAttribute("aria-expanded", "false");
  pageButton.addEventListener("click", () => toggleViewer(hit, viewer, pageButton));
  const pdfButton = element("button", { type: "button", textContent: say("open_pdf") });
  pdfButton.addEventListener("click", () => openPdf(hit.document, note));
  return element("p", { className: "actions" }, pageButton, pdfButton, note);
}

// A page of the document, with the places of the matches drawn over it.

async function toggleViewer(hit, viewer, button) {
  const opens = viewer.hidden;
  viewer.hidden = !opens;
  button.setAttribute("aria-expanded", String(opens));
  button.textContent = opens ? say("hide_page") : say("show_page", { page: hit.page_number });
  if (opens && !viewer.hasChildNodes()) await fillViewer(hit, viewer);
}

async function fillViewer(hit, viewer) {
  const state = element("p", { role: "status", textContent: say("loading") });
  viewer.append(state);
  try {
    const { pages } = await askJson(`/api/documents/${hit.document}/pages`);
    const sheet = element("div");
    const turnTo = (page) => showPage(hit, pages, page, sheet, state, bar);
    const bar = pageBar(turnTo);
    bar.element.hidden = pages.length < 2;
    viewer.append(bar.element, sheet);
    await turnTo(hit.page_number);
  } catch (error) {
    fail(state, error);
  }
}

function pageBar(turnTo) {
  const back = element("button", { type: "button", textContent: say("previous_page") });
  const forth = element("button", { type: "button", textContent: say("next_page") });
  const bar = { element: element("p", { className: "actions" }, back, forth), page: 1, back, forth };
  back.addEventListener("click", () => turnTo(bar.page - 1));
  forth.addEventListener("click", () => turnTo(bar.page + 1));
  return bar;
}

async function showPage(hit, pages, page, sheet, state, bar) {
  bar.page = page;
  bar.back.disabled = page <= 1;
  bar.forth.disabled = page >= pages.length;
  state.classList.remove("alarm");
  state.textContent = say("loading");
  for (const image of sheet.querySelectorAll("image")) URL.revokeObjectURL(image.getAttribute("href"));
  sheet.replaceChildren();
  try {
    const reply = await ask(`/api/documents/${hit.document}/pages/${page}/image`);
    const picture = await pictureOf(await reply.blob());
    if (bar.page !== page) return URL.revokeObjectURL(picture.src);
    sheet.append(pageDrawing(hit, page, picture, pages[page - 1]?.rotation ?? 0));
    state.textContent = say("page_of", { page, pages: pages.length });
  } catch (error) {
    if (bar.page === page) fail(state, error, say("no_picture", { page }));
  }
}

function fail(state, error, before = "") {
  state.textContent = `${before} ${error.message}`.trim();
  state.classList.add("alarm");
}

async function pictureOf(blob) {
  const picture = new Image();
  picture.src = URL.createObjectURL(blob);
  await picture.decode();
  return picture;
}

function pageDrawing(hit, page, picture, rotation) {
  const [width, height] = [picture.naturalWidth, picture.naturalHeight];
  const isTurned = rotation % 180 !== 0;
  const [across, down] = isTurned ? [height, width] : [width, height];
  const drawing = drawn("svg", { viewBox: `0 0 ${across} ${down}`, role: "img" });
  drawing.setAttribute("aria-label", say("page_alt", { page, document: hit.document }));
  // Boxes are in the pixels of the page as it was scanned; picture and boxes are turned upright together.
  const upright = drawn("g", {
    transform: `translate(${across / 2} ${down / 2}) rotate(${rotation}) translate(${-width / 2} ${-height / 2})`,
  });
  upright.append(drawn("image", { href: picture.src, width, height }));
  for (const match of hit.matches.filter((each) => each.box && each.page_number === page)) {
    upright.append(drawn("polygon", { points: match.box.map((corner) => corner.join(",")).join(" ") }));
  }
  drawing.append(upright);
  return drawing;
}

// The PDF comes with the token, so it is fetched here and opened from memory.

async function openPdf(documentId, note) {
  const tab = window.open("", "_blank"); // now, while the browser knows that somebody has clicked
  if (!tab) return fail(note, new Error(say("popup")));
  note.classList.remove("alarm");
  note.textContent = say("loading");
  try {
    const reply = await ask(`/api/documents/${documentId}/pdf`);
    const address = URL.createObjectURL(await reply.blob());
    tab.location = address;
    tab.opener = null;
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    note.textContent = "";
  } catch (error) {
    tab.close();
    fail(note, error);
  }
}

showTokenState();
