// Captures in, the page out: files are dropped or chosen, and analyzed where they are.

import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { bytesText, grouped } from '../../base/text.js'
import type { PageContent } from '../../output/page/page-document.js'
import { type PageSource, contentSource } from '../blocks.js'
import { ladderReader } from '../worker/ladder-reader.js'
import type { WorkAnswer, WorkProgress, WorkRequest } from '../worker/messages.js'
// oxlint-disable-next-line import/default -- the bundler makes it
import AnalysisWorker from '../worker/worker.js?worker&inline'
import { download, pageBlob } from '../saving.js'
import { App } from './app.js'
import { baseName } from './header.js'

/** The whole page. */
export function Analyzer({ template }: { readonly template: string }): JSX.Element {
  const [source, setSource] = useState<PageSource>()
  const content = useRef<PageContent | undefined>(undefined)
  const [progress, setProgress] = useState<WorkProgress>()
  const [problem, setProblem] = useState('')
  const worker = useRef<Worker | undefined>(undefined)
  function stop(): void {
    worker.current?.terminate()
    worker.current = undefined
    setProgress(undefined)
  }
  function start(files: readonly File[]): void {
    if (files.length === 0) return
    stop()
    setProblem('')
    // Filters of what was shown before would leave out, or open, connections of something else.
    if (source !== undefined) history.replaceState(null, '', location.pathname + location.search)
    setSource(undefined)
    const made = new AnalysisWorker()
    worker.current = made
    const totalBytes = files.reduce((sum, { size }) => sum + size, 0)
    const file = files[0]?.name ?? ''
    setProgress({ kind: 'progress', file, readBytes: 0, totalBytes, connections: 0 })
    made.addEventListener('message', ({ data }: MessageEvent<WorkAnswer>) => {
      if (data.kind === 'progress') setProgress(data)
      else {
        stop()
        if (data.kind === 'failed') setProblem(data.message)
        else if (data.kind === 'done') {
          // For whoever drives the page.
          window.dispatchEvent(new CustomEvent('analyzed', { detail: data.content }))
          const readLadder = ladderReader(files, () => new AnalysisWorker())
          content.current = data.content
          setSource(contentSource(data.content, readLadder))
        }
      }
    })
    made.addEventListener('error', ({ message }) => {
      stop()
      setProblem(message)
    })
    const request: WorkRequest = { kind: 'analyze', files, version: PACKAGE_VERSION }
    made.postMessage(request)
  }
  async function save(): Promise<void> {
    const { current } = content
    if (current === undefined) return
    const { captures } = current.head
    const [first] = captures
    const name = captures.length === 1 ? baseName(first?.capture ?? '') : 'captures'
    download(await pageBlob(template, current), `${name}.html`)
  }
  useDrops(start)
  return (
    <>
      {progress === undefined ? (
        <Chooser
          start={start}
          problem={problem}
          save={source === undefined ? undefined : () => void save()}
        />
      ) : (
        <Working progress={progress} cancel={stop} />
      )}
      {source !== undefined && <App key={source.head.captures[0]?.capture} source={source} />}
    </>
  )
}

/** Files that are dropped anywhere on the page. */
function useDrops(start: (files: readonly File[]) => void): void {
  useEffect(() => {
    function drop(event: DragEvent): void {
      event.preventDefault()
      start([...(event.dataTransfer?.files ?? [])])
    }
    function over(event: DragEvent): void {
      event.preventDefault()
    }
    window.addEventListener('drop', drop)
    window.addEventListener('dragover', over)
    return () => {
      window.removeEventListener('drop', drop)
      window.removeEventListener('dragover', over)
    }
  })
}

function Chooser({
  start,
  problem,
  save,
}: {
  readonly start: (files: readonly File[]) => void
  readonly problem: string
  /** Saves the results that are shown below; undefined without any. */
  readonly save: (() => void) | undefined
}): JSX.Element {
  const input = (
    <label class="choose">
      {save === undefined ? 'Captures' : 'Other captures'}
      <input
        type="file"
        multiple
        onChange={(event) => start([...(event.currentTarget.files ?? [])])}
      />
    </label>
  )
  if (save !== undefined)
    return (
      <section class="chooser small no-print" aria-label="Other captures, and saving">
        {input}
        <button type="button" onClick={save}>
          Save as a page to send
        </button>
      </section>
    )
  return (
    <main class="chooser">
      <h1>How did the TCP connections end?</h1>
      <p>
        Drop captures on this page, or choose them: pcap or pcapng, also compressed by gzip, zstd or
        LZ4. They are analyzed here, in this browser. Nothing is sent anywhere: the page cannot.
      </p>
      {input}
      {problem !== '' && (
        <p class="note" role="alert">
          {problem}
        </p>
      )}
    </main>
  )
}

function Working({
  progress: { file, readBytes, totalBytes, connections },
  cancel,
}: {
  readonly progress: WorkProgress
  readonly cancel: () => void
}): JSX.Element {
  return (
    <div class="chooser" role="status">
      <label>
        Reading {file}
        <progress max={Math.max(1, totalBytes)} value={readBytes} />
      </label>
      <p class="about">
        {bytesText(readBytes)} of {bytesText(totalBytes)}, {grouped(connections)} connections
      </p>
      <button type="button" onClick={cancel}>
        Cancel
      </button>
    </div>
  )
}
