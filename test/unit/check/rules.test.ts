// Rules of `check`: what they select, what they count, and what is said of a rule that is none.

import { describe, expect, test } from 'vitest'
import { Baseline, baselineOf } from '../../../src/check/baseline.js'
import { Checker } from '../../../src/check/checker.js'
import type { RuleResult } from '../../../src/check/result.js'
import { checkRules } from '../../../src/check/rule.js'
import {
  closedByClient,
  closedByServer,
  leaked,
  leftUnread,
  refused,
} from '../../support/service.js'
import { eachConnection } from '../output/formats/reporting.js'

/** Ten connections: six closed by clients, one by the server, one leak, one reset, one refused. */
const PARTS = [
  ...Array.from({ length: 6 }, (_, i) => closedByClient(i, i + 0.5)),
  closedByServer(7, 7.5),
  leaked(8, 8.5),
  leftUnread(9, 9.5),
  refused(10),
]

function results(rule: object, known = new Baseline(), record?: Baseline): RuleResult {
  const checker = new Checker(
    checkRules({ rules: [{ name: 'r', ...rule }] }, 'file'),
    known,
    record,
  )
  eachConnection(PARTS, (c) => checker.add(c))
  return checker.results()[0] as RuleResult
}

describe('a rule about connections', () => {
  test.each<[string, object, number, boolean]>([
    ['by verdict', { where: { verdict: 'rst_after_kill' } }, 1, true],
    ['by one of several', { where: { cause: ['unread_data', 'refused'] } }, 2, true],
    ['by verdict.cause', { where: { ending: 'graceful_fin.normal' }, at_most: 7 }, 7, false],
    ['by what it is not', { where: { verdict: '!graceful_fin' }, at_most: 2 }, 3, true],
    ['by a number', { where: { server_close_wait_s: '> 1' } }, 0, false],
    ['by a number that is larger', { where: { client_bytes: '>= 200' } }, 1, true],
    ['by two columns', { where: { closer: 'server', verdict: 'graceful_fin' } }, 1, true],
    ['by what a packet shows', { where: { evidence: 'RST by the receiving socket' } }, 1, true],
    ['by a finding', { where: { findings: 'payload_at_risk' } }, 1, true],
    ['by a share of all', { where: { cause: 'refused' }, at_most: '10%' }, 1, false],
    ['by a share that is smaller', { where: { cause: 'refused' }, at_most: '9.9 %' }, 1, true],
    [
      'by a share of some',
      { where: { cause: 'refused' }, of: { verdict: ['handshake_failed'] }, at_most: '50%' },
      1,
      true,
    ],
    [
      'each as it should be',
      { where: { server_port: 80 }, each: { verdict: 'graceful_fin' } },
      3,
      true,
    ],
    ['each within a time', { each: { fin_to_fin_s: '<= 0.1' } }, 0, false],
    ['nothing at all', { where: { server_port: 81 } }, 0, false],
  ])('%s', (_what, rule, found, isBroken) => {
    expect(results(rule)).toMatchObject({ found, isBroken })
  })

  test('names the connections that break it, with packets and a filter', () => {
    const { violations, says } = results({ where: { cause: 'refused' } })
    expect(says).toBe('1 connection of 10; allowed: 0')
    expect(violations).toEqual([
      expect.objectContaining({
        number: 0,
        endpoint: '10.0.0.9:80',
        what: 'handshake_failed.refused',
        packets: [1, 2],
      }),
    ])
    expect(violations[0]?.wiresharkFilter).toContain('frame.number>=1')
  })
})

test('a baseline takes away what is known, and not more', () => {
  const record = new Baseline()
  expect(results({ where: { verdict: '!graceful_fin' } }, undefined, record).found).toBe(3)
  const known = (): Baseline => baselineOf(JSON.parse(record.text()), 'file')
  expect(results({ where: { verdict: '!graceful_fin' } }, known())).toMatchObject({
    found: 3,
    known: 3,
    isBroken: false,
  })
  const more = results({ where: { verdict: ['graceful_fin', 'rst_after_kill'] } }, known())
  expect(more).toMatchObject({ found: 8, known: 1, isBroken: true })
  expect(more.violations).toHaveLength(7)
})

