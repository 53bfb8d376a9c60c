import { AV_PKT_DATA_DISPLAYMATRIX } from 'node-av/constants';
import type { Stream } from 'node-av/lib';

/** The filters that rotate a stream's pictures according to its display matrix, which phones write. */
export const rotationFilters = (stream: Stream): string[] => {
  const matrix = stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
  if (matrix === null || matrix.byteLength < 36) return [];
  const at = (index: number) => matrix.readInt32LE(index * 4);
  const scale = [Math.hypot(at(0), at(3)), Math.hypot(at(1), at(4))] as const;
  if (scale[0] === 0 || scale[1] === 0) return [];
  const degrees = Math.round((Math.atan2(at(1) / scale[1], at(0) / scale[0]) * 180) / Math.PI);
  switch ((degrees + 360) % 360) {
    case 90:
      return [`transpose=${at(3) > 0 ? 'cclock_flip' : 'clock'}`];
    case 180:
      return [...(at(0) < 0 ? ['hflip'] : []), ...(at(4) < 0 ? ['vflip'] : [])];
    case 270:
      return [`transpose=${at(3) < 0 ? 'clock_flip' : 'cclock'}`];
    case 0:
      return at(4) < 0 ? ['vflip'] : [];
    default:
      return [];
  }
};
