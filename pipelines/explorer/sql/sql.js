// SQL in the browser: DuckDB-WASM over the database of a release, read-only. Everything comes from this server.
import * as duckdb from "./duckdb.mjs";

const SHOWN = 1000, MOST = 10000;
const $ = (id) => document.getElementById(id);
const examples = JSON.parse($("examples").textContent);
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
let engine = null, connection = null, result = null;

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function tell(text) { $("told").textContent = text; }

async function fetched(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} cannot be read (${response.status}): serve the whole folder of releases`);
  return response;
}

// Packed beside the page, so that it is small on the way whatever the server does. One that unpacks it itself is as well.
async function unpacked(path) {
  const bytes = new Uint8Array(await (await fetched(path)).arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new Blob([bytes], { type: "application/wasm" });
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream, { headers: { "Content-Type": "application/wasm" } }).blob();
}

async function start() {
  const worker = new Worker("duckdb.worker.js");
  const wasm = URL.createObjectURL(await unpacked("duckdb.wasm.gz"));
  engine = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
  await engine.instantiate(wasm);
  URL.revokeObjectURL(wasm);
}

async function openVersion(version) {
  $("run").disabled = true;
  if (connection) await connection.close();
  await engine.reset();
  // Parts of the file are read as they are needed, where the server gives parts.
  await engine.open({ path: ":memory:", filesystem: { reliableHeadRequests: true, allowFullHTTPReads: true, forceFullHTTPReads: false }, query: { castBigIntToDouble: true } });
  connection = await engine.connect();
  const url = new URL(`../${encodeURIComponent(version)}/pactwatch.duckdb`, location.href).href;
  await connection.query("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false");
  await connection.query(`ATTACH ${quoted(url)} AS pactwatch (READ_ONLY)`);
  await connection.query("USE pactwatch");
  await describe();
  $("home").href = `../${encodeURIComponent(version)}/explorer/`;
  $("run").disabled = false;
}

async function describe() {
  const sql = `SELECT t.name, t.comment, string_agg(c.column_name, ', ' ORDER BY c.column_index) AS columns
    FROM (SELECT table_name AS name, comment FROM duckdb_tables() WHERE database_name = 'pactwatch'
          UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE database_name = 'pactwatch' AND NOT internal) AS t
    INNER JOIN duckdb_columns() AS c ON c.table_name = t.name AND c.database_name = 'pactwatch'
    GROUP BY ALL ORDER BY t.name`;
  const list = element("dl");
  for (const row of (await connection.query(sql)).toArray()) {
    list.append(element("dt", {}, element("code", {}, row.name)), element("dd", {}, row.comment ?? "", " ", element("span", { class: "when" }, row.columns)));
  }
  $("tables").replaceChildren(list);
}

// DuckDB says every value in words itself, as in the CSV files; what is no query (DESCRIBE, SHOW) stands as it comes.
async function ask(sql) {
  const plain = sql.trim().replace(/;\s*$/, "");
  try {
    return await connection.query(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${plain}\n) LIMIT ${MOST + 1}`);
  } catch (error) {
    if (/^\s*(describe|show|explain|pragma|summarize)\b/i.test(plain)) return connection.query(plain);
    throw error;
  }
}

async function run() {
  const sql = $("sql").value;
  if (!sql.trim() || !connection) return;
  history.replaceState(null, "", `#${new URLSearchParams({ version: $("version").value, sql })}`);
  $("run").disabled = true;
  tell("Running …");
  try {
    const begun = performance.now();
    const table = await ask(sql);
    result = { names: table.schema.fields.map((field) => field.name), rows: table.toArray().map((row) => [...row].map(([, value]) => (value === null ? null : String(value)))) };
    const cut = result.rows.length > MOST;
    result.rows.length = Math.min(result.rows.length, MOST);
    draw();
    tell(`${cut ? `more than ${MOST.toLocaleString("en")}` : result.rows.length.toLocaleString("en")} rows in ${((performance.now() - begun) / 1000).toFixed(2)} s${result.rows.length > SHOWN ? `, the first ${SHOWN} shown` : ""}`);
  } catch (error) {
    const told = String(error.message ?? error).split("\n\n")[0];
    // What DuckDB-WASM would load from elsewhere to read Parquet is not here.
    tell(/in the parquet extension/.test(told) ? "This asks for a table in partitions, which this page cannot read: open the release with DuckDB, as its README.md says." : told);
  } finally {
    $("run").disabled = false;
  }
}

function draw() {
  const head = element("thead", {}, element("tr", {}, ...result.names.map((name) => element("th", { scope: "col" }, name))));
  const body = element("tbody");
  for (const row of result.rows.slice(0, SHOWN)) body.append(element("tr", {}, ...row.map((value) => element("td", {}, value === null ? "" : element("bdi", {}, value)))));
  $("result").replaceChildren(head, body);
  $("csv").disabled = false;
}

// A cell that a spreadsheet would take for a formula is led by an apostrophe.
const cell = (value) => {
  const text = value ?? "";
  return `"${(/^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
};

$("csv").addEventListener("click", () => {
  const text = [result.names, ...result.rows].map((line) => line.map(cell).join(",")).join("\r\n");
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: "pactwatch-query.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
$("ask").addEventListener("submit", (event) => { event.preventDefault(); run(); });
$("sql").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } });
$("example").addEventListener("change", () => { if ($("example").value) $("sql").value = examples[Number($("example").value)]; });
$("version").addEventListener("change", () => openVersion($("version").value).then(() => tell(`Version ${$("version").value} is open.`)).catch((error) => tell(error.message)));

try {
  const given = new URLSearchParams(location.hash.slice(1));
  const known = await (await fetched("../versions.json")).json();
  for (const { version } of known.versions.toReversed()) $("version").append(element("option", { value: version }, version));
  if (known.versions.some(({ version }) => version === given.get("version"))) $("version").value = given.get("version");
  $("sql").value = given.get("sql") ?? examples[0] ?? "";
  await start();
  await openVersion($("version").value);
  tell("Ready.");
  if (given.get("sql")) await run();
} catch (error) {
  tell(String(error.message ?? error));
}
