#!/usr/bin/env node
// Starts the command. An older Node has to be able to read this file, as a module or as a script, to say that it is too
// old: no import statements, no top-level await, no syntax newer than import().

// As package.json has it under engines; a test compares.
var NEEDED = '20.18'

if (isOlder(process.versions.node, NEEDED)) {
  process.stderr.write(
    'tcp-teardown needs Node ' + NEEDED + ' or newer; this is ' + process.versions.node + '\n',
  )
  process.exitCode = 2
} else {
  // Whatever ends the process before its exit code is known is an error.
  process.exitCode = 2
  keepCompiled()
  void import('../dist/main.js')
    .then(function (program) {
      return program.main(process.argv)
    })
    .then(function (exitCode) {
      process.exitCode = exitCode
    })
}

// From Node 22 on what was compiled is kept for the next run, in the folder for temporary files (NODE_COMPILE_CACHE names
// another one, NODE_DISABLE_COMPILE_CACHE none): a small capture takes 62 ms instead of 72.
function keepCompiled() {
  var compiler = process.getBuiltinModule && process.getBuiltinModule('module')
  if (compiler && compiler.enableCompileCache) compiler.enableCompileCache()
}

function isOlder(version, needed) {
  var have = version.split('.').map(Number)
  var want = needed.split('.').map(Number)
  return have[0] < want[0] || (have[0] === want[0] && have[1] < want[1])
}
