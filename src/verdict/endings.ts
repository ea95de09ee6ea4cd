// The taxonomy: every ending once, with all that is said about it. Rules name their endings by it; output, help and the
// reference are made from it.

import { GRACEFUL_FIN } from './endings/graceful-fin.js'
import { HANDSHAKE_FAILED } from './endings/handshake-failed.js'
import { INCOMPLETE } from './endings/incomplete.js'
import { KEEPALIVE_TIMEOUT } from './endings/keepalive-timeout.js'
import { LINGERING_ESTABLISHED } from './endings/lingering-established.js'
import { RESET_OTHER } from './endings/reset-other.js'
import { RETRANSMISSION_TIMEOUT } from './endings/retransmission-timeout.js'
import type { EndingRow } from './endings/row.js'
import { RST_ABORT } from './endings/rst-abort.js'
import { RST_AFTER_KILL } from './endings/rst-after-kill.js'

export {
  type EndingRow,
  type KernelReason,
  TROUBLE,
  VERDICTS,
  type Verdict,
} from './endings/row.js'

/** The whole taxonomy, in the order of reports. Whatever a row lacks fails here: exports that are inferred may not say `satisfies`. */
export const ENDINGS: readonly [
  ...typeof GRACEFUL_FIN,
  ...typeof RST_AFTER_KILL,
  ...typeof RST_ABORT,
  ...typeof KEEPALIVE_TIMEOUT,
  ...typeof LINGERING_ESTABLISHED,
  ...typeof RETRANSMISSION_TIMEOUT,
  ...typeof HANDSHAKE_FAILED,
  ...typeof RESET_OTHER,
  ...typeof INCOMPLETE,
] = [
  ...GRACEFUL_FIN,
  ...RST_AFTER_KILL,
  ...RST_ABORT,
  ...KEEPALIVE_TIMEOUT,
  ...LINGERING_ESTABLISHED,
  ...RETRANSMISSION_TIMEOUT,
  ...HANDSHAKE_FAILED,
  ...RESET_OTHER,
  ...INCOMPLETE,
] as const satisfies readonly EndingRow[]

/** One row of {@link ENDINGS}, with its name as a type. */
export type Row = (typeof ENDINGS)[number]

/** The name of a row; of several rows, the names of those that exist. */
type NameOf<R extends EndingRow> = R extends EndingRow ? `${R['verdict']}.${R['cause']}` : never

/** An ending by name, `verdict.cause`; only pairs that the taxonomy has. */
export type Ending = NameOf<Row>

/** Why, in one word; unique within its verdict. */
export type Cause = Row['cause']

/** The name of a row. */
export function endingOf(row: Row): Ending {
  return `${row.verdict}.${row.cause}` as Ending
}

const ROWS: ReadonlyMap<string, Row> = new Map(ENDINGS.map((row) => [endingOf(row), row]))

/** The row of an ending. */
export function rowOf(ending: Ending): Row {
  return ROWS.get(ending) as Row
}

/** The row of a name that may be none of the taxonomy's. */
export function findRow(name: string): Row | undefined {
  return ROWS.get(name)
}
