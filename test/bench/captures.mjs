// The generated captures of the benchmark, made once and kept in the folder for temporary files.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createGzip } from 'node:zlib'

const GENERATOR = fileURLToPath(new URL('generate.mjs', import.meta.url))

/** Captures by name: profile and form of generate.mjs, and whether peers are run on it. */
export const CAPTURES = {
  churn: { profile: 'churn', form: [], peers: true },
  mix: { profile: 'mix', form: [], peers: true },
  bulk: { profile: 'bulk', form: [], peers: true },
  synflood: { profile: 'synflood', form: [], peers: false },
  'churn-ipv6': { profile: 'churn', form: ['--ipv6'], peers: false },
  'churn-vlan': { profile: 'churn', form: ['--vlan'], peers: false },
  'churn-nanos': { profile: 'churn', form: ['--nanos'], peers: false },
  'churn-pcapng': { profile: 'churn', form: ['--pcapng'], peers: false },
  'churn-gzip': { profile: 'churn', form: [], peers: false, gzip: true },
}

/** Makes a capture unless it is there from an earlier run, and gives its path. */
export async function captureOf(name, mb) {
  // Other code of the generator makes other captures.
  const version = createHash('sha256').update(readFileSync(GENERATOR)).digest('hex')
  const folder = join(tmpdir(), `tcp-teardown-bench-${version.slice(0, 8)}`)
  mkdirSync(folder, { recursive: true })
  const { profile, form, gzip } = CAPTURES[name]
  const path = join(folder, `${profile}${form.join('')}-${mb}mb.cap`)
  if (!existsSync(path)) {
    spawnSync(process.execPath, [GENERATOR, profile, path, '--mb', String(mb), ...form])
  }
  if (!gzip) return path
  if (!existsSync(`${path}.gz`)) {
    await pipeline(
      createReadStream(path),
      createGzip({ level: 6 }),
      createWriteStream(`${path}.gz`),
    )
  }
  return `${path}.gz`
}
