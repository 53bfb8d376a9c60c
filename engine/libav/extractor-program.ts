import { fileURLToPath } from 'node:url';

/** The program of the engine's children: beside the bundle where this code is bundled, otherwise its TypeScript source. */
export const EXTRACTOR_PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './child/extractor.task.ts' : './extractor.mjs', import.meta.url),
);
