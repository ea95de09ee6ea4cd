// The page of `-f html`: the viewer as one file without its data, which the command puts in. Nothing in it is loaded from
// anywhere: scripts and styles lie in the document, and its policy allows those and nothing else.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { defineConfig } from 'vite'
import { viteSingleFile } from 'vite-plugin-singlefile'

/** What is bundled besides our own code; its licences ask for their texts to be passed on. */
const BUNDLED = ['preact', 'uplot']

export default defineConfig({
  root: 'src/viewer',
  build: {
    outDir: '../../dist/viewer',
    emptyOutDir: true,
    modulePreload: false,
    target: 'es2022',
    rolldownOptions: { input: 'src/viewer/page.html' },
  },
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), policy()],
})

/** Puts the policy and the licences into the document, once it is whole. */
function policy() {
  return {
    name: 'policy',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const page = bundle['page.html']
        page.source = withPolicy(withLicences(String(page.source)))
      },
    },
  }
}

function withPolicy(html) {
  const directives = [
    "default-src 'none'",
    `script-src ${hashOf(html, /<script type="module"[^>]*>([^]*?)<\/script>/g)}`,
    `style-src ${hashOf(html, /<style[^>]*>([^]*?)<\/style>/g)}`,
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
  const texts = BUNDLED.map((name) => {
    const file = new URL(`./node_modules/${name}/LICENSE`, import.meta.url)
    return `${name}\n\n${readFileSync(file, 'utf8').trim()}\n`
  })
  // Two hyphens would end the comment.
  const comment = texts.join('\n').replaceAll('--', '- -')
  return html.replace('<html', () => `<!--\nThis page holds parts of\n\n${comment}-->\n<html`)
}
