import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { frameFlow, temporaryFolder } from '../../support/command-line.ts';

let folder: string;
const scripts = new Map<string, string>();
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'a film.mp4'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await frameFlow(['completion', shell]);
    expect(code).toBe(0);
    const path = join(folder, `completion.${shell}`);
    await writeFile(path, stdout);
    scripts.set(shell, path);
  }
});

const hasShell = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;
const run = (shell: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(shell, args, { cwd: folder, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((line) => line !== '');
};

describe('The completion for bash', () => {
  const complete = (...words: readonly string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `source ${scripts.get('bash')}
      COMP_WORDS=(frame-flow ${quoted}); COMP_CWORD=${words.length}; _frame_flow; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return run('bash', '--norc', '-c', script);
  };

  it('knows commands, options, words and files', () => {
    expect(complete('ex')).toEqual(['extract']);
    expect(complete('cut', '--no')).toEqual(['--no-wait', '--no-color']);
    expect(complete('completion', 'z')).toEqual(['zsh']);
    expect(complete('extract', 'a')).toEqual(['a film.mp4']);
    expect(complete('--json', 'list', '--li')).toEqual(['--limit']);
    expect(complete('frames', 'id', '-o', 'a')).toEqual(['a film.mp4']);
  });
});

describe.runIf(hasShell('zsh'))('The completion for zsh', () => {
  it('is a script that zsh loads and registers', () => {
    const script = `autoload -U compinit && compinit -D -u; source ${scripts.get('zsh')}; print -r -- $_comps[frame-flow]`;
    expect(run('zsh', '-f', '-c', script)).toEqual(['_frame_flow']);
  });
});

describe.runIf(hasShell('fish'))('The completion for fish', () => {
  const complete = (line: string) =>
    run('fish', '--no-config', '-c', `source ${scripts.get('fish')}; complete -C '${line}'`).map(
      (suggestion) => suggestion.split('\t')[0],
    );

  it('knows commands, options, words and files', () => {
    expect(complete('frame-flow ex')).toEqual(['extract']);
    expect(complete('frame-flow cut --no')).toEqual(['--no-color', '--no-wait']);
    expect(complete('frame-flow completion z')).toEqual(['zsh']);
    expect(complete('frame-flow extract a')).toEqual(['a film.mp4']);
  });
});
