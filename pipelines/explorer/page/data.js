// Pieces of data: embedded in the page, or beside it. Gzipped JSON either way; each is unpacked once, when it is first asked for.
const pieces = new Map();

function piece(name) {
  if (!pieces.has(name)) pieces.set(name, unpack(name));
  return pieces.get(name);
}

async function unpack(name) {
  const embedded = document.getElementById(`data-${name}`);
  let stream;
  if (embedded) {
    const packed = Uint8Array.from(atob(embedded.textContent), (character) => character.charCodeAt(0));
    stream = new Blob([packed]).stream();
  } else {
    const response = await fetch(`data/${name}.json.gz`);
    if (!response.ok) throw new Error(`data/${name}.json.gz cannot be read (${response.status}): serve the whole folder`);
    // A server may have taken the compression off already.
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return JSON.parse(new TextDecoder().decode(bytes));
    stream = new Blob([bytes]).stream();
  }
  return JSON.parse(await new Response(stream.pipeThrough(new DecompressionStream("gzip"))).text());
}

// Rows of a table as objects, with the text that a search looks in.
async function rowsOf(name) {
  const key = `rows:${name}`;
  if (!pieces.has(key)) {
    pieces.set(key, Promise.all([piece(name), piece("index")]).then(([table, index]) => {
      const names = new Map(Object.entries(index.names));
      return table.rows.map((values) => {
        const row = Object.fromEntries(table.columns.map((column, at) => [column, values[at]]));
        const states = [row.countries ?? row.country ?? []].flat().map((code) => names.get(code) ?? code);
        row.states = states;
        row.text = fold([row.title, row.name, row.type, row.instrument, row.place, row.office, row.publisher, row.actors, states, row.fields].flat().join(" "));
        return row;
      });
    }));
  }
  return pieces.get(key);
}

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// What the shards of this name hold for a record: "passages", or the "sentences" around them.
async function heldOf(name, id) {
  const index = await piece("index");
  const shards = new Map(Object.entries(index.shards));
  if (!shards.has(id)) return [];
  const shard = await piece(`${name}-${shards.get(id)}`);
  return Object.hasOwn(shard, id) ? shard[id] : [];
}
