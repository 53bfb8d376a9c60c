import { isRecord } from '../../../local/template/intrinsics.ts';

const WIDTH = 120;

/** A value on one line: `[a, b]`, `{Key: value}`; text with spaces is quoted. */
export const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  if (isRecord(value)) return `{${Object.entries(value).map(entryText).join(', ')}}`;
  return typeof value === 'string' && /\s/.test(value) ? `'${value}'` : String(value);
};

const entryText = ([key, value]: [string, unknown]): string => `${key}: ${textOf(value)}`;

/** The texts on as few lines as hold them, each line with this indent. */
export const fill = (texts: readonly string[], indent: string): string[] => {
  const lines: string[] = [];
  for (const text of texts) {
    const longer = `${lines.at(-1)} ${text}`;
    if (lines.length > 0 && longer.length <= WIDTH) lines.splice(-1, 1, longer);
    else lines.push(`${indent}${text}`);
  }
  return lines;
};

/** The heading and the texts on one line where they fit, or else the texts below it. */
export const block = (heading: string, texts: readonly string[], indent: string): string[] => {
  const line = [heading, ...texts].join(' ');
  return line.length <= WIDTH && !line.includes('\n') ? [line] : [heading.trimEnd(), ...fill(texts, indent)];
};

/** Paths by the context that they begin with: `Upload/Inbox/Queue` and `Upload/Http` are `Upload/{Http,Inbox/Queue}`. */
export const pathTexts = (paths: readonly string[]): string[] =>
  Object.values(Object.groupBy(paths.toSorted(), (path) => path.split('/')[0] ?? '')).map(
    (ofContext = []) => {
      const [path = '', ...others] = ofContext;
      if (others.length === 0) return path;
      const parents = path.split('/').map((_, index, parts) => parts.slice(0, index).join('/'));
      const parent = parents.findLast((one) => ofContext.every((other) => other.startsWith(`${one}/`))) ?? '';
      return `${parent}/{${ofContext.map((one) => one.slice(parent.length + 1)).join(',')}}`;
    },
  );

/** The construct that a symbol such as `<Upload/Inbox/Queue.Arn>` is about. */
const SYMBOL = /<(?<target>[\w:/{}-]+)/g;

/**
 * The text with symbols near a construct relative to its path: `.` is the path itself, `parent` the construct around it,
 * and `../` leads to the other constructs there.
 */
export const relativeTo = (path: string, text: string): string => {
  const parts = path.split('/');
  const [parent, grandparent] = [1, 2].map((up) => parts.slice(0, -up).join('/'));
  return text.replaceAll(SYMBOL, (whole, target: string) => {
    if (target.startsWith(path)) return `<.${target.slice(path.length)}`;
    if (target === parent) return '<parent';
    if (target === grandparent) return '<grandparent';
    if (parent && target.startsWith(`${parent}/`)) return `<..${target.slice(parent.length)}`;
    if (grandparent && target.startsWith(`${grandparent}/`))
      return `<../..${target.slice(grandparent.length)}`;
    return whole;
  });
};

const GENERATED = [
  /frameflow\w+-valkey-[0-9a-f]{8}/g,
  /(?<=DeploymentStage\.)\w+/g,
  /FrameFlow(?:dev|prod|local)\w*?[0-9A-F]{8}/g,
  /(?<=Trigger)[0-9a-f]{12}/g,
  /[0-9a-f]{64}/g,
];

/** The text with `*` for hashes, and for names that CDK makes of the paths of constructs. */
export const withoutGenerated = (text: string): string =>
  GENERATED.reduce((shorter, generated) => shorter.replaceAll(generated, '*'), text);
