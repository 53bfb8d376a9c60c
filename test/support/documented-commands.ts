import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';

/** One command of a shell block in the documentation, with its comment. */
export interface DocumentedCommand {
  /** On one line, blanks collapsed, without its comment. */
  readonly text: string;
  readonly comment: string;
  /** The heading of the block's section. */
  readonly section: string;
}

/** A backslash at the end of a line: the command continues in the next line. */
const CONTINUATION = / *\\\n\s*/g;
const COMMENT = /(?:^|\s+)#\s*(?<comment>.*)$/;

/** The commands of all `sh` blocks of a page, in order. A loop is one command. */
export const commandsOf = (page: string): DocumentedCommand[] => {
  const text = readFileSync(join(REPOSITORY_ROOT, page), 'utf8');
  const blocks = text.matchAll(/^#+ (?<heading>.+)$|^```sh\n(?<block>[\s\S]*?)^```$/gm);
  let section = '';
  const commands: DocumentedCommand[] = [];
  for (const { groups } of blocks) {
    if (groups?.heading !== undefined) section = groups.heading;
    for (const line of linesOf(groups?.block ?? '')) commands.push({ ...line, section });
  }
  return commands;
};

const linesOf = (block: string): Pick<DocumentedCommand, 'text' | 'comment'>[] =>
  joinLoops(block.replaceAll(CONTINUATION, ' ').split('\n')).flatMap((line) => {
    const comment = COMMENT.exec(line)?.groups?.comment ?? '';
    const text = line.replace(COMMENT, '').replaceAll(/\s+/g, ' ').trim();
    return text === '' ? [] : [{ text, comment }];
  });

const joinLoops = (lines: readonly string[]): string[] => {
  const joined: string[] = [];
  let loop: string[] | undefined;
  for (const line of lines) {
    if (/^for /.test(line)) loop = [];
    if (!loop) joined.push(line);
    loop?.push(line.trim());
    if (loop && line === 'done') {
      joined.push(loop.join('; ').replaceAll('; do; ', '; do '));
      loop = undefined;
    }
  }
  return loop ? [...joined, ...loop] : joined;
};
