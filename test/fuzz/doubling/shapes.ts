// Every shape there is.

import { COMMAND_SHAPES } from './command-shapes.js'
import { CONTAINER_SHAPES } from './container-shapes.js'
import { PACKET_SHAPES } from './packet-shapes.js'
import type { Shape } from './shape.js'

/** All shapes. */
export const SHAPES: readonly Shape[] = [...PACKET_SHAPES, ...CONTAINER_SHAPES, ...COMMAND_SHAPES]
