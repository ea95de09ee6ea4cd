// What is used of WebAssembly, which the types of Node leave to those of browsers.

/** Memory of a module, which others may see as well. */
export interface Memory {
  readonly buffer: SharedArrayBuffer
}

/** A compiled module. */
export interface Module {
  readonly [Symbol.toStringTag]: string
}

/** A module with its memory. */
interface Instance {
  readonly exports: unknown
}

/** The global object. */
export interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => Memory
  readonly Module: new (bytes: Uint8Array) => Module
  readonly Instance: new (module: Module, imports: { env: { memory: Memory } }) => Instance
}

const globals: object = globalThis

/** The global object, with types; undefined where V8 may make no code (`node --jitless`). */
export const webAssembly: WebAssemblyApi | undefined = Reflect.get(globals, 'WebAssembly') as
  WebAssemblyApi | undefined
