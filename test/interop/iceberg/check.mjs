// Proves that readers by other hands see in a table what src/iceberg wrote into it: icebird reads metadata,
// manifests and rows, avsc every Avro file and the field ids in its schema.
//
//   node check.mjs WRITE_TABLE
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import avsc from 'avsc'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { icebergManifests, icebergRead } from 'icebird'

const program = process.argv[2]
const folder = mkdtempSync(join(tmpdir(), 'hansa-iceberg-'))
const data = join(folder, 'lake/plays/data')
const metadataFolder = join(folder, 'lake/plays/metadata')

// icebird turns s3://BUCKET/KEY into a web address that begins with the bucket; here the folder answers.
globalThis.fetch = async (address, init = {}) => {
  const url = new URL(address)
  const bytes = readFileSync(join(folder, url.hostname.split('.')[0], decodeURIComponent(url.pathname)))
  const range = /bytes=(\d+)-(\d+)?/.exec(new Headers(init.headers).get('range') ?? '')
  if (!range) return new Response(bytes, { headers: { 'content-length': `${bytes.length}` } })
  const end = range[2] === undefined ? bytes.length : Number(range[2]) + 1
  return new Response(bytes.subarray(Number(range[1]), end), { status: 206 })
}

function writeParquet(name, rows) {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'episode', data: rows.map(row => row.episode), type: 'STRING' },
      { name: 'plays', data: rows.map(row => row.plays), type: 'INT64' },
    ],
  })
  writeFileSync(join(data, name), new Uint8Array(bytes))
  return `${name}:${rows.length}:${bytes.byteLength}`
}

const metadataOf = step => JSON.parse(readFileSync(join(metadataFolder, `${step}.metadata.json`), 'utf8'))
const sorted = rows => rows.map(row => `${row.episode}=${row.plays}`).sort()

async function checkRows(step, expected) {
  const metadata = metadataOf(step)
  const rows = await icebergRead({ tableUrl: metadata.location, metadata })
  assert.deepEqual(sorted(rows), sorted(expected), `rows after step ${step}`)
  const entries = (await icebergManifests(metadata)).flatMap(manifest => manifest.entries)
  const live = entries.filter(entry => entry.status !== 2)
  assert.equal(live.reduce((sum, entry) => sum + Number(entry.data_file.record_count), 0), expected.length)
  assert(entries.every(entry => entry.sequence_number !== undefined))
  const current = metadata.snapshots.find(each => each['snapshot-id'] === metadata['current-snapshot-id'])
  assert.equal(current.summary['total-records'], `${expected.length}`)
}

async function decode(file) {
  const records = []
  let header
  const decoder = avsc.createFileDecoder(file, {
    parseHook: schema => avsc.Type.forSchema(schema, { registry: { long: longs } }),
  })
  decoder.on('metadata', (_, __, found) => { header = found.meta })
  for await (const record of decoder) records.push(record)
  return { header, records }
}
const longs = avsc.types.LongType.__with({
  fromBuffer: bytes => bytes.readBigInt64LE(),
  toBuffer: value => { const bytes = Buffer.alloc(8); bytes.writeBigInt64LE(BigInt(value)); return bytes },
  fromJSON: BigInt, toJSON: Number, isValid: value => typeof value === 'bigint',
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
})

// Field ids that version 2 of the specification requires in a manifest and in a manifest list.
const required = { manifest: [0, 1, 2, 3, 4, 100, 101, 102, 103, 104, 134],
  list: [500, 501, 502, 503, 504, 505, 506, 512, 513, 514, 515, 516, 517] }
const headerKeys = { manifest: ['schema', 'schema-id', 'partition-spec', 'partition-spec-id', 'format-version', 'content'],
  list: ['snapshot-id', 'parent-snapshot-id', 'sequence-number', 'format-version'] }

function idsIn(schema, ids = new Set()) {
  if (Array.isArray(schema)) schema.forEach(each => idsIn(each, ids))
  else if (schema && typeof schema === 'object') {
    if ('field-id' in schema) ids.add(schema['field-id'])
    Object.values(schema).forEach(each => idsIn(each, ids))
  }
  return ids
}

async function checkAvro() {
  let files = 0
  let records = 0
  for (const name of readdirSync(metadataFolder).filter(each => each.endsWith('.avro'))) {
    const kind = name.startsWith('snap-') ? 'list' : 'manifest'
    const { header, records: found } = await decode(join(metadataFolder, name))
    for (const key of headerKeys[kind]) assert(header[key], `${name}: header ${key}`)
    assert.equal(header['format-version'].toString(), '2')
    const ids = idsIn(JSON.parse(header['avro.schema'].toString()))
    for (const id of required[kind]) assert(ids.has(id), `${name}: field id ${id}`)
    if (kind === 'list')
      for (const row of found) {
        const file = join(folder, row.manifest_path.slice('s3://'.length))
        assert.equal(BigInt(statSync(file).size), row.manifest_length, `${name}: length of ${row.manifest_path}`)
      }
    files += 1
    records += found.length
  }
  return `${files} Avro files with ${records} records`
}

try {
  mkdirSync(data, { recursive: true })
  const rows = [3, 2, 4].map((count, file) =>
    Array.from({ length: count }, (_, row) => ({ episode: `episode ${file}-${row}`, plays: BigInt(file * 100 + row) })))
  const files = rows.map((each, file) => writeParquet(`part-${file}.parquet`, each))
  execFileSync(program, [folder, ...files], { stdio: 'inherit' })
  assert.equal(metadataOf(0)['current-snapshot-id'], undefined)
  await checkRows(1, rows[0])
  await checkRows(2, rows.flat())
  await checkRows(3, rows[2])
  await checkRows(4, rows.flat())
  console.log(`iceberg interop: icebird read 4 states of the table, avsc ${await checkAvro()}`)
} finally {
  rmSync(folder, { recursive: true })
}
