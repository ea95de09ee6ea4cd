// What users run: the library, the command and its workers, each one file besides what they share. Types come from tsc.
import { defineConfig } from 'rolldown'

export default defineConfig({
  input: {
    index: 'src/index.ts',
    main: 'src/cli/main.ts',
    'analyze-worker': 'src/cli/analyze/analyze-worker.ts',
    'judge-worker': 'src/cli/analyze/judge-worker.ts',
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
          test: /src\/(base|capture|wire|tcp|verdict|output|engine)\//,
          priority: 1,
        },
      ],
    },
  },
})
