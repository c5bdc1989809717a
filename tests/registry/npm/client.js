// One exchange with a schema registry by way of @kafkajs/confluent-schema-registry: the
// request comes as JSON on standard input, the answer goes to standard output.
const { SchemaRegistry, SchemaType, COMPATIBILITY } = require('@kafkajs/confluent-schema-registry');

const actions = {
  // write registers a schema and encodes values with it.
  async write(registry, { type, subject, schema, values }) {
    const { id } = await registry.register({ type: SchemaType[type], schema }, { subject, compatibility: COMPATIBILITY.BACKWARD });
    const latest = await registry.getLatestSchemaId(subject);
    const found = await registry.getRegistryId(subject, 'latest');
    if (latest !== id || found !== id) {
      throw new Error(`the schema has id ${id}, the latest ${latest}, the latest version ${found}`);
    }
    return Promise.all(values.map(async (value) => (await registry.encode(id, value)).toString('hex')));
  },
  // read decodes records.
  async read(registry, { records }) {
    return Promise.all(records.map((record) => registry.decode(Buffer.from(record, 'hex'))));
  },
};

async function main() {
  const request = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  // Schemas made by Kafka Connect have keywords of their own, which ajv takes for mistakes.
  const registry = new SchemaRegistry({ host: request.url, retry: { retries: 0 } }, { [SchemaType.JSON]: { strict: false } });
  const answer = await actions[request.action](registry, request);
  process.stdout.write(JSON.stringify(answer, (_, v) => (typeof v === 'bigint' ? Number(v) : v)));
}

main().catch((error) => {
  process.stderr.write(`${error.name}: ${error.message}\n`);
  process.exit(1);
});
