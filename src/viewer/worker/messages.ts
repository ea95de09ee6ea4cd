// What the page and the worker that analyzes say to each other.

import type { PageContent } from '../../output/page/page-document.js'

/** What to analyze. */
export interface AnalyzeRequest {
  readonly files: readonly File[]
  readonly version: string
}

/** How far the worker is. */
export interface WorkProgress {
  readonly kind: 'progress'
  readonly file: string
  /** Bytes read of all files, and of how many; the packets of some are read twice. */
  readonly readBytes: number
  readonly totalBytes: number
  readonly connections: number
}

/** What the worker answers. */
export type WorkAnswer =
  | WorkProgress
  | { readonly kind: 'done'; readonly content: PageContent }
  | { readonly kind: 'failed'; readonly message: string }
