/** What a terminal showed from a moment on. */
export interface Shot {
  atMilliseconds: number;
  lines: readonly string[];
}

export interface Screen {
  columns: number;
  rows: number;
  /** Length of the recording, which then begins again. */
  totalMilliseconds: number;
}

const CELL = { width: 8.4, height: 20 };
const PADDING = 16;
const BAR_HEIGHT = 28;

/** The recording as one animated picture: each shot is shown at its time. Without animation the last one is shown. */
export const svgOf = (shots: readonly Shot[], { columns, rows, totalMilliseconds }: Screen): string => {
  const width = Math.round(columns * CELL.width + 2 * PADDING);
  const height = rows * CELL.height + 2 * PADDING + BAR_HEIGHT;
  const frames = shots.map((shot, index) => {
    const [start, end] = [shot.atMilliseconds, shots[index + 1]?.atMilliseconds ?? totalMilliseconds];
    const isLast = index === shots.length - 1;
    return groupOf(
      shot.lines,
      isLast,
      keyTimes(start / totalMilliseconds, end / totalMilliseconds),
      totalMilliseconds,
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="frame-flow extract in a terminal">
<rect width="100%" height="100%" rx="8" fill="#1b1f24"/>
<circle cx="20" cy="18" r="6" fill="#ff5f57"/><circle cx="40" cy="18" r="6" fill="#febc2e"/><circle cx="60" cy="18" r="6" fill="#28c840"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="#d0d7de" style="white-space:pre">
${frames.join('\n')}
</g>
</svg>
`;
};

const round = (share: number): number => Math.round(share * 1e5) / 1e5;

/** SMIL's discrete steps: hidden, shown, hidden. */
const keyTimes = (start: number, end: number): { values: string; times: string } => {
  const steps: [number, string][] = [
    ...(start > 0 ? [[0, 'hidden'] satisfies [number, string]] : []),
    [round(start), 'visible'],
    ...(end < 1 ? [[round(end), 'hidden'] satisfies [number, string]] : []),
  ];
  return { values: steps.map(([, value]) => value).join(';'), times: steps.map(([time]) => time).join(';') };
};

const groupOf = (
  lines: readonly string[],
  isShownWithoutAnimation: boolean,
  { values, times }: { values: string; times: string },
  totalMilliseconds: number,
): string => {
  const texts = lines.flatMap((line, row) => {
    if (line === '') return [];
    const y = BAR_HEIGHT + PADDING + (row + 0.75) * CELL.height;
    const fill = line.startsWith('$ ') ? ' fill="#7ee787"' : '';
    return [`<text x="${PADDING}" y="${y}"${fill}>${escapeXml(line)}</text>`];
  });
  const visibility = isShownWithoutAnimation ? 'visible' : 'hidden';
  const seconds = (totalMilliseconds / 1000).toFixed(2);
  return `<g visibility="${visibility}"><animate attributeName="visibility" calcMode="discrete" dur="${seconds}s" repeatCount="indefinite" values="${values}" keyTimes="${times}"/>${texts.join('')}</g>`;
};

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
