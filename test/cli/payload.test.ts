// What people sent to each other never leaves the tool, in no form.

import { expect, test } from 'vitest'
import { FORMATS } from '../../src/output/formats/index.js'
import { buildPcap } from '../support/capture-builder.js'
import { readPage } from '../support/page.js'
import { scenarioFrames } from '../support/scenario.js'
import { Scratch, analyze, run } from './run-cli.js'

const scratch = new Scratch()
const SECRET = Buffer.from('Cookie: session=hunter2\r\n')
const FORMS = [
  SECRET.toString('latin1').slice(0, 20),
  'hunter2',
  SECRET.toString('hex'),
  SECRET.toString('base64'),
]
const HEADERS_BYTES = 14 + 20 + 32

/** Payload in every place it can be: data, data sent again, on a SYN, behind a FIN, on a RST, in a quoted segment. */
const FRAMES = scenarioFrames(`
0.000 > S 0:100(100)
0.001 < S. 0:0(0) ack 1
0.002 > P. 1:101(100) ack 1
0.003 < P. 1:201(200) ack 101
0.204 < P. 1:201(200) ack 101
0.205 > F. 101:301(200) ack 201
0.206 < P. 201:401(200) ack 302
0.207 > R 302:402(100)
0.208 icmp 3 1 > P. 101:301(200) ack 201`)

function withSecret(bytes: Uint8Array): Uint8Array {
  for (let at = HEADERS_BYTES; at + SECRET.length <= bytes.length; at += SECRET.length)
    bytes.set(SECRET, at)
  return bytes
}

test('payload is in no output', async () => {
  const records = FRAMES.map((frame) => Object.assign(frame, { bytes: withSecret(frame.bytes) }))
  const capture = buildPcap(records)
  expect(Buffer.from(capture).includes(SECRET)).toBe(true)
  const path = await scratch.file('secret.pcap', capture)
  const cut = await scratch.file('cut.pcap', capture.subarray(0, capture.length - 30))
  const formats = FORMATS.map(({ name }) => name)
  const runs = await Promise.all([
    ...formats.map((format) => analyze(['--all', '-f', format, path, cut])),
    ...['text', 'json'].map((format) =>
      run(['explain', '-f', format, '--all', '--stream', '0', path]),
    ),
  ])
  const page = await analyze(['-f', 'html', '--contains', 'hunter2', path, cut])
  expect(readPage(page.stdout).head.filters).toBe('--contains …')
  runs.push({ ...page, stdout: readPage(page.stdout).text })
  for (const { stdout, stderr } of runs) {
    expect(stdout.length).toBeGreaterThan(100)
    for (const form of FORMS) expect(stdout + stderr).not.toContain(form)
  }
})
