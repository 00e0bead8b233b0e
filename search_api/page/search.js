// The search page: the question, the answer, and what leads from one to the next.

import { byId, button, element, keepToken, keptToken, post, say, sayCode, tell } from "./asking.js";
import { hitItem } from "./hits.js";
import { letPicturesGo } from "./viewer.js";

const HITS = 20;
const KEYS = ["name", "number", "date", "from", "to", "text"];
const NARROWED_BY = ["class", "status", "insurer", "year", "completeness"];
const FROM_SO_MANY = { name: 2, number: 6 }; // less is not suggested from
const PAUSE_MS = 300;

let question = null;
let behind = [null]; // what brings each page of the answer so far; the last is the one that is shown
let turn = 0; // a slow answer to a former question must not replace a newer one

// The token.

function showTokenState() {
  byId("token-state").textContent = keptToken() ? say("token_kept") : "";
}

byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  if (byId("token").value.trim()) keepToken(byId("token").value.trim());
  byId("token").value = "";
  showTokenState();
});

byId("forget").addEventListener("click", () => {
  keepToken("");
  clearResults();
  clearSuggestions();
  showTokenState();
});

// The question.

byId("question").addEventListener("submit", (event) => {
  event.preventDefault();
  askWhatIsTyped();
});

byId("question").addEventListener("reset", () => {
  clearResults();
  clearSuggestions();
});

byId("previous").addEventListener("click", () => {
  behind.pop();
  searchAndGoThere();
});

byId("next").addEventListener("click", () => {
  behind.push(question.next);
  searchAndGoThere();
});

function askWhatIsTyped() {
  const typed = new FormData(byId("question"));
  question = { asked: { wide: typed.has("wide") }, next: null };
  for (const key of KEYS) {
    if (typed.get(key).trim()) question.asked[key] = typed.get(key);
  }
  return searchFromTheStart();
}

function searchFromTheStart() {
  behind = [null];
  return search();
}

async function searchAndGoThere() {
  await search();
  byId("results").focus();
}

async function search() {
  const mine = ++turn;
  clearHits();
  tell(byId("outcome"), say("searching"));
  const body = { ...question.asked, limit: HITS, claims: true, facets: NARROWED_BY };
  if (behind.at(-1)) body.after = behind.at(-1);
  try {
    const answer = await post("/api/search", body);
    if (mine === turn) show(answer);
  } catch (error) {
    if (mine === turn) tell(byId("outcome"), error.message, true);
  }
}

// Names and numbers that begin as is typed.

for (const key of Object.keys(FROM_SO_MANY)) {
  let waiting = 0;
  byId(key).addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => suggest(key), PAUSE_MS);
  });
}

async function suggest(key) {
  const typed = byId(key).value.trim();
  const list = byId(`${key}-suggested`);
  if (!keptToken() || typed.length < FROM_SO_MANY[key]) return list.replaceChildren();
  let suggestions = [];
  try {
    ({ suggestions } = await post("/api/search/suggestions", { [key]: typed }));
  } catch {
    suggestions = []; // the search itself says what is wrong; nobody who types is to be disturbed
  }
  if (byId(key).value.trim() !== typed) return;
  // Browsers show what holds what was typed; pinyin stands in no Chinese name, so the label holds it.
  list.replaceChildren(...suggestions.map(({ value }) => element("option", { value, label: labelOf(value, typed) })));
}

const labelOf = (value, typed) => (value.includes(typed) ? value : `${value} · ${typed}`);

function clearSuggestions() {
  for (const key of Object.keys(FROM_SO_MANY)) byId(`${key}-suggested`).replaceChildren();
}

// The answer.

function clearResults() {
  turn += 1;
  clearHits();
  byId("facets").hidden = true;
  tell(byId("outcome"), "");
}

function clearHits() {
  letPicturesGo(byId("hits"));
  byId("hits").replaceChildren();
  byId("meant").hidden = true;
  byId("pager").hidden = true;
}

function show(answer) {
  question.next = answer.next;
  const before = (behind.length - 1) * HITS;
  const last = before + answer.hits.length;
  const part = answer.hits.length < answer.total ? ` ${say("shown", { first: before + 1, last })}` : "";
  tell(byId("outcome"), answer.total ? say("found", { count: answer.total }) + part : say("nothing"));
  byId("hits").append(...answer.hits.map(hitItem));
  byId("previous").disabled = behind.length === 1;
  byId("next").disabled = !answer.next;
  byId("pager").hidden = byId("previous").disabled && byId("next").disabled;
  showMeant(answer.did_you_mean);
  showFacets(answer.facets);
}

function showMeant(meant) {
  const choices = meant.flatMap(({ key, values }) => values.map((value) => button(value, () => askFor(key, value))));
  byId("meant").replaceChildren(element("span", { textContent: say("meant") }), ...choices);
  byId("meant").hidden = choices.length === 0;
}

async function askFor(key, value) {
  byId(key).value = value;
  await askWhatIsTyped();
  byId("results").focus();
}

// What the answer can be narrowed by, with how many documents each value has.

function showFacets(facets) {
  const told = NARROWED_BY.filter((name) => facets[name]?.length > 1 || question.asked[name]);
  byId("facets").replaceChildren(...told.map((name) => facetField(name, facets[name] ?? [])));
  byId("facets").hidden = told.length === 0;
}

function facetField(name, values) {
  const id = `narrow-${name}`;
  const select = element("select", { id }, new Option(say("any"), ""));
  for (const { value, documents } of values) select.add(new Option(`${sayCode(name, value)} (${documents})`, value));
  const chosen = question.asked[name];
  if (chosen && !values.some(({ value }) => value === chosen)) select.add(new Option(sayCode(name, chosen), chosen));
  select.value = chosen ?? "";
  select.addEventListener("change", () => narrow(name, select.value));
  return element("div", { className: "field" }, element("label", { htmlFor: id, textContent: say(`narrow.${name}`) }), select);
}

async function narrow(name, value) {
  if (value) question.asked[name] = value;
  else delete question.asked[name];
  await searchFromTheStart();
  byId(`narrow-${name}`)?.focus();
}

showTokenState();
