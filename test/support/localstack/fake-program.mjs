/*
 * A stand-in for `docker` and `cdklocal` on a PATH. It records its calls, writes the files that the real program would
 * write, and fails on request. FAKE_DIRECTORY holds its behaviour (behaviour.json) and its calls (calls.jsonl).
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const directory = process.env.FAKE_DIRECTORY;
const program = basename(process.argv[1]);
const args = process.argv.slice(2);
const { fail, print, hang, template, outputs } = JSON.parse(
  readFileSync(join(directory, 'behaviour.json'), 'utf8'),
);

const endpoints = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('AWS_')));
appendFileSync(join(directory, 'calls.jsonl'), `${JSON.stringify({ program, args, env: endpoints })}\n`);

const call = [program, ...args].join(' ');
const after = (option) => args[args.indexOf(option) + 1];
for (const [part, text] of Object.entries(print)) if (call.includes(part)) console.log(text);
if (hang !== undefined && call.includes(hang)) {
  // A child to wait for, as cdklocal waits for the CDK.
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  writeFileSync(join(directory, 'child.pid'), String(child.pid));
  setInterval(() => {}, 1000);
} else if (fail !== undefined && call.includes(fail)) {
  process.exitCode = 1;
} else if (program === 'cdklocal' && args[0] === 'synth') {
  mkdirSync(after('--output'), { recursive: true });
  writeFileSync(join(after('--output'), 'FrameFlow-local-App.template.json'), JSON.stringify(template));
} else if (program === 'cdklocal' && args[0] === 'deploy') {
  writeFileSync(after('--outputs-file'), JSON.stringify(outputs));
}
