// Every shape there is.

import { COMMAND_SHAPES } from './command-shapes.js'
import { CONTAINER_SHAPES } from './container-shapes.js'
import { PACKET_SHAPES } from './packet-shapes.js'
import type { Shape } from './shape.js'

/** Whether more than proportional work that is known is a find too: to be set when it is gone. */
const KNOWN_ARE_FINDS: boolean = false

/** All shapes; those that are known to cost more are left out. */
export const SHAPES: readonly Shape[] = [
  ...PACKET_SHAPES,
  ...CONTAINER_SHAPES,
  ...COMMAND_SHAPES,
].filter(({ known }) => KNOWN_ARE_FINDS || known === undefined)
