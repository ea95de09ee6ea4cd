// A thread that classifies connections which the main thread has followed to their end, and writes their rows.

import { workerData } from 'node:worker_threads'
import type { AnalyzerOptions } from '../../engine/capture-analyzer.js'
import { serveRows } from '../../parallel/row-threads.js'
import { BatchRowMaker } from './row-maker.js'

serveRows(new BatchRowMaker(workerData as AnalyzerOptions))
