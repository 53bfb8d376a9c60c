import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeMachine } from '../../../support/localstack/fake-machine.ts';

const COMPOSE = 'docker compose --file docker-compose.local.yml --profile containers';
const CHECKS = ['docker version --format {{.Server.Version}}', 'docker compose version --short'];
const STOP = [`${COMPOSE} rm --stop --force`, 'docker ps --all --quiet --filter network=frame-flow'];
const DOWN = `${COMPOSE} down --volumes --remove-orphans --rmi local`;

let machine: FakeMachine;
beforeEach(async () => {
  machine = new FakeMachine();
  await machine.start();
  await machine.run();
});
afterEach(() => machine.close());

describe('npm run localstack -- down', () => {
  it('removes containers, volumes, images and generated files', async () => {
    expect(await machine.run(['down'])).toBe(0);
    expect(machine.story()).toEqual([...CHECKS, ...STOP, DOWN]);
    for (const directory of ['compose', 'localstack'])
      expect(existsSync(join(machine.project, 'build', directory))).toBe(false);
  });

  it('removes the containers of functions, which would block the removal of the network', async () => {
    machine.programs.print['docker ps'] = '0123abcd\n4567ef01';
    expect(await machine.run(['down'])).toBe(0);
    expect(machine.story()).toEqual([...CHECKS, ...STOP, 'docker rm --force 0123abcd 4567ef01', DOWN]);
  });

  it('can be repeated, and a later deployment starts from scratch', async () => {
    await machine.run(['down']);
    expect(await machine.run(['down'])).toBe(0);
    machine.cloud.behaviour.stackExists = false;
    expect(await machine.run()).toBe(0);
  });

  it('keeps the files when Docker fails, and prints what to do', async () => {
    machine.programs.fail = 'down --volumes';
    expect(await machine.run(['down'])).toBe(1);
    expect(machine.printed.at(-1)).toMatch(
      /Removing containers, volumes and images failed\. Fix.*\n {2}docker ended with 1\n.*compose-down\.log/,
    );
    expect(existsSync(join(machine.project, 'build', 'localstack'))).toBe(true);
  });
});
