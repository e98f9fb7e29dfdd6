// The tables: DataTables draws a page of rows, filtering and sorting are done here over plain arrays, so that size does not matter.
const VIEWS = new Map(Object.entries({
  events: {
    columns: [
      ["first", (row) => recordLink(row.id, dateInWords(row.date))], ["type", (row) => phrase(row.type)], ["status", chip],
      ["actors", (row) => people(row.actors)], ["place", (row) => row.place ?? ""], ["fields", (row) => (row.fields ?? []).join(", ")],
      ["origins", (row) => row.origins], ["confidence", (row) => row.confidence],
    ],
  },
  agreements: {
    columns: [
      ["first", (row) => recordLink(row.id, dateInWords(row.date))], ["title", (row) => row.title ?? ""], ["instrument", (row) => phrase(row.instrument)],
      ["status", chip], ["actors", (row) => people(row.actors)], ["fields", (row) => (row.fields ?? []).join(", ")],
      ["count", (row) => row.count], ["origins", (row) => row.origins],
    ],
  },
  actors: {
    columns: [
      ["name", (row) => recordLink(row.id, row.name)], ["kind", (row) => phrase(row.kind)], ["country", (row) => row.states.join(", ")],
      ["office", (row) => row.office ?? ""], ["events", (row) => row.events], ["agreements", (row) => row.agreements],
    ],
  },
  sources: {
    columns: [
      ["title", (row) => sourceLink(row)], ["publisher", (row) => row.publisher ?? ""], ["kind", (row) => row.kind],
      ["published", (row) => (row.published ? dateInWords(row.published) : "")], ["draws_on", (row) => people(row.draws_on)],
      ["statements", (row) => row.statements], ["license", (row) => row.license ?? ""],
    ],
  },
}));
const tables = new Map();

// DataTables takes a string for markup: it only ever gets nodes.
const node = (value) => (value instanceof Node ? value : isolated(value ?? ""));

function keep(row, filters) {
  for (const [name, wanted] of filters) {
    if (!wanted) continue;
    if (name === "q") {
      if (!fold(wanted).split(/\s+/).every((word) => row.text.includes(word))) return false;
    } else if (name === "field") {
      if (!(row.fields ?? []).includes(wanted)) return false;
    } else if (name === "countries") {
      const states = row.states.map(fold), codes = [row.countries ?? row.country ?? []].flat();
      const all = wanted.split(/\s*[+,;]\s*|\s+and\s+/).filter(Boolean);
      if (!all.every((one) => codes.includes(one.toUpperCase()) || states.some((state) => state.includes(fold(one))))) return false;
    } else if (name === "from") {
      if (!row.last || row.last < wanted) return false;
    } else if (name === "to") {
      if (!row.first || row.first.slice(0, wanted.length) > wanted) return false;
    } else if (name === "least") {
      if (row.confidence < Number(wanted)) return false;
    } else if (row[name] !== wanted) return false;
  }
  return true;
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined || a === "") return 1;
  if (b === null || b === undefined || b === "") return -1;
  return typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en");
}

const filtersOf = (view) => new Map(new FormData(document.querySelector(`form[data-view="${view}"]`)));

async function shownRows(view) {
  const filters = filtersOf(view);
  return (await rowsOf(view)).filter((row) => keep(row, filters));
}

function openTable(view) {
  if (tables.has(view)) return tables.get(view);
  const { columns } = VIEWS.get(view);
  const output = document.querySelector(`form[data-view="${view}"] output`);
  const table = new window.DataTable(`#t-${view}`, {
    serverSide: true, searching: false, pageLength: 25, lengthMenu: [25, 100, 500], autoWidth: false, order: [[0, view === "actors" ? "asc" : "desc"]],
    layout: { topStart: null, topEnd: null, bottomStart: "pageLength", bottomEnd: "paging" },
    columns: columns.map(([, draw]) => ({ data: null, render: { display: (row) => node(draw(row)) } })),
    language: { emptyTable: "No row fits these filters. Clear one of them.", zeroRecords: "No row fits these filters. Clear one of them." },
    ajax: async (asked, draw) => {
      const rows = await shownRows(view);
      const [order] = asked.order;
      if (order) {
        const key = columns[order.column][0], sign = order.dir === "asc" ? 1 : -1;
        rows.sort((a, b) => {
          const missing = [a[key], b[key]].some((value) => value === null || value === undefined || value === "");
          return (missing ? 1 : sign) * compare(a[key], b[key]) || compare(a.id, b.id);
        });
      }
      output.textContent = `${rows.length.toLocaleString("en")} of ${(await rowsOf(view)).length.toLocaleString("en")}`;
      draw({ draw: asked.draw, recordsTotal: rows.length, recordsFiltered: rows.length, data: rows.slice(asked.start, asked.start + asked.length) });
    },
  });
  tables.set(view, table);
  return table;
}

// A cell that a spreadsheet would take for a formula is led by an apostrophe.
const cell = (value) => {
  const text = Array.isArray(value) ? value.join("; ") : String(value ?? "");
  return `"${(/^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
};

async function exportRows(view, form) {
  const rows = await shownRows(view);
  const names = (await piece(view)).columns;
  const text = form === "json"
    ? JSON.stringify(rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]]))), null, 1)
    : [names.map(cell), ...rows.map((row) => names.map((name) => cell(row[name])))].map((line) => line.join(",")).join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: form === "json" ? "application/json" : "text/csv" }));
  link.download = `pactwatch-${view}.${form}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
