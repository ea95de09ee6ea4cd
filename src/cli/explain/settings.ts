// Options of `explain`.

import { TeardownError } from '../../base/errors.js'
import { analyzeSettings } from '../analyze/settings.js'
import { type AnonymizeFlags, anonymizeKeyOf } from '../anonymize-key.js'
import { parseHosts, parseNumbers } from '../values.js'

/** Output formats of `explain`. */
export const EXPLAIN_FORMATS = ['text', 'json'] as const

/** Options as commander hands them over. */
export interface ExplainFlags extends AnonymizeFlags {
  readonly stream?: string
  readonly client?: string
  readonly server?: string
  readonly idle?: string
  readonly killedAt?: string
  readonly all?: boolean
  readonly format?: string
  readonly color?: string
}

/** One end of the wanted connection. */
export interface Endpoint {
  /** Address in the spelling of `parseHosts`. */
  readonly host: string
  readonly port: number
}

/** Checked settings of `explain`. */
export interface ExplainSettings {
  readonly stream: number | undefined
  readonly client: Endpoint | undefined
  readonly server: Endpoint | undefined
  readonly idleS: number | undefined
  readonly killedAtNs: bigint | undefined
  /** Fold nothing. */
  readonly isWhole: boolean
  readonly isJson: boolean
  readonly colour: boolean
  /** What addresses are replaced with; undefined to leave them as they are. */
  readonly anonymizeKey: Uint8Array | undefined
}

const MAX_PORT = 65_535
const MAX_STREAM = Number.MAX_SAFE_INTEGER

/**
 * Checks all options at once.
 *
 * @throws {TeardownError} ERR_OPTION naming the option as it was typed.
 */
export function explainSettings(flags: ExplainFlags): ExplainSettings {
  const { format = 'text', all = false, stream } = flags
  if (!EXPLAIN_FORMATS.some((name) => name === format)) {
    throw new TeardownError(
      'ERR_OPTION',
      `--format: unknown '${format}'; it takes ${EXPLAIN_FORMATS.join(', ')}`,
    )
  }
  // Options both commands have are checked in one place.
  const { color, idle, killedAt } = flags
  const { colour, idleS, killedAtNs } = analyzeSettings({
    ...(color === undefined ? {} : { color }),
    ...(idle === undefined ? {} : { idle }),
    ...(killedAt === undefined ? {} : { killedAt }),
  })
  const client = endpointOf('--client', flags.client)
  const server = endpointOf('--server', flags.server)
  const numbers = stream === undefined ? [] : parseNumbers('--stream', stream, MAX_STREAM)
  if (numbers.length > 1)
    throw new TeardownError('ERR_OPTION', '--stream: explain takes one stream')
  if (numbers.length > 0 && (client ?? server) !== undefined) {
    throw new TeardownError('ERR_OPTION', '--stream and --client or --server exclude each other')
  }
  return {
    stream: numbers[0],
    client,
    server,
    idleS,
    killedAtNs,
    isWhole: all,
    isJson: format === 'json',
    colour,
    anonymizeKey: anonymizeKeyOf(flags),
  }
}

function endpointOf(option: string, text: string | undefined): Endpoint | undefined {
  if (text === undefined) return undefined
  const [, v6, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text.trim()) ?? []
  const address = v6 ?? plain
  if (address === undefined) {
    throw new TeardownError(
      'ERR_OPTION',
      `${option}: '${text}' is not IP:PORT, such as 10.0.0.1:443 or [2001:db8::1]:443`,
    )
  }
  const [host = ''] = parseHosts(option, address)
  const [number = 0] = parseNumbers(option, port, MAX_PORT)
  return { host, port: number }
}
