// A list of many questions: sent whole, its result saved as a file of the same kind.

import { ask, byId, element, say, tell } from "./asking.js";

const RELEASED_AFTER_MS = 60_000;
let running = null;

byId("list").addEventListener("submit", async (event) => {
  event.preventDefault();
  running?.abort();
  const mine = new AbortController();
  running = mine;
  byId("list-stop").hidden = false;
  try {
    await answerList(byId("list-file").files[0], mine.signal);
  } catch (error) {
    if (mine === running) tell(byId("list-state"), mine.signal.aborted ? say("list_stopped") : error.message, true);
  } finally {
    if (mine === running) byId("list-stop").hidden = true;
  }
});

byId("list-stop").addEventListener("click", () => running?.abort());

async function answerList(file, signal) {
  const kind = file.name.toLowerCase().endsWith(".xlsx") ? "xlsx" : "csv";
  const wide = byId("list-wide").checked;
  tell(byId("list-state"), say("list_sending"));
  const reply = await ask(`/api/search/list?format=${kind}&wide=${wide}`, { method: "POST", body: file, signal });
  const parts = await received(reply);
  save(new Blob(parts, { type: reply.headers.get("Content-Type") }), `${say("list_result")}.${kind}`);
  tell(byId("list-state"), say("list_done"));
}

async function received(reply) {
  const reader = reply.body.getReader();
  const parts = [];
  let bytes = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      bytes += part.value.length;
      tell(byId("list-state"), say("list_answering", { kilobytes: Math.ceil(bytes / 1024) }));
    }
  } catch {
    throw new Error(say("list_broke_off")); // a part of a result looks like a whole one, so it is not saved
  }
  return parts;
}

function save(blob, name) {
  const href = URL.createObjectURL(blob);
  element("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), RELEASED_AFTER_MS);
}
