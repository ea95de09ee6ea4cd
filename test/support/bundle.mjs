// Modules of src as JavaScript, for what Node has to load itself: worker threads, child processes, the generated docs.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { threadId } from 'node:worker_threads'
import { rolldown } from 'rolldown'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDER = join(ROOT, 'node_modules/.cache/tcp-teardown')

/**
 * Bundles one module with all that it imports.
 *
 * @param {string} source Path from the top folder, such as `src/parallel/serve.ts`.
 * @returns {Promise<string>} URL of the bundle.
 */
export async function bundled(source) {
  await mkdir(FOLDER, { recursive: true })
  const file = join(FOLDER, `${source.replaceAll(/\W/g, '-')}-${process.pid}-${threadId}.mjs`)
  const bundle = await rolldown({
    input: join(ROOT, source),
    platform: 'node',
    external: /^(?!\.|\/)/,
    logLevel: 'silent',
  })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
  return pathToFileURL(file).href
}
