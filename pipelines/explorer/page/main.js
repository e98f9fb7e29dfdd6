// The address says it all: #/events?type=sign&q=iran opens that view with those filters, #/record/ID opens a record over it.
const DEFAULT = "overview";
let shown = null;
document.documentElement.classList.add("js");

function address() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  let parts;
  try {
    parts = path.split("/").map(decodeURIComponent);
  } catch {
    parts = [path];
  }
  return { view: parts[0] || DEFAULT, rest: parts[1] ?? "", filters: new URLSearchParams(query) };
}

function route() {
  const { view, rest, filters } = address();
  if (view === "record") {
    show(shown ?? DEFAULT);
    openRecord(rest).catch(failed);
    return;
  }
  const dialog = document.getElementById("drawer");
  if (dialog.open) dialog.close();
  show(document.querySelector(`section.view[id="${CSS.escape(view)}"]`) ? view : DEFAULT);
  if (view === "pairs") showPair(rest);
  if (!VIEWS.has(view)) return;
  const form = document.querySelector(`form[data-view="${view}"]`);
  for (const field of form.elements) if (field.name) field.value = filters.get(field.name) ?? "";
  if (tables.has(view)) tables.get(view).ajax.reload();
  else openTable(view);
}

function show(view) {
  if (view === shown) return;
  for (const section of document.querySelectorAll("section.view")) section.hidden = section.id !== view;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === `#/${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (shown !== null) {
    document.getElementById("main").focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  shown = view;
  document.title = `${document.querySelector(`#${CSS.escape(view)} h1`).textContent} – Pactwatch`;
}

function showPair(key) {
  for (const article of document.querySelectorAll("article.pair")) article.hidden = key !== "" && article.id !== `pair-${key}`;
}

function failed(error) {
  const body = document.getElementById("drawer-body");
  document.getElementById("drawer-title").textContent = "This could not be read";
  body.replaceChildren(element("p", {}, error.message));
  document.getElementById("drawer").showModal();
}

for (const form of document.querySelectorAll("form[data-view]")) {
  const { view } = form.dataset;
  // The address at once, so that whoever follows a link before the table is drawn anew comes back to what was typed.
  const keep = () => {
    const query = new URLSearchParams([...filtersOf(view)].filter(([, value]) => value));
    history.replaceState(null, "", `#/${view}${query.size ? `?${query}` : ""}`);
  };
  const redraw = () => tables.get(view)?.ajax.reload();
  const apply = () => { keep(); redraw(); };
  let timer;
  form.addEventListener("input", () => { keep(); clearTimeout(timer); timer = setTimeout(redraw, 120); });
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  for (const button of form.querySelectorAll("[data-export]")) button.addEventListener("click", () => exportRows(view, button.dataset.export).catch(failed));
}

document.getElementById("drawer").addEventListener("close", () => {
  if (address().view === "record") history.back();
});

document.getElementById("pair-search")?.addEventListener("change", (event) => {
  const wanted = fold(event.target.value).split(/\s*,\s*|\s+and\s+/).sort().join("|");
  for (const option of document.querySelectorAll("#pair-list option")) {
    if (fold(option.value).split(", ").sort().join("|") === wanted) location.hash = `#/pairs/${option.dataset.key}`;
  }
});

// The brush: drag over the bars, or type the bounds.
const brush = document.getElementById("brush"), chart = document.querySelector("#timeline svg");
if (brush && chart) {
  const bars = [...chart.querySelectorAll(".bar")];
  const periodAt = (event) => {
    const x = (event.clientX - chart.getBoundingClientRect().left) * (chart.viewBox.baseVal.width / chart.clientWidth);
    return bars.reduce((best, bar) => (Math.abs(bar.x.baseVal.value - x) < Math.abs(best.x.baseVal.value - x) ? bar : best)).dataset.period;
  };
  const mark = () => {
    const { from, to } = Object.fromEntries(new FormData(brush));
    for (const bar of bars) bar.classList.toggle("out", Boolean((from && bar.dataset.period < from.slice(0, bar.dataset.period.length)) || (to && bar.dataset.period > to)));
  };
  let start = null;
  chart.addEventListener("pointerdown", (event) => { start = periodAt(event); chart.setPointerCapture(event.pointerId); });
  chart.addEventListener("pointermove", (event) => {
    if (start === null) return;
    [brush.elements.from.value, brush.elements.to.value] = [start, periodAt(event)].sort();
    mark();
  });
  chart.addEventListener("pointerup", () => { start = null; });
  brush.addEventListener("input", mark);
  brush.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = `#/events?${new URLSearchParams([...new FormData(brush)].filter(([, value]) => value))}`;
  });
}

addEventListener("hashchange", route);
route();
