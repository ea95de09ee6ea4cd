// From the options of `explain` to settings the run can rely on.

import { anonymizeKeyOf } from '../anonymize-key.js'
import { type Look, lookOf } from '../context.js'
import { pagerCommand } from '../pager.js'
import { localTimeOf } from '../options.js'
import type { FilterFlags } from '../filters.js'
import type { ExplainFlags } from './command.js'

/** Checked settings of `explain`. */
export interface ExplainSettings extends Look {
  readonly filterFlags: FilterFlags
  readonly incident: number | undefined
  readonly idleS: number | undefined
  readonly killedAtNs: bigint | undefined
  /** Fold nothing. */
  readonly isWhole: boolean
  readonly isJson: boolean
  /** What shows a text that is longer than the terminal. */
  readonly pager: string | undefined
  /** Times as clocks here show them. */
  readonly isLocalTime: boolean
  /** What addresses are replaced with; undefined to leave them as they are. */
  readonly anonymizeKey: Uint8Array | undefined
}

/** The settings that the options ask for. */
export function explainSettings(flags: ExplainFlags): ExplainSettings {
  const isJson = flags.format === 'json'
  const look = lookOf('-', flags.color)
  return {
    ...look,
    // What programs read stays as it is.
    isAscii: look.isAscii && !isJson,
    filterFlags: flags,
    incident: flags.incident,
    idleS: flags.idle,
    killedAtNs: flags.killedAt,
    isWhole: flags.all ?? false,
    isJson,
    pager: isJson ? undefined : pagerCommand(flags.pager),
    isLocalTime: localTimeOf(flags.localTime, flags.format, 'text'),
    anonymizeKey: anonymizeKeyOf(flags),
  }
}
