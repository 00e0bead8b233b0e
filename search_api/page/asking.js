// Words, elements, and the API asked with the searcher's own token. An error carries the sentence that the page shows.

const SVG = "http://www.w3.org/2000/svg";
const TOKEN = "claimkeep-token";
const words = JSON.parse(document.getElementById("words").textContent);

export const byId = (id) => document.getElementById(id);

export function say(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key] ?? key);
}

// Where a code has no words yet it is shown itself.
export const sayCode = (what, code) => words[`${what}.${code}`] ?? code;

// Everything shown is put in as text.
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function button(text, act) {
  const made = element("button", { type: "button", textContent: text });
  made.addEventListener("click", act);
  return made;
}

export function tell(state, text, isAlarm = false) {
  state.textContent = text;
  state.classList.toggle("alarm", isAlarm);
}

// The token is kept in this tab only.

export const keptToken = () => sessionStorage.getItem(TOKEN) ?? "";

export function keepToken(token) {
  if (token) sessionStorage.setItem(TOKEN, token);
  else sessionStorage.removeItem(TOKEN);
}

// What is typed travels in bodies.

export async function ask(path, options = {}) {
  const headers = {
    ...options.headers,
    Authorization: `Bearer ${keptToken()}`,
    "Accept-Language": document.documentElement.lang,
  };
  let reply;
  try {
    reply = await fetch(path, { ...options, headers, cache: "no-store" });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error(say("no_answer"));
  }
  if (reply.ok) return reply;
  const problem = await reply.json().catch(() => ({}));
  throw new Error(problem.detail ?? `${reply.status}`);
}

export async function askJson(path, options) {
  return (await ask(path, options)).json();
}

export function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return askJson(path, { method: "POST", headers, body: JSON.stringify(body) });
}
