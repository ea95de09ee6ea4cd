// What the page and the worker that analyzes say to each other.

import type { LadderTarget } from '../../engine/ladder/target.js'
import type { PageLadder } from '../../output/page/page-data.js'
import type { PageContent } from '../../output/page/page-document.js'

/** What to do. */
export type WorkRequest = AnalyzeRequest | LadderRequest

/** What to analyze. */
export interface AnalyzeRequest {
  readonly kind: 'analyze'
  readonly files: readonly File[]
  readonly version: string
}

/** The connection whose packets are wanted. */
export interface LadderRequest {
  readonly kind: 'ladder'
  readonly file: File
  readonly target: LadderTarget
  readonly lastPacket: number
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
  | { readonly kind: 'ladder'; readonly ladder: PageLadder | undefined }
  | { readonly kind: 'failed'; readonly message: string }