test.each([
  [{}, true],
  [{ endpoint: '10.0.0.9' }, true],
  [{ endpoint: '10.0.0.9:80' }, true],
  [{ endpoint: '10.0.0.9:8' }, false],
  [{ at_least: 'likely' }, true],
  [{ at_least: 'certain' }, false],
])('a rule about incidents counts those of its kind, and %j', (more, isCounted) => {
  const [rule] = checkRules({ rules: [{ name: 'r', incident: 'process_death', ...more }] }, 'file')
  if (rule === undefined) throw new Error('no rule')
  const checker = new Checker([rule], new Baseline(), undefined)
  const row = {
    type: 'incident' as const,
    capture: 'a.pcap',
    id: 1,
    kind: 'process_death' as const,
    endpoint: '10.0.0.9:80',
    start_time: '',
    end_time: '',
    confidence: 'likely' as const,
    explanation: 'It died.',
    speaks_for: [],
    speaks_against: [],
    connections: 1,
    causes: {},
    streams: [],
  }
  checker.addIncident(row)
  checker.addIncident({ ...row, kind: 'idle_timer' })
  expect(checker.results()).toEqual([
    expect.objectContaining({
      isBroken: isCounted,
      found: isCounted ? 1 : 0,
      says: `${isCounted ? '1 incident' : '0 incidents'}; allowed: 0`,
    }),
  ])
})

describe('what is no rule is refused:', () => {
  test.each<[unknown, RegExp]>([
    [undefined, /expected a list of rules/],
    [{ rules: [] }, /expected a list of rules/],
    [{ rules: ['x'] }, /rules\[0\]: expected a rule/],
    [{ rules: [{}] }, /rules\[0\]: a rule needs a name/],
    [{ rules: [{ name: 'a' }, { name: 'a' }] }, /two rules are called 'a'/],
    [{ rules: [{ name: 'a', wher: {} }] }, /unknown key 'wher'; a rule has name, where/],
    [{ rules: [{ name: 'a', where: { verdikt: 'x' } }] }, /where\.verdikt: there is no column/],
    [{ rules: [{ name: 'a', where: { verdict: 'x' } }] }, /'x' is none of graceful_fin/],
    [{ rules: [{ name: 'a', where: { closer: '!x' } }] }, /'!x' is none of client/],
    [{ rules: [{ name: 'a', where: { stream: {} } }] }, /expected a text, a number or a list/],
    [{ rules: [{ name: 'a', where: { closer: [] } }] }, /closer: an empty list/],
    [{ rules: [{ name: 'a', where: { closer: ['!client', 'server'] } }] }, /before all of its/],
    [{ rules: [{ name: 'a', where: { client_bytes: '<= a' } }] }, /one comparison such as/],
    [{ rules: [{ name: 'a', where: { client_bytes: ['< 1', '> 2'] } }] }, /one comparison such/],
    [{ rules: [{ name: 'a', where: { client_ip: ['< 1', '> 2'] } }] }, /no numbers to compare/],
    [{ rules: [{ name: 'a', where: { findings: 'x' } }] }, /'x' is none of/],
    [{ rules: [{ name: 'a', where: [] }] }, /where: expected columns with values/],
    [{ rules: [{ name: 'a', at_most: 'few' }] }, /expected a number or a percentage/],
    [{ rules: [{ name: 'a', at_most: 0.01 }] }, /a percentage, such as 1%/],
    [{ rules: [{ name: 'a', at_most: -1 }] }, /expected a number or a percentage/],
    [{ rules: [{ name: 'a', incident: 'death' }] }, /expected one of process_death/],
    [
      { rules: [{ name: 'a', incident: 'idle_timer', where: {} }] },
      /an incident or about connections/,
    ],
  ])('%j', (value, message) => {
    expect(() => checkRules(value, 'rules.yaml')).toThrow(message)
  })

  test.each([undefined, {}, { known: [{}] }, { known: [{ rule: 'a', endpoint: 'b', what: 'c' }] }])(
    'a baseline of %j',
    (value) => {
      expect(() => baselineOf(value, 'base.json')).toThrow(/^base\.json: .*expected/)
    },
  )
})
