// Elements are made by hand and filled with text alone: nothing of a document is ever read as markup.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const isolated = (text) => element("bdi", {}, String(text));
const isWeb = (url) => /^https?:\/\/[^\s"'<>\\]+$/.test(url ?? "");
const recordLink = (id, text) => element("a", { class: "record", href: `#/record/${encodeURIComponent(id)}` }, isolated(text));
const chip = (row) => element("span", { class: `chip s-${row.status}` }, phrase(row.status));
const sourceLink = (row) => {
  const text = isolated(row.title ?? row.id);
  if (!isWeb(row.url)) return text;
  const link = element("span", {}, element("a", { href: row.url, rel: "noreferrer" }, text));
  if (row.seen) link.append(" ", element("a", { class: "copy", href: `https://web.archive.org/web/${row.seen.replaceAll("-", "")}/${row.url}`, rel: "noreferrer" }, "archived copy"));
  return link;
};

function people(names) {
  const span = element("span");
  (names ?? []).forEach((name, at) => span.append(...(at ? [", "] : []), isolated(name)));
  return span;
}

function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
