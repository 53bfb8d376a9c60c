import { text } from 'node:stream/consumers';
import type { ReadStream } from 'node:tty';
import type { CommandContext } from '../context.ts';
import { interruption, usageError } from '../errors.ts';

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ['\u0003', '\u0004', '\u0008', '\u007f'];
/** Takes the last character off the screen. */
const ERASE = '\b \b';

/** The email address: of the option, or asked for where a person sits at the terminal. */
export const askEmail = async (email: string | undefined, { signal }: CommandContext): Promise<string> => {
  if (email !== undefined) return email;
  const { stdin } = process;
  if (!stdin.isTTY) throw usageError('The email address is missing.', 'Add --email.');
  return (await ask(stdin, 'Email: ', 'shown', signal)).trim();
};

/** The password: all of stdin without its line end, or asked for without showing it. */
export const askPassword = async (fromStdin: boolean, { signal }: CommandContext): Promise<string> => {
  const { stdin } = process;
  if (fromStdin) return (await text(stdin)).replace(/\r?\n$/, '');
  if (!stdin.isTTY) {
    const step = 'Add --password-stdin and send it there.';
    throw usageError('The password cannot be asked for without a terminal.', step);
  }
  return ask(stdin, 'Password: ', 'hidden', signal);
};

/**
 * One line from the terminal. The terminal is in raw mode meanwhile, so Ctrl-C arrives as a character.
 *
 * @throws CliError where the user interrupts; the signal's reason.
 */
const ask = (
  stdin: ReadStream,
  question: string,
  visibility: 'shown' | 'hidden',
  signal: AbortSignal,
): Promise<string> => {
  const show = (output: string) => process.stderr.write(output);
  let line = '';
  // Before the question: what is typed at once must not be shown by the terminal itself.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  show(question);
  return new Promise<string>((resolve, reject) => {
    const onAbort = () => end(() => reject(signal.reason));
    const end = (settle: () => void) => {
      stdin.off('data', onData);
      signal.removeEventListener('abort', onAbort);
      stdin.setRawMode(false);
      stdin.pause();
      show('\n');
      settle();
    };
    const onData = (chunk: string) => {
      for (const character of chunk) {
        if (character === '\r' || character === '\n') return end(() => resolve(line));
        if (character === CTRL_C || (character === CTRL_D && line === '')) {
          return end(() => reject(interruption()));
        }
        const isErasing = character === BACKSPACE || character === DELETE;
        if (isErasing && line !== '') {
          line = [...line].slice(0, -1).join('');
          if (visibility === 'shown') show(ERASE);
        } else if (!isErasing && character >= ' ') {
          line += character;
          if (visibility === 'shown') show(character);
        }
      }
    };
    stdin.on('data', onData);
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.resume();
  });
};
