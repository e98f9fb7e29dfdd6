// One record in full: its cells, the words behind each, what was told otherwise, and how to cite it.
async function findRecord(id) {
  for (const table of ["events", "agreements", "actors"]) {
    const row = (await rowsOf(table)).find((candidate) => candidate.id === id);
    if (row) return [table, row];
  }
  return [null, null];
}

const HEADS = { events: (row) => `${phrase(row.type)}, ${dateInWords(row.date)}`, agreements: (row) => row.title ?? phrase(row.instrument), actors: (row) => row.name };
const CELL_NAMES = { participant: "who", party: "parties", fields: "fields", name: "name" };

async function openRecord(id) {
  const dialog = document.getElementById("drawer"), title = document.getElementById("drawer-title"), body = document.getElementById("drawer-body");
  const [table, row] = await findRecord(id);
  body.replaceChildren();
  if (!row) {
    title.textContent = "No such record";
    body.append(element("p", {}, `This release has no record ${id}. It may have been merged: look it up in the table id_history.`));
  } else {
    title.textContent = HEADS[table](row);
    body.append(element("p", { class: "who" }, people(row.actors ?? row.states)), await facts(table, row), ...(table === "actors" ? await dealings(row) : []), ...(await evidence(row)), citation(row));
  }
  if (!dialog.open) dialog.showModal();
  title.focus();
}

// A link to another record that says in words what it is.
async function namedLink(id) {
  const [table, row] = await findRecord(id);
  return recordLink(id, row ? HEADS[table](row) : id);
}

async function facts(table, row) {
  const list = element("dl", { class: "facts" });
  const shown = {
    events: [["status", chip(row)], ["when", dateInWords(row.date)], ["where", row.place], ["fields", (row.fields ?? []).join(", ")]],
    agreements: [["status", chip(row)], ["instrument", phrase(row.instrument)], ["when", dateInWords(row.date)], ["how many", row.count], ["binding", row.binding === null ? null : row.binding ? "yes" : "no"], ["fields", (row.fields ?? []).join(", ")]],
    actors: [["kind", phrase(row.kind)], ["country", row.states.join(", ")], ["office", row.office], ["part of", row.parent]],
  }[table];
  if (table !== "actors") shown.push(["told by", `${row.sources} document${row.sources === 1 ? "" : "s"}, ${row.origins} independent`], ["confidence", row.confidence]);
  if (row.agreement) shown.push(["instrument", await namedLink(row.agreement)]);
  if (row.events?.length) shown.push(["steps", element("ol", {}, ...await Promise.all(row.events.map(async (id) => element("li", {}, await namedLink(id)))))]);
  for (const [name, value] of shown) if (value !== null && value !== undefined && value !== "") list.append(element("dt", {}, name), element("dd", {}, value));
  return list;
}

async function evidence(row) {
  const [passages, sentences, index, sources, actors] = await Promise.all([heldOf("passages", row.id), heldOf("sentences", row.id), piece("index"), rowsOf("sources"), rowsOf("actors")]);
  const linked = (id) => { const from = sources.find((one) => one.id === id); return from ? sourceLink(from) : id; };
  const said = (field, value) => {
    if (field === "date") return isolated(dateInWords(value));
    const actor = ["participant", "party", "parent_actor_id"].includes(field) ? actors.find((one) => one.id === value) : null;
    return actor ? recordLink(actor.id, actor.name) : isolated(phrase(value));
  };
  const chosen = new Map(index.disagreements.filter((one) => one.id === row.id).map((one) => [`${one.field}\0${one.value}`, one.chosen]));
  const byCell = Map.groupBy ? Map.groupBy(passages, (passage) => passage[0]) : groupBy(passages);
  const parts = [element("h3", {}, "The words that say so")];
  for (const [source, start, end, text] of sentences) {
    const spans = passages.filter((one) => one[2] !== null && one[3] === source && one[4] >= start && one[5] <= end).map((one) => [one[4] - start, one[5] - start]);
    parts.push(element("blockquote", {}, element("p", {}, marked(text, spans)), element("footer", { class: "from" }, linked(source))));
  }
  parts.push(element("h3", {}, "Cell by cell"));
  for (const [field, told] of byCell) {
    const list = element("ul", { class: "passages" });
    const counts = new Map();
    for (const [, value, quote, source, start, end, by, rule] of told) {
      counts.set(value, (counts.get(value) ?? 0) + 1);
      const lost = chosen.get(`${field}\0${value}`) === false;
      list.append(element("li", lost ? { class: "lost" } : {},
        element("strong", {}, said(field, value)), lost ? " (told, not taken)" : "", " ",
        quote === null ? element("span", { class: "empty" }, "quote not licensed") : element("q", {}, element("mark", {}, isolated(quote))), " ",
        element("span", { class: "from" }, linked(source), `, characters ${start} to ${end}`, by ? `, quoting ${by}` : "", "; ", element("code", {}, rule ?? ""))));
      if (counts.get(value) === index.most) list.append(element("li", { class: "empty" }, `There may be more: these ${index.most} are the first, all are in the table statements.`));
    }
    parts.push(element("h4", {}, CELL_NAMES[field] ?? phrase(field)), list);
  }
  return passages.length ? parts : [];
}

// A sentence with the words marked that prove a cell. Offsets count characters as Python does, not UTF-16 units.
function marked(text, spans) {
  const characters = Array.from(text), made = element("bdi");
  const covered = characters.map(() => false);
  for (const [start, end] of spans) covered.fill(true, start, end);
  for (let at = 0; at < characters.length;) {
    let to = at;
    while (to < characters.length && covered[to] === covered[at]) to += 1;
    const words = characters.slice(at, to).join("");
    made.append(covered[at] ? element("mark", {}, words) : words);
    at = to;
  }
  return made;
}

function groupBy(passages) {
  const groups = new Map();
  for (const passage of passages) groups.set(passage[0], [...(groups.get(passage[0]) ?? []), passage]);
  return groups;
}

function citation(row) {
  const cited = `${document.querySelector("#citation").textContent.trim().replace(/\.$/, "")}, record ${row.id}.`;
  const copy = element("button", { type: "button" }, "Copy");
  const said = element("output", { "aria-live": "polite" });
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(cited);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "Select the text and copy it.";
    }
  });
  return element("footer", {}, element("h3", {}, "Cite this record"), element("p", { class: "cite" }, cited), copy, " ", said);
}
