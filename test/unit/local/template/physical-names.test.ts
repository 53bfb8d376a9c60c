import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketNameOf, functionNameOf, queueNameOf } from '../../../../local/template/physical-names.ts';

const stackName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,60}$/);
const logicalId = fc.stringMatching(/^[A-Za-z0-9]{1,120}$/);

test('names respect the limits of their service and are deterministic', () => {
  fc.assert(
    fc.property(stackName, logicalId, fc.boolean(), (stack, id, fifo) => {
      expect(bucketNameOf(stack, id)).toMatch(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
      expect(bucketNameOf(stack, id)).toBe(bucketNameOf(stack, id));
      expect(queueNameOf(stack, id, fifo)).toMatch(/^[A-Za-z0-9-]{1,80}(\.fifo)?$/);
      expect(queueNameOf(stack, id, fifo).length).toBeLessThanOrEqual(80);
      expect(queueNameOf(stack, id, fifo).endsWith('.fifo')).toBe(fifo);
      expect(functionNameOf(stack, id).length).toBeLessThanOrEqual(64);
    }),
  );
});

test('long names that differ only at the end stay different', () => {
  const long = 'A'.repeat(100);
  expect(queueNameOf('Stack', `${long}1`, false)).not.toBe(queueNameOf('Stack', `${long}2`, false));
});
