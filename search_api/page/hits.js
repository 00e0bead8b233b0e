// The documents that were found, each with why, and with the others of its claim.

import { button, element, say, sayCode } from "./asking.js";
import { openPdf, toggleViewer } from "./viewer.js";

const SHOWN_FIRST = ["insured", "policy_number", "claim_number", "loss_date", "report_date", "amount", "status"];

export function hitItem(hit) {
  const { lookAt, viewer } = looking(hit);
  return element("li", { className: "hit" }, heading(hit), fieldList(hit.fields), reasons(hit), lookAt, viewer, ...related(hit));
}

function heading(hit) {
  return element(
    "h3",
    {},
    element("span", { className: `tier ${hit.tier}`, textContent: say(`tier.${hit.tier}`) }),
    element("span", { textContent: sayCode("class", hit.document_class) }),
    element("span", { className: "id", textContent: hit.document }),
  );
}

function fieldList(fields) {
  const rank = (name) => (SHOWN_FIRST.includes(name) ? SHOWN_FIRST.indexOf(name) : SHOWN_FIRST.length);
  const names = Object.keys(fields).sort((one, other) => rank(one) - rank(other));
  const list = element("dl");
  for (const name of names) {
    list.append(element("dt", { textContent: sayCode("field", name) }), element("dd", { textContent: fields[name].value }));
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

// The buttons that open a page or the file, and where the page is shown.
function looking(at) {
  const viewer = element("div", { className: "viewer", hidden: true });
  const note = element("span", { role: "status" });
  const pageButton = button(say("show_page", { page: at.page_number }), () => toggleViewer(at, viewer, pageButton));
  pageButton.setAttribute("aria-expanded", "false");
  const pdfButton = button(say("open_pdf"), () => openPdf(at.document, note));
  return { lookAt: element("p", { className: "actions" }, pageButton, pdfButton, note), viewer };
}

function related(hit) {
  if (!hit.claim?.length) return [];
  const parts = hit.claim.map((shared) => {
    const summary = `${say("related", { count: shared.total })} · ${shared.words} ${shared.value}`;
    const items = shared.documents.map((other) => relatedItem(other));
    return element("details", {}, element("summary", { textContent: summary }), element("ul", { className: "plain" }, ...items));
  });
  return [element("div", { className: "related" }, ...parts)];
}

function relatedItem(other) {
  const { lookAt, viewer } = looking({ ...other, matches: [other] });
  const kind = element("span", { textContent: `${sayCode("class", other.document_class)} ` });
  const id = element("span", { className: "id", textContent: other.document });
  return element("li", {}, kind, id, lookAt, viewer);
}
