// What stands in the field `type` of a line; apart from their fields, which are loaded where they are wanted.

/** Types of lines. */
export const TYPE_NAMES = [
  'connection',
  'incident',
  'capture',
  'summary',
  'group',
  'interval',
  'file',
] as const
/** One of them. */
export type TypeName = (typeof TYPE_NAMES)[number]
