// With whom one actor deals: its eight busiest counterparts around it, and the same as a list with numbers.
const AROUND = 8, LISTED = 25;

async function counterparts(id) {
  const pairs = (await rowsOf("network")).filter((pair) => pair.actor_a === id || pair.actor_b === id);
  return pairs.map((pair) => {
    const first = pair.actor_a === id;
    return { id: first ? pair.actor_b : pair.actor_a, name: first ? pair.name_b : pair.name_a, events: pair.events, agreements: pair.agreements, weight: pair.events + pair.agreements };
  }).sort((a, b) => b.weight - a.weight || compare(a.name, b.name));
}

async function dealings(row) {
  const all = await counterparts(row.id);
  if (!all.length) return [];
  const list = element("ol", { class: "events" });
  for (const other of all.slice(0, LISTED)) {
    list.append(element("li", {}, recordLink(other.id, other.name), ` ${[counted(other.events, "event"), counted(other.agreements, "agreement")].filter(Boolean).join(", ")}`));
  }
  const more = all.length > LISTED ? [element("p", { class: "empty" }, `and ${all.length - LISTED} more: see the view actor_network`)] : [];
  const told = element("p", {}, element("a", { href: `#/events?${new URLSearchParams({ q: row.name })}` }, "Events that name it"));
  return [told, element("h3", {}, "With whom"), ego(row.name, all.slice(0, AROUND)), list, ...more];
}

const counted = (number, word) => number && `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
const shortened24 = (name) => { const letters = [...name]; return letters.length > 24 ? `${letters.slice(0, 23).join("")}…` : name; };

function ego(name, others) {
  const picture = drawing("svg", { class: "ego", viewBox: "0 0 480 300", "aria-hidden": "true" });
  const most = Math.max(...others.map((other) => other.weight));
  others.forEach((other, at) => {
    const angle = (2 * Math.PI * at) / others.length - Math.PI / 2;
    const x = 240 + 150 * Math.cos(angle), y = 150 + 115 * Math.sin(angle);
    picture.append(drawing("line", { x1: 240, y1: 150, x2: x, y2: y, "stroke-width": 1 + 5 * (other.weight / most) }));
  });
  others.forEach((other, at) => {
    const angle = (2 * Math.PI * at) / others.length - Math.PI / 2;
    const x = 240 + 150 * Math.cos(angle), y = 150 + 115 * Math.sin(angle);
    picture.append(drawing("circle", { class: "dot s-occurred", cx: x, cy: y, r: 5 }), drawing("text", { x, y: y + (y < 150 ? -9 : 19), "text-anchor": "middle" }, shortened24(other.name)));
  });
  picture.append(drawing("circle", { class: "dot s-ongoing", cx: 240, cy: 150, r: 8 }), drawing("text", { class: "self", x: 240, y: 174, "text-anchor": "middle" }, shortened24(name)));
  return picture;
}
