// What stands between rows and a file that is no text.

import type { WriterOptions } from '../../engine/connection-writer.js'
import type { Encoder } from '../../output/formats/format.js'
import { formatNamed } from '../../output/formats/index.js'
import type { ByteSink } from '../../output/row-writer.js'

/** The encoder of a format, which writes to `output`; undefined for formats that are text. */
export async function encoderOf(
  { format, columns }: Pick<WriterOptions, 'format' | 'columns'>,
  output: ByteSink,
): Promise<Encoder | undefined> {
  return formatNamed(format).encode?.(columns, (bytes) => output.writeBytes(bytes))
}
