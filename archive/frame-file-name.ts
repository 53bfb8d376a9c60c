/** `frame_00012_00h02m00.000s.jpg`: order and moment, so that names sort the way the video runs. */
export const frameFileName = (index: number, timeSeconds: number): string => {
  const milliseconds = Math.max(0, Math.round(timeSeconds * 1000));
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const seconds = ((milliseconds % 60_000) / 1000).toFixed(3);
  return `frame_${pad(index, 5)}_${pad(hours, 2)}h${pad(minutes, 2)}m${seconds.padStart(6, '0')}s.jpg`;
};

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
