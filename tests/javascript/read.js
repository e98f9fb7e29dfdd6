// Reads a data package with Frictionless' JavaScript library and prints its tables as JSON: {table: [row, …]}.
const { Package } = require("datapackage");

async function main(folder) {
  const found = await Package.load(`${folder}/datapackage.json`, { basePath: folder });
  if (!found.valid) throw new Error(found.errors.map(String).join("\n"));
  const tables = {};
  for (const resource of found.resources.filter((one) => one.descriptor.format === "csv")) {
    // Typed by the schema; every constraint is checked, and with `relations` every foreign key.
    tables[resource.name] = await resource.read({ keyed: true, relations: false });
    await resource.checkRelations();
  }
  process.stdout.write(JSON.stringify(tables));
}

main(process.argv[2]).catch((error) => {
  process.stderr.write(`${error.message}\n${(error.errors || []).slice(0, 5).map(String).join("\n")}\n`);
  process.exit(1);
});
