import { afterAll, beforeAll, describe } from 'vitest';
import { testDestruction } from './destruction.ts';
import { testRedeployments } from './redeployments.ts';
import { testRefusals } from './refusals.ts';
import { testRoles } from './role-checks.ts';
import { type Stage, startStage } from './stage.ts';
import { testWalkthrough } from './walkthrough.ts';

let stage: Stage | undefined;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.stop());

/** The deployment that all parts share. They run in this order, and the last one takes it down. */
const deployed = (): Stage => {
  if (!stage) throw new Error('the stage is not deployed');
  return stage;
};

describe('The walkthrough of the API', () => testWalkthrough(deployed));
describe('Refusals', () => testRefusals(deployed));
describe('The role', () => testRoles(deployed));
describe('A new version', () => testRedeployments(deployed));
describe('Taking the stage down', () => testDestruction(deployed));
