import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { COMMAND_LINE, temporaryFolder } from '../../support/command-line.ts';

/** Runs a login in a terminal (`script` of util-linux makes one) and types each line when its question is asked. */
const loginInTerminal = async (typed: readonly (readonly [question: string, keys: string])[]) => {
  const command = `"${process.execPath}" "${COMMAND_LINE}" login --api http://localhost:9`;
  const env = { PATH: process.env.PATH, HOME: await temporaryFolder(), TERM: 'xterm', NO_COLOR: '1' };
  const child = spawn('script', ['-qec', command, '/dev/null'], { env });
  const waiting = [...typed];
  let shown = '';
  child.stdout.on('data', (chunk) => {
    shown += String(chunk);
    const [next] = waiting;
    if (next === undefined || !shown.endsWith(next[0])) return;
    waiting.shift();
    child.stdin.write(next[1]);
  });
  const [code] = await once(child, 'close');
  return { code, shown: shown.replaceAll('\r\n', '\n') };
};

describe('A login at a terminal', () => {
  it('asks for address and password, and does not show the password', async () => {
    const { code, shown } = await loginInTerminal([
      ['Email: ', 'me@example.con\u007fm\r'],
      ['Password: ', 'secret sentence\r'],
    ]);
    expect(shown).toMatch(/^Email: me@example\.con.*m\nPassword: \n.*cannot be reached/);
    expect(shown).not.toContain('secret');
    expect(code).toBe(5);
  });

  it('ends at Ctrl-C', async () => {
    const { code, shown } = await loginInTerminal([['Email: ', '\u0003']]);
    expect(shown).toMatch(/^Email: \nframe-flow: The command was interrupted\. [^\n]*\n$/);
    expect(code).toBe(130);
  });
});
