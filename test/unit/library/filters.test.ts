// Filters of the library: what they take, and that they leave what those of the command leave.

import { describe, expect, test } from 'vitest'
import { type Filters, TeardownError, analyzeCapture } from '../../../src/index.js'
import { buildPcap } from '../../support/capture-builder.js'
import { CLOSED, OPEN, RESET, chunked, recordsOf } from './captures.js'

/** Streams that are left: 0 is closed by FIN, 1 reset, 2 open. */
async function streams(filters: Filters): Promise<number[]> {
  const bytes = buildPcap(recordsOf(CLOSED, RESET, OPEN))
  const left: number[] = []
  for await (const c of analyzeCapture(chunked(bytes), { filters })) left.push(c.stream)
  return left
}

describe('a filter takes', () => {
  test.each<[what: string, filters: Filters, left: number[]]>([
    ['nothing', {}, [0, 1, 2]],
    ['a name', { verdict: 'graceful_fin' }, [0]],
    ['names with commas', { verdict: 'graceful_fin,rst_abort' }, [0, 1]],
    ['a list of names', { verdict: ['graceful_fin', 'rst_abort.abort'] }, [0, 1]],
    ['what may not be', { verdict: '!graceful_fin' }, [1, 2]],
    ['a cause', { cause: 'abort' }, [1]],
    ['a closer', { closer: 'server' }, [1]],
    ['a number', { stream: 1 }, [1]],
    ['numbers', { stream: [0, 2] }, [0, 2]],
    ['numbers and ranges', { port: ['40001-40002', 40_000] }, [0, 1, 2]],
    ['a port', { port: 40_002 }, [2]],
    ['an address', { host: '10.9.9.9' }, []],
    ['seconds', { minDuration: 1.5 }, [1]],
    ['a span', { minDuration: '1002ms' }, [0, 1]],
    ['ns', { since: 1_700_000_003_000_000_000n }, [1, 2]],
    ['a date', { until: new Date(1_700_000_004_500) }, [0, 1]],
    ['a text of a time', { since: '2023-11-14T22:13:24.5Z' }, [2]],
    ['undefined', { verdict: undefined as unknown as string }, [0, 1, 2]],
    ['several, all of which must match', { verdict: 'graceful_fin', closer: 'server' }, []],
  ])('%s', async (_what, filters, left) => {
    expect(await streams(filters)).toEqual(left)
  })
})

describe('what a filter does not take is told at once', () => {
  test.each<[filters: object, message: RegExp]>([
    [{ verdict: 'graceful' }, /^filters\.verdict: 'graceful' is no verdict.*did you mean/],
    [{ closer: 'me' }, /^filters\.closer: unknown name 'me'/],
    [{ host: 'example.org' }, /^filters\.host: .*not an IPv4 or IPv6 address/],
    [{ port: 70_000 }, /^filters\.port: '70000' is neither/],
    [{ port: null }, /^filters\.port: null is no text/],
    [{ since: new Date(NaN) }, /^filters\.since: Invalid Date is no text/],
    [{ until: 'tomorrow' }, /^filters\.until: 'tomorrow' is neither/],
    [{ contains: '' }, /^filters\.contains: it takes a text/],
    [{ verdicts: 'graceful_fin' }, /^filters: there is no 'verdicts', but verdict, cause/],
    [{ constructor: 'x' }, /^filters: there is no 'constructor'/],
  ])('%j', (filters, message) => {
    function start(): unknown {
      return analyzeCapture(chunked(new Uint8Array()), { filters })
    }
    expect(start).toThrow(message)
    expect(start).toThrow(TeardownError)
    expect(start).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })
})
