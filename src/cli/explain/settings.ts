// From the options of `explain` to settings the run can rely on.

import { anonymizeKeyOf } from '../anonymize-key.js'
import { type Look, lookOf } from '../context.js'
import type { Endpoint } from '../values.js'
import type { ExplainFlags } from './command.js'

/** Checked settings of `explain`. */
export interface ExplainSettings extends Look {
  readonly stream: number | undefined
  readonly incident: number | undefined
  readonly client: Endpoint | undefined
  readonly server: Endpoint | undefined
  readonly idleS: number | undefined
  readonly killedAtNs: bigint | undefined
  /** Fold nothing. */
  readonly isWhole: boolean
  readonly isJson: boolean
  /** What addresses are replaced with; undefined to leave them as they are. */
  readonly anonymizeKey: Uint8Array | undefined
}

/** The settings that the options ask for. */
export function explainSettings(flags: ExplainFlags): ExplainSettings {
  return {
    ...lookOf('-', flags.color),
    stream: flags.stream,
    incident: flags.incident,
    client: flags.client,
    server: flags.server,
    idleS: flags.idle,
    killedAtNs: flags.killedAt,
    isWhole: flags.all ?? false,
    isJson: flags.format === 'json',
    anonymizeKey: anonymizeKeyOf(flags),
  }
}
