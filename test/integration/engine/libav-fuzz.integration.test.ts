import { describe, expect, it } from 'vitest';
import { libavEngine } from '../../support/extraction.ts';
import { fuzz } from '../../support/fuzzing.ts';

const SEED = 20_261_121;
const MUTATIONS = 60;

describe('LibavEngine, damaged files', () => {
  it('ends each file of a fixed set with its frames or a failure code', async () => {
    const { outcomes, offences } = await fuzz(libavEngine(), SEED, MUTATIONS);
    expect(offences).toEqual([]);
    // A set of which everything is refused would test nothing.
    expect(outcomes.frames).toBeGreaterThan(5);
    expect(outcomes.CORRUPT_VIDEO).toBeGreaterThan(5);
  });
});
