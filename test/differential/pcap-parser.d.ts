// The parts of pcap-parser that the differential tests use; the package has no types of its own.

declare module 'pcap-parser' {
  import type { Readable } from 'node:stream'

  interface PcapPacket {
    readonly header: {
      readonly timestampSeconds: number
      readonly timestampMicroseconds: number
      readonly capturedLength: number
      readonly originalLength: number
    }
    readonly data: Buffer
  }

  interface PcapParser {
    on(event: 'packet', listener: (packet: PcapPacket) => void): this
    on(event: 'end', listener: (value?: unknown) => void): this
    on(event: 'error', listener: (error: Error) => void): this
  }

  export function parse(input: Readable | string): PcapParser
}
