// Rows of JSON become a Parquet file. Threads make rows as text, as for every format, and hand them over in their order; here,
// in one place, they are collected by column and written a row group at a time.

import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Column } from '../columns/column.js'
import type { Encoder } from '../formats/format.js'
import { SCHEMA_NAME } from '../schema-name.js'
import { ParquetColumn } from './columns.js'

/** Rows of a row group: with all columns their values take some 100 MB while they are collected and encoded. */
const GROUP_ROWS = 1 << 13
/** Text of a row group, where rows are long. */
const GROUP_BYTES = 64 << 20
const NEWLINE = 0x0a

/** Writes one file. */
export class ParquetEncoder implements Encoder {
  private readonly columns: readonly ParquetColumn[]
  private readonly out = new ByteWriter()
  private readonly writer: ParquetWriter
  private readonly write: (bytes: Uint8Array) => void
  private readonly decoder = new TextDecoder()
  /** Beginning of a row whose end has not come yet. */
  private rest: Uint8Array = new Uint8Array(0)
  private rows = 0
  private bytes = 0

  constructor(columns: readonly Column[], write: (bytes: Uint8Array) => void) {
    this.columns = columns.map((column) => new ParquetColumn(column))
    this.write = write
    this.writer = new ParquetWriter({
      writer: this.out,
      schema: [
        { name: 'connections', num_children: columns.length },
        ...this.columns.flatMap((column) => column.elements()),
      ],
      kvMetadata: [{ key: 'schema', value: SCHEMA_NAME }],
      createdBy: 'tcp-teardown',
    })
  }

  writeBytes(bytes: Uint8Array): void {
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      this.row(joined(this.rest, bytes.subarray(from, end)))
      this.rest = this.rest.subarray(0, 0)
      from = end + 1
    }
    if (from < bytes.length) this.rest = Uint8Array.from(joined(this.rest, bytes.subarray(from)))
  }

  end(): void {
    this.endGroup()
    // A ByteWriter finishes at once.
    void this.writer.finish()
    this.pass()
  }

  private row(line: Uint8Array): void {
    const row = JSON.parse(this.decoder.decode(line)) as Readonly<Record<string, unknown>>
    for (const column of this.columns) column.add(row)
    this.rows++
    this.bytes += line.length
    if (this.rows >= GROUP_ROWS || this.bytes >= GROUP_BYTES) this.endGroup()
  }

  private endGroup(): void {
    if (this.rows === 0) return
    void this.writer.write({
      columnData: this.columns.map(({ name, data, isCompared }) => ({
        name,
        data,
        statistics: isCompared,
      })),
      rowGroupSize: this.rows,
    })
    for (const column of this.columns) column.data = []
    this.rows = 0
    this.bytes = 0
    this.pass()
  }

  /** Hands over what is encoded; the writer goes on counting where it is in the file. */
  private pass(): void {
    this.write(this.out.getBytes())
    this.out.index = 0
  }
}

function joined(rest: Uint8Array, more: Uint8Array): Uint8Array {
  if (rest.length === 0) return more
  const whole = new Uint8Array(rest.length + more.length)
  whole.set(rest)
  whole.set(more, rest.length)
  return whole
}
