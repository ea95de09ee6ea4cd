// What users run: the library, the command and its workers, each one file besides what they share. Types come from tsc.
import { defineConfig } from 'rolldown'

export default defineConfig({
  input: {
    index: 'src/index.ts',
    main: 'src/cli/main.ts',
    'capture-worker': 'src/cli/analyze/capture-worker.ts',
    'row-worker': 'src/cli/analyze/row-worker.ts',
    'job-process': 'src/cli/queue/job-process.ts',
  },
  platform: 'node',
  external: /^[^./]/,
  // Workers are found beside the file that starts them: all files lie in one folder.
  output: {
    dir: 'dist',
    format: 'esm',
    chunkFileNames: '[name].js',
    codeSplitting: {
      groups: [
        {
          name: 'core',
          // Without what brings a package that few runs need.
          test: /src\/(base|capture(?!\/remote\/(web|s3|discover|resumed))|wire|context|tcp|verdict|incidents|output(?!\/parquet)|engine)\//,
          priority: 1,
        },
      ],
    },
  },
})
