// The page of `-f html`: the viewer as one file without its data, which the command puts in. Nothing in it is loaded from
// anywhere: scripts and styles lie in the document, and its policy allows those and nothing else.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { defineConfig } from 'vite'
import { viteSingleFile } from 'vite-plugin-singlefile'

/** What is bundled besides our own code; its licences ask for their texts to be passed on. */
const BUNDLED = ['preact/LICENSE', 'uplot/LICENSE', 'xxhash-wasm/LICENSE.md']

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

/**
 * The two pages: without and with the engine. The second one starts a worker that lies in it, which compiles the checksums of
 * zstd and LZ4 from WebAssembly.
 */
const PAGES = {
  page: { scripts: '', workers: '' },
  analyzer: { scripts: " 'wasm-unsafe-eval'", workers: 'blob:' },
}

export default defineConfig(({ mode }) => {
  const name = mode === 'analyzer' ? 'analyzer' : 'page'
  return {
    root: 'src/viewer',
    define: { PACKAGE_VERSION: JSON.stringify(version) },
    build: {
      outDir: '../../dist/viewer',
      emptyOutDir: false,
      modulePreload: false,
      target: 'es2022',
      minify: true,
      rolldownOptions: { input: `src/viewer/${name}.html` },
    },
    // No modules: of a page that was opened from a file they cannot be workers.
    worker: { format: 'iife', rolldownOptions: { output: { codeSplitting: false } } },
    plugins: [viteSingleFile({ removeViteModuleLoader: true }), policy(name)],
  }
})

/** Puts the policy and the licences into the document, once it is whole. */
function policy(name) {
  return {
    name: 'policy',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const page = bundle[`${name}.html`]
        page.source = withPolicy(withLicences(String(page.source)), PAGES[name])
        if (name === 'analyzer') page.fileName = 'tcp-teardown.html'
      },
    },
  }
}

function withPolicy(html, { scripts, workers }) {
  const directives = [
    "default-src 'none'",
    `script-src ${hashOf(html, /<script type="module"[^>]*>([^]*?)<\/script>/g)}${scripts}`,
    `style-src ${hashOf(html, /<style[^>]*>([^]*?)<\/style>/g)}`,
    ...(workers === '' ? [] : [`worker-src ${workers}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ]
  const meta = `<meta http-equiv="Content-Security-Policy" content="${directives.join('; ')}" />`
  return html.replace('<meta charset="utf-8" />', `$&\n    ${meta}`)
}

function hashOf(html, element) {
  const texts = [...html.matchAll(element)].map(([, text]) => text)
  if (texts.length !== 1) throw new Error(`${texts.length} elements where one was expected`)
  return `'sha256-${createHash('sha256').update(texts[0]).digest('base64')}'`
}

function withLicences(html) {
  const texts = BUNDLED.map((path) => {
    const file = new URL(`./node_modules/${path}`, import.meta.url)
    return `${path.split('/')[0]}\n\n${readFileSync(file, 'utf8').trim()}\n`
  })
  // Two hyphens would end the comment.
  const comment = texts.join('\n').replaceAll('--', '- -')
  return html.replace('<html', () => `<!--\nThis page holds parts of\n\n${comment}-->\n<html`)
}
