// The fields of `connection` lines: the columns, with the words that each may hold.

import { ALL_COLUMNS } from '../output/columns/columns.js'
import { ASA_REASONS, FLOW_END_REASONS, PANOS_REASONS } from '../output/columns/end-reasons.js'
import type { ColumnKind } from '../output/columns/column.js'
import { CLOSERS, CONFIDENCES } from '../verdict/answer.js'
import { ENDINGS, VERDICTS, endingOf } from '../verdict/endings.js'
import { FINDINGS } from '../verdict/findings.js'
import { FLAGS } from '../verdict/flags.js'
import { SEES } from '../verdict/sees.js'
import {
  FLAG,
  type Field,
  NUMBER,
  SECONDS,
  TEXT,
  TIME,
  type ValueSchema,
  WHOLE,
  listOf,
  objectOf,
  oneOf,
} from './field.js'

const SAW = oneOf(SEES.map(({ name }) => name))

const EVIDENCE = objectOf({ packet: WHOLE, time: TIME, shows: TEXT }, ['packet', 'time', 'shows'])

const FINDING = objectOf(
  {
    code: oneOf(FINDINGS.map(({ code }) => code)),
    packet: WHOLE,
    time: TIME,
    side: oneOf(['client', 'server']),
    count: WHOLE,
    seconds: SECONDS,
    bytes: NUMBER,
    says: TEXT,
  },
  ['code', 'packet', 'time', 'says'],
)

/** Columns that hold words of a list. */
const WORDS: Readonly<Record<string, ValueSchema>> = {
  verdict: oneOf(VERDICTS.map(({ verdict }) => verdict)),
  cause: oneOf([...new Set<string>(ENDINGS.map(({ cause }) => cause))]),
  closer: oneOf(CLOSERS),
  confidence: oneOf(CONFIDENCES),
  alternatives: listOf(oneOf(ENDINGS.map(endingOf))),
  client_sees: SAW,
  server_sees: SAW,
  asa_teardown_reason: oneOf(ASA_REASONS),
  panos_session_end_reason: oneOf(PANOS_REASONS),
  flow_end_reason: { type: 'integer', enum: FLOW_END_REASONS },
  flags: listOf(oneOf(FLAGS.map(({ name }) => name))),
}

const KINDS: Readonly<Record<ColumnKind, ValueSchema>> = {
  word: TEXT,
  prose: TEXT,
  address: TEXT,
  integer: WHOLE,
  seconds: SECONDS,
  time: TIME,
  boolean: FLAG,
  words: listOf(TEXT),
  evidence: listOf(EVIDENCE),
  findings: listOf(FINDING),
}

/** What is said of a connection. */
export const CONNECTION_FIELDS: readonly Field[] = ALL_COLUMNS.filter(
  ({ key }) => key !== 'type',
).map(({ key, kind, doc, always: isAlways }) => ({
  key,
  schema: WORDS[key] ?? KINDS[kind],
  meaning: doc,
  isAlways,
}))
