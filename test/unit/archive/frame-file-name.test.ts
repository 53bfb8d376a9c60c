import { describe, expect, it } from 'vitest';
import { frameFileName } from '../../../archive/frame-file-name.ts';

describe('frameFileName', () => {
  it.each([
    [0, 0, 'frame_00000_00h00m00.000s.jpg'],
    [1, 10.01, 'frame_00001_00h00m10.010s.jpg'],
    [7, 59.9996, 'frame_00007_00h01m00.000s.jpg'],
    [360, 3600, 'frame_00360_01h00m00.000s.jpg'],
    [12_345, 123_450.5, 'frame_12345_34h17m30.500s.jpg'],
  ])('names frame %d at %d s', (index, seconds, name) => {
    expect(frameFileName(index, seconds)).toBe(name);
  });
});
