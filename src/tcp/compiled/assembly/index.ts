// What the module can do, and where it is told what lies where in the memory.

export { placeClosings } from './closing'
export { placePools } from './pool'
export { placeFraming, placeRead, run } from './run'
export { placeConnections, placeIndex } from './table'
export { placeTaken, take } from './take'
export { placeZeek } from './zeek'
