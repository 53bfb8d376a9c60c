import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import type { ReadStream } from 'node:tty';
import type { CommandContext } from '../context.ts';
import { interruption, usageError } from '../errors.ts';

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\u0008', '\u007f'];

/** The email address: of the option, or asked for where a person sits at the terminal. */
export const askEmail = async (email: string | undefined, { signal }: CommandContext): Promise<string> => {
  if (email !== undefined) return email;
  if (!process.stdin.isTTY) throw usageError('The email address is missing.', 'Add --email.');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await prompt.question('Email: ', { signal });
  } finally {
    prompt.close();
  }
};

/** The password: all of stdin without its line end, or asked for without showing it. */
export const askPassword = async (fromStdin: boolean): Promise<string> => {
  const { stdin } = process;
  if (fromStdin) return (await text(stdin)).replace(/\r?\n$/, '');
  if (!stdin.isTTY) {
    throw usageError(
      'The password cannot be asked for without a terminal.',
      'Add --password-stdin and send it there.',
    );
  }
  return readHidden(stdin, 'Password: ');
};

const readHidden = async (stdin: ReadStream, prompt: string): Promise<string> => {
  process.stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  let password = '';
  try {
    for await (const chunk of stdin) {
      for (const character of String(chunk)) {
        if (character === '\r' || character === '\n') return password;
        if (character === CTRL_C || (character === CTRL_D && password === '')) throw interruption();
        if (character === BACKSPACE || character === DELETE) password = [...password].slice(0, -1).join('');
        else password += character;
      }
    }
    return password;
  } finally {
    stdin.setRawMode(false);
    process.stderr.write('\n');
  }
};
