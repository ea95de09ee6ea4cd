// Completion, as the shells themselves do it with the scripts that the program prints.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missing } from '../support/installed.js'
import { run } from './run-cli.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const
const folder = mkdtempSync(join(tmpdir(), 'tcp-teardown-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

beforeAll(async () => {
  for (const shell of SHELLS) {
    const { stdout } = await run(['completion', shell])
    writeFileSync(join(folder, shell === 'zsh' ? '_tcp-teardown' : `script.${shell}`), stdout)
  }
  for (const name of ['one.pcap', 'two.pcap']) writeFileSync(join(folder, name), '')
})

/** What is typed, and what the last word may become. */
const CASES: readonly (readonly [typed: string, completed: readonly string[]])[] = [
  ['ex', ['explain']],
  ['on', ['one.pcap']],
  ['explain tw', ['two.pcap']],
  ['explain half_cl', ['half_closed']],
  ['explain rst_abort.health', ['health_check']],
  ['--form', ['--format']],
  ['--format nd', ['ndjson']],
  ['-f zeek', ['zeek', 'zeek-json']],
  ['explain --verdict graceful_fin,rst_after_kill.un', ['unaccepted', 'unread_data']],
  ['explain --format j', ['json']],
  ['schema in', ['incident', 'interval']],
  ['one.pcap --fail-on process_d', ['process_death']],
  ['one.pcap --columns stream,verd', ['verdict']],
  ['one.pcap --jobs ', []],
  ['completion ', [...SHELLS]],
]

/** The last part of a name: shells show lists in different ways. */
function lastPart(word: string): string {
  return word.trim().replace(/^.*[,.](?!pcap)/, '')
}

function ran(shell: string, args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, args, { cwd: folder, encoding: 'utf8' })
  // Outside of a completion bash has no options of one.
  expect(stderr.replaceAll(/^.*compopt.*\n/gm, '')).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

describe.skipIf(missing('bash', ['-c', 'true']))('bash', () => {
  test.each(CASES)('%s', (typed, completed) => {
    const script = `source ./script.bash
      COMP_WORDS=(tcp-teardown "$@") COMP_CWORD=$#
      _tcp_teardown
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const words = ran('bash', ['-c', script, 'bash', ...typed.split(' ')])
    expect(words.map(lastPart).sort()).toEqual([...completed].sort())
  })

  test('a value behind =', () => {
    const script = `source ./script.bash
      COMP_WORDS=(tcp-teardown --format = nd) COMP_CWORD=3; _tcp_teardown; echo "$COMPREPLY"
      COMP_WORDS=(tcp-teardown --color =) COMP_CWORD=2; _tcp_teardown; echo "\${COMPREPLY[*]}"`
    expect(ran('bash', ['-c', script])).toEqual(['ndjson', 'auto always never'])
  })
})

describe.skipIf(missing('bash', ['-c', 'true']))('names of files in bash', () => {
  function completed(...words: readonly string[]): string[] {
    const script = `source ./script.bash
      COMP_WORDS=(tcp-teardown "$@") COMP_CWORD=$#
      _tcp_teardown
      printf '%s\\n' "\${COMPREPLY[@]}"`
    return ran('bash', ['-c', script, 'bash', ...words])
  }

  test('are taken as they are', () => {
    for (const name of ['br[a].pcap', 'bra.pcap', 'a b.pcap']) writeFileSync(join(folder, name), '')
    expect(completed('analyze', 'br').sort()).toEqual(['br[a].pcap', 'bra.pcap'])
    expect(completed('a b')).toEqual(['a b.pcap'])
  })

  test('do not hide a command', () => {
    mkdirSync(join(folder, 'watch'))
    expect(completed('wat')).toEqual(['watch'])
  })

  test('are all that is offered behind --', () => {
    expect(completed('watch', '--', 'tcpdump', '-w', 'tw')).toEqual(['two.pcap'])
    expect(completed('watch', '--', 'ls', '--f')).toEqual([])
  })
})

describe.skipIf(missing('fish', ['-c', 'true']))('fish', () => {
  test.each(CASES)('%s', (typed, completed) => {
    const script = `source ./script.fish; complete -C "tcp-teardown $argv[1]"`
    const words = ran('fish', ['--no-config', '-c', script, '--', typed])
    const names = words.map((line) => lastPart(line.split('\t')[0] ?? ''))
    expect(names.sort()).toEqual([...completed].sort())
  })
})

/** In a terminal of its own, with Tab typed behind each text: the only way to ask zsh. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -f
zpty -w z "PS1='> '; fpath=($1 \\$fpath); cd $1; stty cols 200; bindkey '^I' complete-word"
zpty -w z "autoload -Uz compinit; compinit -u -d $1/zdump; setopt no_beep; print rea''dy"
function await() {
  local part all=''
  repeat 400; do
    while zpty -r -t z part; do all+=$part; done
    [[ $all == *$1* ]] && return 0
    sleep 0.02
  done
  print "not completed: $1"
}
await ready
while read -r typed && read -r wanted; do
  zpty -w -n z "$typed"$'\\t'
  await "$wanted"
  zpty -w -n z $'\\C-u'
done
`

describe.skipIf(missing('zsh', ['-c', 'true']))('zsh', () => {
  test('completes what has one end', () => {
    const single = CASES.filter(([, completed]) => completed.length === 1)
    const input = single.map(([typed, [word = '']]) => {
      // The terminal echoes what was typed; what is missing of the word follows.
      const rest = word.slice(lastPart(typed.split(' ').at(-1) ?? '').length)
      return `tcp-teardown ${typed}\n${rest}\n`
    })
    const args = ['-f', '-c', ZSH, 'zsh', folder]
    const { stdout } = spawnSync('zsh', args, { input: input.join(''), encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(single.length).toBeGreaterThan(7)
  })
})

test('a shell that there is none for is told', async () => {
  const { code, stderr } = await run(['completion', 'tcsh'])
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("unknown 'tcsh'; it takes bash, zsh, fish") as string,
  ])
})
