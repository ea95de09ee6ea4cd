// The command line: commands, options, help.

import { Command } from 'commander'
import { FORMATS } from '../output/formats/index.js'
import type { AnalyzeFlags } from './analyze/settings.js'
import { EXPLAIN_FORMATS, type ExplainFlags } from './explain/settings.js'

/** What the program calls for each command. */
export interface Actions {
  readonly analyze: (inputs: readonly string[], flags: AnalyzeFlags) => Promise<void>
  readonly explain: (what: string | undefined, flags: ExplainFlags) => Promise<void>
}

const FORMAT_NAMES = FORMATS.map(({ name }) => name).join(', ')

const ANALYZE_EXAMPLES = `
Examples:
  tcp-teardown analyze capture.pcap                       how every connection ended
  tcp-teardown analyze --all captures/ 'old/*.pcapng.gz'  folders and globs, every connection
  tcp-teardown analyze --verdict rst_after_kill a.pcap    only resets by an endpoint
  tcp-teardown analyze --format ndjson a.pcap | jq .      one JSON object a line
  tcpdump -U -w - tcp | tcp-teardown analyze -f ndjson -  live, endings as they happen

Exit codes: 0 done, 1 a --fail-on ending was found, 2 an error, 130 interrupted.
A damaged capture is analyzed up to the damage and named on stderr.`

const EXPLAIN_EXAMPLES = `
Examples:
  tcp-teardown explain capture.pcap --stream 3           packets, states and evidence of one connection
  tcp-teardown explain a.pcap --client 10.0.0.1:40000    the same by its address and port
  tcp-teardown explain rst_after_kill.write_after_close  what an ending means, and what is behind it
  tcp-teardown explain                                   every verdict and cause

Exit codes: 0 done, 2 an error, 130 interrupted.`

/** Where help goes, and what is said about options. */
export interface HelpTexts {
  readonly writeOut: (text: string) => void
  readonly writeErr: (text: string) => void
}

/** Builds the command tree. */
export function buildProgram(version: string, texts: HelpTexts, actions: Actions): Command {
  const program = new Command('tcp-teardown')
    .configureOutput(texts)
    .description(
      'Tells how every TCP connection in a packet capture ended, who ended it, and on which packets the answer rests.',
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError('(add --help for all options)')
    .addHelpText('after', '\nStart with: tcp-teardown analyze capture.pcap')
  program
    .command('analyze')
    .description('judge every connection of the captures')
    .argument(
      '<capture...>',
      'pcap or pcapng files (also gzipped), folders, globs, or - for standard input',
    )
    .optionsGroup('Output:')
    .option('-f, --format <format>', `one of ${FORMAT_NAMES}`, 'table')
    .option('-o, --output <file>', 'write results to a file instead of standard output')
    .option('--out-dir <folder>', 'write a result file for each capture into a folder')
    .option('--resume', 'with --out-dir: leave out captures whose result is there and unchanged')
    .option('--summary', 'only the totals')
    .option('--all', 'list every connection, not only the notable ones (table)')
    .option('--top <n>', 'connections listed of one cause (table)', '5')
    .option('--columns <names>', 'only these columns, comma-separated')
    .option('--anonymize', 'replace addresses, keeping networks together; with a new key every run')
    .option('--anonymize-key <file>', 'the same with a key: 32 octets or 64 hexadecimal digits')
    .option('--color <when>', 'auto, always or never', 'auto')
    .option('--no-progress', 'no progress bar on stderr')
    .optionsGroup('Filters (comma-separated; all given kinds must match):')
    .option('--verdict <names>', 'only connections with these verdicts')
    .option('--cause <names>', 'only these causes, as cause or verdict.cause')
    .option(
      '--closer <names>',
      'only connections ended by client, server, both, middlebox, none or unknown',
    )
    .option('--host <addresses>', 'only connections with these addresses')
    .option('--port <ports>', 'only connections with these ports')
    .option('--stream <numbers>', "only these streams (Wireshark's tcp.stream)")
    .optionsGroup('Analysis:')
    .option(
      '--idle <seconds>',
      'silence after which an open connection counts as idle (default: 60, or a fifth of a shorter capture)',
    )
    .option(
      '--killed-at <time>',
      'report the time from this kill to each teardown (ISO 8601 or seconds since 1970)',
    )
    .option('--max-connections <n>', 'connections followed at once (default: 500000)')
    .option('--max-half-open <n>', 'of these, not open yet (default: 131072)')
    .option('--max-layers <n>', 'headers looked into in one frame (default: 64)')
    .option(
      '--fail-on <endings>',
      'exit with 1 if a connection has one of these verdicts or verdict.causes',
    )
    .option('--merge', 'read all captures as one timeline, in the order of their times')
    .option('--merge-series', 'likewise each series of rotated captures, as their names tell')
    .option(
      '--jobs <n>',
      'threads, for captures or the rows of a large one (default: the cores, where worth it)',
    )
    .option('--strict', 'treat a capture that is cut short as an error')
    .addHelpText('after', ANALYZE_EXAMPLES)
    .action(actions.analyze)
  addExplain(program, actions)
  return program
}

function addExplain(program: Command, actions: Actions): void {
  program
    .command('explain')
    .description('show one connection packet by packet, or tell what a verdict means')
    .argument('[what]', 'a capture file, or a verdict, cause or verdict.cause; nothing lists all')
    .optionsGroup('Which connection (none of these if the capture has only one):')
    .option('--stream <number>', "its number (Wireshark's tcp.stream)")
    .option('--client <ip:port>', 'its client')
    .option('--server <ip:port>', 'its server')
    .optionsGroup('Output:')
    .option('-f, --format <format>', `one of ${EXPLAIN_FORMATS.join(', ')}`, 'text')
    .option('--all', 'fold no packets away')
    .option('--color <when>', 'auto, always or never', 'auto')
    .optionsGroup('Analysis:')
    .option('--idle <seconds>', 'silence after which an open connection counts as idle')
    .option('--killed-at <time>', 'report the time from this kill to the teardown')
    .option('--anonymize', 'replace addresses, with a new key every run')
    .option('--anonymize-key <file>', 'the same with a key: 32 octets or 64 hexadecimal digits')
    .addHelpText('after', EXPLAIN_EXAMPLES)
    .action(actions.explain)
}
