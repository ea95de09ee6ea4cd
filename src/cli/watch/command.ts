// The options of `watch`.

import { type Command, Option } from 'commander'
import { span } from '../../base/time-words.js'
import { ALL_COLUMN_KEYS } from '../../output/columns/columns.js'
import { type AnalyzeFlags, boundOptions } from '../analyze/command.js'
import { FILTERS_HEADING, type FilterFlags, filterOptions } from '../filters.js'
import {
  type NamingFlags,
  type SharedFlags,
  anonymizeOptions,
  choice,
  colourOption,
  judgingOptions,
  namingOptions,
  option,
} from '../options.js'
import { type ListenAddress, listenAddress, namesOf } from '../values.js'

type BoundFlags = Pick<AnalyzeFlags, 'maxConnections' | 'maxHalfOpen' | 'maxLayers'>

/** Forms of its lines. */
const WATCH_FORMATS = ['text', 'ndjson', 'otlp'] as const

/** Options of `watch` as commander hands them over, checked. */
export interface WatchFlags extends SharedFlags, FilterFlags, BoundFlags, NamingFlags {
  readonly format: (typeof WATCH_FORMATS)[number]
  readonly columns?: readonly string[]
  readonly notable?: boolean
  /** Span between two lines of totals, in ns. */
  readonly every: number
  /** Where metrics are served. */
  readonly metrics?: ListenAddress
}

const DEFAULT_EVERY_NS = 60e9

const EXAMPLES = `
Examples:
  tcp-teardown watch -- tcpdump -i eth0 -U -w - tcp     a command that captures
  tcpdump -U -w - tcp | tcp-teardown watch -            a pipe
  tcp-teardown watch --notable /var/log/captures        a folder into which tcpdump -C, -G or dumpcap -b rotates
  tcp-teardown watch --metrics 9177 -- tcpdump -i eth0 -U -w - tcp   for Prometheus to scrape
  tcp-teardown watch -f ndjson capture.pcap | jq .      a capture that is being written

Endings are told a second after the last packet, incidents some seconds after they began. Ctrl-C and SIGTERM end the
watch: what is known by then is told.
Exit codes: 0 done, 2 an error.`

/** Adds `watch`. */
export function addWatch(
  program: Command,
  action: (source: string | undefined, flags: WatchFlags) => Promise<void>,
): void {
  const command = program
    .command('watch')
    .usage(
      '[options] <source>\n       tcp-teardown watch [options] -- <command that writes a capture>',
    )
    .description('tell endings and incidents while packets are captured')
    .argument('[source]', '- for standard input, a folder, or a capture that is being written')
  command
    .optionsGroup('Output:')
    .addOption(choice('-f, --format <format>', 'form of the lines', WATCH_FORMATS))
    .addOption(new Option('--notable', 'no line for connections that ended as they should'))
    .addOption(
      option('--every <time>', 'time between two lines of totals, such as 10s or 5m', span).default(
        DEFAULT_EVERY_NS,
        '1m',
      ),
    )
    .addOption(
      option(
        '--columns <names>',
        'only these columns, comma-separated (ndjson, otlp)',
        namesOf(ALL_COLUMN_KEYS, 'tcp-teardown explain columns lists all'),
      ),
    )
    .addOption(
      option(
        '--metrics <[host:]port>',
        'serve metrics for Prometheus at http://host:port/metrics (default host: 127.0.0.1)',
        listenAddress,
      ),
    )
  for (const each of [...namingOptions(), ...anonymizeOptions()]) command.addOption(each)
  command.addOption(colourOption())
  command.optionsGroup(FILTERS_HEADING)
  for (const each of filterOptions(true)) command.addOption(each)
  command.optionsGroup('Analysis:')
  for (const each of [...judgingOptions(), ...boundOptions()]) command.addOption(each)
  command.addHelpText('after', EXAMPLES).action(action)
}
