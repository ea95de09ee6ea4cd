// From the options of `explain` to settings the run can rely on.

import { anonymizeKeyOf } from '../anonymize-key.js'
import { type Look, lookOf } from '../context.js'
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
  /** Times as clocks here show them. */
  readonly isLocalTime: boolean
  /** What addresses are replaced with; undefined to leave them as they are. */
  readonly anonymizeKey: Uint8Array | undefined
}

/** The settings that the options ask for. */
export function explainSettings(flags: ExplainFlags): ExplainSettings {
  return {
    ...lookOf('-', flags.color),
    filterFlags: flags,
    incident: flags.incident,
    idleS: flags.idle,
    killedAtNs: flags.killedAt,
    isWhole: flags.all ?? false,
    isJson: flags.format === 'json',
    isLocalTime: localTimeOf(flags.localTime, flags.format, 'text'),
    anonymizeKey: anonymizeKeyOf(flags),
  }
}
