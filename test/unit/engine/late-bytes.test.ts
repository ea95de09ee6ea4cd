// More bytes behind a FIN than 32 bits can count: a download over a half-closed connection.

import { expect, test } from 'vitest'
import { type Connection, PacketAnalyzer } from '../../../src/index.js'
import { scenarioFrames } from '../../support/scenario.js'

const PACKETS = 80_000
const PAYLOAD = 60_000
const SEQ_OFFSET = 14 + 20 + 4
const S = 1_000_000_000n

test('are counted in full', () => {
  const connections: Connection[] = []
  const analyzer = new PacketAnalyzer({ onConnection: (c) => void connections.push(c) })
  const [syn, synAck, ack, request, fin, finAck, data] = scenarioFrames(`
0.000 > S 0:0(0)
0.001 < S. 0:0(0) ack 1
0.002 > . 1:1(0) ack 1
0.010 > P. 1:101(100) ack 1
0.011 > F. 101:101(0) ack 1
0.012 < . 1:1(0) ack 102
0.020 < P. 1:60001(60000) ack 102`)
  for (const frame of [syn, synAck, ack, request, fin, finAck]) if (frame) analyzer.push(frame)
  if (data === undefined) throw new Error('no frame with data')
  const view = new DataView(data.bytes.buffer)
  const first = view.getUint32(SEQ_OFFSET)
  for (let n = 0; n < PACKETS; n++) {
    view.setUint32(SEQ_OFFSET, first + n * PAYLOAD)
    analyzer.push({ ...data, timeNs: data.timeNs + BigInt(n) * 1000n })
  }
  const sent = PACKETS * PAYLOAD
  const wrapped = (sent + 1) % 2 ** 32
  const end = scenarioFrames(`
2.000 > . 102:102(0) ack ${wrapped}
2.001 < F. ${wrapped}:${wrapped}(0) ack 102
2.002 > . 102:102(0) ack ${wrapped + 1}`)
  for (const frame of end) analyzer.push({ ...frame, timeNs: frame.timeNs + S })
  analyzer.finish()
  expect(connections).toHaveLength(1)
  expect(connections[0]).toMatchObject({
    verdict: 'graceful_fin',
    cause: 'half_close',
    server_bytes: sent,
  })
  expect(connections[0]?.explanation).toContain('still delivered 4,800,000,000 bytes')
})
